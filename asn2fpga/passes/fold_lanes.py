"""Choose how many lanes each layer gets: neurons whose weights it adds in one cycle."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import Encode, ReceiveEvents
from asn2fpga.passes.accounting import WeightedLayer, groups, lower_bound_cycles, weighted_layers
from asn2fpga.passes.estimate_resources import Resources, estimate
from asn2fpga.passes.packed_words import MAX_WORD_BITS, widest_word_bits

MAX_LANES = 64
SHARE_OF_BOARD = 0.6  # what automatic lanes may fill: the rest is for the wrapper, DMA and routing


def fold_lanes(
    graph: Graph,
    events_in: Mapping[str, float],
    available: Resources,
    requested: Mapping[str, int] | int | None = None,
) -> Graph:
    """The graph with lanes in every layer with weights.

    `requested` lanes are taken as they are, at most one a neuron (an integer: the same for all layers). Other
    layers start with one; the slowest one gets more, again and again, as long as that pays: until it is as
    fast as the input can deliver, or the next step's estimate exceeds 60 % of `available`, or 64 lanes.
    events_in: mean events an inference that reach each layer with weights.
    """
    fixed = _requested(graph, requested)
    graph = with_lanes(graph, {layer.name: fixed.get(layer.name, 1) for layer in weighted_layers(graph)})
    budget = available.times(SHARE_OF_BOARD)
    while True:
        slowest = _slowest(graph, events_in)
        lanes = next_lanes(slowest)
        if slowest.name in fixed or lanes is None or not _pays(graph, slowest, events_in):
            return graph
        wider = with_lanes(graph, {slowest.name: lanes})
        if not _fits(wider, budget):
            return graph
        graph = wider


def _slowest(graph: Graph, events_in: Mapping[str, float]) -> WeightedLayer:
    return max(weighted_layers(graph), key=lambda layer: lower_bound_cycles(layer, events_in[layer.name]))


def with_lanes(graph: Graph, lanes: Mapping[str, int]) -> Graph:
    """The graph with the given lanes in the given layers."""
    return graph.with_layers(
        dataclasses.replace(layer, lanes=lanes[layer.name])  # type: ignore[call-arg]
        if layer.name in lanes
        else layer
        for layer in graph.layers
    )


def next_lanes(layer: WeightedLayer) -> int | None:
    """Fewest lanes that need fewer groups than now, hence waste least; None if that is more than allowed."""
    neurons = len(layer.weight)
    passes = groups(neurons, layer.lanes)
    if passes == 1:
        return None
    lanes = groups(neurons, passes - 1)
    allowed = lanes <= MAX_LANES and widest_word_bits(layer, lanes) <= MAX_WORD_BITS
    return lanes if allowed else None


def _requested(graph: Graph, requested: Mapping[str, int] | int | None) -> dict[str, int]:
    layers = weighted_layers(graph)
    if isinstance(requested, int):
        requested = {layer.name: requested for layer in layers}
    wanted = requested or {}
    layers = tuple(layer for layer in layers if layer.name in wanted)
    return {layer.name: min(wanted[layer.name], len(layer.weight)) for layer in layers}


def _pays(graph: Graph, slowest: WeightedLayer, events_in: Mapping[str, float]) -> bool:
    """Whether the slowest layer is slower than the input, which nothing can make faster."""
    source = graph.layers[0]
    if not isinstance(source, (Encode, ReceiveEvents)):
        return True
    events = max(events_in[layer.name] for layer in weighted_layers(graph) if source.name in layer.inputs)
    return lower_bound_cycles(slowest, events_in[slowest.name]) > lower_bound_cycles(source, events)


def _fits(graph: Graph, budget: Resources) -> bool:
    need = estimate(graph)
    return all(getattr(need, kind) <= getattr(budget, kind) for kind in ("lut", "ff", "bram36", "dsp"))
