"""Rules of populations: every number within its type, every type wide enough for every input."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn2fpga.graph.arrays import IntArray, sum_of
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.limits import MAX_TIME_STEPS
from asn2fpga.graph.rule import Context, Rule, differs, outside
from asn2fpga.graph.words import SCORE_TYPE, WORD_BITS, PortWord
from asn2fpga.kinds.neurons.early_exit import exit_complaint
from asn2fpga.kinds.numbers import within
from asn2fpga.kinds.ranges import hull
from asn2fpga.kinds.synapses.contract import Weighted

if TYPE_CHECKING:
    from asn2fpga.kinds.population import Population

MAX_SHIFT = 31


def a_projection_for_each_input(_: Context, node: Population) -> str:
    """There is one projection for each input, and one at least in the same time step."""
    if len(node.projections) != len(node.inputs):
        return f"projections must be {len(node.inputs)}, one for each input, not {len(node.projections)}"
    if all(projection.steps_late for projection in node.projections):
        return "one projection at least must be of the same time step, not none"
    return ""


def synapses_are_sound(context: Context, node: Population) -> str:
    """Synapses fit what they read, have one size, and numbers within their types."""
    for projection, edge in zip(node.projections, edges_of(context, node), strict=True):
        complaint = (
            projection.synapse.complaint(edge)
            or outside("events in a word", edge.events_in_word, 1, projection.synapse.largest_burst)
            or differs("neurons of each projection", projection.synapse.neurons, node.neurons)
            or outside("shift", projection.shift, 0, MAX_SHIFT)
        )
        if complaint:
            return complaint
    return ""


def edges_of(context: Context, node: Population) -> list[Edge]:
    """The edges of all projections, that from itself included."""
    arriving = iter(context.edges_into(node))
    return [next(arriving) if name in context.before else node.output(()) for name in node.inputs]


def pairs_are_whole_and_fit(context: Context, node: Population) -> str:
    """DSP slices serve two lanes each for all synapses of a population or for none, where that fits."""
    synapses = [projection.synapse for projection in node.projections]
    paired = [isinstance(synapse, Weighted) and synapse.paired for synapse in synapses]
    if not any(paired) or (all(paired) and node.pairs_fit(edges_of(context, node))):
        return ""
    return (
        "products can be paired only for all synapses of a population together, and only where a DSP slice "
        "holds two sums and multiplies two weights"
    )


def delays_are_of_its_own_events(_: Context, node: Population) -> str:
    """A delay is of one time step, from the population onto itself, once, with several time steps."""
    late = [i for i, projection in enumerate(node.projections) if projection.steps_late]
    if not late:
        return ""
    if len(late) > 1 or node.inputs[late[0]] != node.name or node.delay(late[0]) != 1:
        return "a delay must be of one time step, from the population onto itself, and the only one"
    if node.time_steps < 2 or node.is_end:
        return f"a population that reads itself must fire at several time steps, not {node.time_steps}"
    synapse = node.projections[late[0]].synapse
    if synapse.feedback(node.name, node.lanes) is None:
        return f"a population must read itself through dense synapses, not through {synapse.title}"
    high = node.output(()).high
    if not 0 <= node.start_count <= high:
        return (
            "a population that reads itself must be able to send what stands for 0 (alpha 0 or below, not "
            f"below -D), not a count of {node.start_count}"
        )
    return ""


def lanes_are_in_range(_: Context, node: Population) -> str:
    """There is at least one lane, and none without a neuron."""
    return outside("lanes", node.lanes, 1, node.neurons)


def parts_fill_the_lanes(_: Context, node: Population) -> str:
    """The lanes are a multiple of those that fire in one cycle, of which neurons can have so many."""
    complaint = outside("fire_lanes", node.fire_lanes, 1, node.lanes)
    if complaint:
        return complaint
    if node.lanes % node.fire_lanes:
        return f"fire_lanes must divide the {node.lanes} lanes, not be {node.fire_lanes}"
    return "" if node.is_end else _neurons_fire_together(node)


def _neurons_fire_together(node: Population) -> str:
    """The complaint that these neurons cannot fire with so many lanes in one cycle, if so."""
    unit, most = node.firing.fire_unit, node.firing.most_fire_lanes
    if node.fire_lanes % unit == 0 and node.fire_lanes <= most:
        return ""
    whole = f"a multiple of {unit} and " if unit > 1 else ""
    return f"fire_lanes of {node.firing.title} must be {whole}at most {most}, not {node.fire_lanes}"


def scores_fill_their_words(_: Context, node: Population) -> str:
    """A read-out's words of 32, 64 or 128 bits hold the scores of a part of its lanes, or of all classes."""
    if node.word_bits in WORD_BITS and (not node.is_end or sums_fill_words(node, node.word_bits)):
        return ""
    return f"word_bits must hold a part of the {node.lanes} lanes or be 32, not {node.word_bits}"


