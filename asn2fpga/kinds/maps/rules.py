"""Rules of populations that are maps."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.graph.arrays import IntArray, sum_of
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.limits import MAX_TIME_STEPS
from asn2fpga.graph.rule import Context, Rule, differs, outside, unsupported
from asn2fpga.kinds.neurons.contract import FiringNeurons
from asn2fpga.kinds.numbers import within
from asn2fpga.kinds.population_rules import MAX_SHIFT
from asn2fpga.kinds.ranges import hull

if TYPE_CHECKING:
    from asn2fpga.kinds.contract import IntegerNode
    from asn2fpga.kinds.maps.population import MapPopulation


def a_projection_for_each_input(_: Context, node: MapPopulation) -> str:
    """There is one projection for each input."""
    if len(node.projections) == len(node.inputs):
        return ""
    return f"projections must be {len(node.inputs)}, one for each input, not {len(node.projections)}"


def maps_are_read(context: Context, node: MapPopulation) -> str:
    """What is read are maps."""
    for name, edge in zip(node.inputs, context.edges_into(node), strict=True):
        if not edge.lanes:
            return f"what is read must be a map, not {name} of shape {edge.shape}"
    return ""


def reads_pixel_by_pixel(context: Context, node: IntegerNode) -> str:
    """MapAttention, MapProduct, Unroll: a kind that has no kernel for maps step by step reads none."""
    by_step = any(edge.by_step for edge in context.edges_into(node)) and not node.works_by_step
    return "maps must come pixel by pixel, not time step by time step" if by_step else ""


def synapses_are_sound(context: Context, node: MapPopulation) -> str:
    """Synapses fit the maps they read, give maps of one size, and have numbers within their types."""
    for projection, edge in zip(node.projections, context.edges_into(node), strict=True):
        synapse = projection.synapse
        complaint = (
            synapse.complaint(edge)
            or differs("channels of each projection", synapse.channels, node.channels)
            or differs("pixels of each projection", synapse.pixels, node.pixels)
            or outside("shift", projection.shift, 0, MAX_SHIFT)
        )
        if complaint:
            return complaint
    return ""


def shape_is_that_of_the_sums(_: Context, node: MapPopulation) -> str:
    """The shape, of two axes or three, holds the channels and pixels of its projections."""
    if len(node.shape) not in (2, 3):
        return f"shape must have 2 or 3 axes, not {node.shape}"
    pixels = node.shape[1:] if len(node.shape) == 3 else (1, *node.shape[1:])
    return differs("shape", (node.shape[0], *pixels), (node.channels, *node.pixels))


def lanes_are_in_range(_: Context, node: MapPopulation) -> str:
    """There is at least one lane, and none without a channel."""
    return outside("lanes", node.lanes, 1, node.channels)


def pixels_in_parallel_are_in_range(_: Context, node: MapPopulation) -> str:
    """There is at least one pixel at a time, and none without a column."""
    return outside("parallel_pixels", node.parallel_pixels, 1, node.most_parallel_pixels)


def one_current_at_most(_: Context, node: MapPopulation) -> str:
    """Sums start from the current of one other layer at most."""
    currents = [name for i, name in enumerate(node.inputs) if node.reads(i) == "currents"]
    if len(currents) <= 1:
        return ""
    return f"a map must start from the current of one layer at most, not of {', '.join(currents)}"


def a_moving_current_is_not_added_to_frames_alone(context: Context, node: MapPopulation) -> str:
    """Sums that start from a current that changes with time read some events that do so too."""
    edges = context.edges_into(node)
    moving = [edge.carries for edge in edges if not edge.is_frame]
    events = [edge for edge in edges if edge.carries == "events"]
    if node.time_steps > 1 and events and "currents" in moving and "events" not in moving:
        return unsupported(
            "a current that changes with time must not be added to a convolution of the static input alone; "
            "put a neuron before that convolution"
        )
    return ""


def only_frames_are_made_steps(context: Context, node: MapPopulation) -> str:
    """What sends frames as maps of time steps reads frames alone, and its neurons fire at several steps."""
    if not node.by_step or node.sent_by_step(context.edges_into(node)) is not None:
        return ""
    return "what sends a map step by step must read frames alone, and fire at several time steps"


def all_maps_come_by_step(context: Context, node: MapPopulation) -> str:
    """Beside a map that comes step by step none is read in another order, nor a frame."""
    orders = {edge.by_step for edge in context.edges_into(node)}
    return "maps must all come step by step, or none of them" if len(orders) > 1 else ""


def pairs_fit(context: Context, node: MapPopulation) -> str:
    """DSP slices serve two lanes each only where that fits."""
    if not node.paired or node.pairs_fit(context.edges_into(node)):
        return ""
    return (
        "products can be paired only of one convolution whose sums start from 0, and only where a DSP slice "
        "holds two sums and multiplies two weights"
    )


def population_keeps_time(context: Context, node: MapPopulation) -> str:
    """Neurons fire at each time step of the network."""
    steps = context.before.edges[context.graph.layers[0].name].time_steps
    return outside("time_steps", node.time_steps, 1, MAX_TIME_STEPS) or differs(
        "time_steps", node.time_steps, steps
    )


def sums_of(node: MapPopulation, edges: tuple[Edge, ...]) -> tuple[IntArray, IntArray]:
    """(channels,) ranges of the sums that neurons read."""
    ranges = [
        tuple(bound << projection.shift for bound in projection.synapse.sum_range(edge))
        for projection, edge in zip(node.projections, edges, strict=True)
    ]
    return sum_of(bounds[0] for bounds in ranges), sum_of(bounds[1] for bounds in ranges)


def accumulator_cannot_overflow(context: Context, node: MapPopulation) -> str:
    """acc_type holds every partial sum, whatever the order of events."""
    sums = sums_of(node, context.edges_into(node))
    return within("the range of acc_type's sums", *hull(*sums), node.acc_type)


def neurons_form_a_map(_: Context, node: MapPopulation) -> str:
    """Neurons are of a kind that maps can have, and of one precision."""
    neuron = node.neuron
    if not isinstance(neuron, FiringNeurons):
        return ""
    if not neuron.lanes_kernel:
        return f"neurons of a map must not be {type(neuron).__name__}, which mixes its sums"
    return differs("precisions of neurons of a map", neuron.precisions, 1)


def neurons_are_sound(context: Context, node: MapPopulation) -> str:
    """Numbers of neurons, of each channel or each pixel too, are complete, in order, within their types."""
    pixels = node.neurons // node.channels
    low, high = (np.tile(bound, pixels) for bound in sums_of(node, context.edges_into(node)))
    return node.neuron.complaints(node.neurons, (low, high), node.acc_type)


MAP_POPULATION_RULES: tuple[Rule, ...] = (
    a_projection_for_each_input,
    maps_are_read,
    synapses_are_sound,
    shape_is_that_of_the_sums,
    lanes_are_in_range,
    pixels_in_parallel_are_in_range,
    one_current_at_most,
    a_moving_current_is_not_added_to_frames_alone,
    only_frames_are_made_steps,
    all_maps_come_by_step,
    pairs_fit,
    population_keeps_time,
    accumulator_cannot_overflow,
    neurons_form_a_map,
    neurons_are_sound,
)