def sums_fill_words(node: Population, word_bits: int) -> bool:
    """Whether a group of a read-out's sums gives whole words of scores, or the only group all words."""
    return node.groups == 1 or node.lanes % PortWord(word_bits, SCORE_TYPE.width_bits).items == 0


def bursts_are_possible(_: Context, node: Population) -> str:
    """A population sends as many events in a word as it can find in one cycle."""
    choices = ", ".join(map(str, node.burst_choices))
    found = node.events_in_word in node.burst_choices
    return "" if found else f"events_in_word must be one of {choices}, not {node.events_in_word}"


def currents_have_its_lanes(context: Context, node: Population) -> str:
    """A population has the lanes of those whose currents it reads: words of sums are passed on whole."""
    for position, name in enumerate(node.inputs):
        if node.reads(position) == "currents":
            complaint = differs("lanes", node.lanes, getattr(context.graph[name], "lanes", None))
            if complaint:
                return complaint
    return ""


def population_keeps_time(context: Context, node: Population) -> str:
    """Neurons fire at each time step of the network; a read-out takes what it reads: one step of frames."""
    steps = context.before.edges[context.graph.layers[0].name].time_steps
    if _accumulates(node) and all(edge.is_frame for edge in context.edges_into(node)):
        steps = 1
    return outside("time_steps", node.time_steps, 1, MAX_TIME_STEPS) or differs(
        "time_steps", node.time_steps, steps
    )


def rows_of_scores_are_steps(_: Context, node: Population) -> str:
    """Scores of every time step are those of several, and biases of the sums so far are of as many."""
    if not node.is_end or not node.readout.every_step:
        return ""
    if node.time_steps < 2:
        return f"scores of every time step must be of several, not of {node.time_steps}"
    if not node.readout.accumulates:
        return ""
    return differs("rows of bias", len(node.readout.bias), node.time_steps)


def early_exit_is_sound(_: Context, node: Population) -> str:
    """An early exit has a threshold for each time step but the last, two classes and words of one score."""
    if not node.is_end:
        return ""
    return exit_complaint(node.readout, node.neurons, node.time_steps, node.word_bits)


def _accumulates(node: Population) -> bool:
    return node.is_end and node.readout.accumulates


def sums_of(context: Context, node: Population) -> tuple[IntArray, IntArray]:
    """(N,) ranges of the sums that the neurons read: of a time step, or for a read-out of all."""
    steps = node.time_steps if _accumulates(node) else 1
    ranges = [
        tuple((bound << projection.shift) * steps for bound in projection.synapse.sum_range(edge))
        for projection, edge in zip(node.projections, edges_of(context, node), strict=True)
    ]
    return sum_of(bounds[0] for bounds in ranges), sum_of(bounds[1] for bounds in ranges)


def accumulator_cannot_overflow(context: Context, node: Population) -> str:
    """acc_type holds every partial sum, whatever the order of events."""
    return within("the range of acc_type's sums", *hull(*sums_of(context, node)), node.acc_type)


def neurons_are_sound(context: Context, node: Population) -> str:
    """The neurons' numbers are complete, in order and within their types, whatever the input."""
    return node.neuron.complaints(node.neurons, sums_of(context, node), node.acc_type)


POPULATION_RULES: tuple[Rule, ...] = (
    a_projection_for_each_input,
    synapses_are_sound,
    lanes_are_in_range,
    parts_fill_the_lanes,
    scores_fill_their_words,
    bursts_are_possible,
    pairs_are_whole_and_fit,
    delays_are_of_its_own_events,
    currents_have_its_lanes,
    population_keeps_time,
    rows_of_scores_are_steps,
    early_exit_is_sound,
    accumulator_cannot_overflow,
    neurons_are_sound,
)
