"""Choose which layers send two events in one cycle: where readers can take them and the board has room."""

from __future__ import annotations

from collections.abc import Callable

from asn2fpga.config import Optimise
from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import integer_node, integer_nodes, senders
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.predictions import Predictions

SMALLEST_GAIN = 0.002  # of the latency: below it the second event is not worth its adders
KINDS = ("lut", "ff", "bram36", "dsp")


def fold_bursts(
    graph: Graph,
    predictions: Predictions,
    budget: Resources,
    place: Callable[[Graph], Graph],
    optimise: Optimise,
) -> Graph:
    """The graph with layers that send several events in a word, for latency alone.

    The readers then multiply and add for each of them: twice the multipliers, which pays only for latency.
    place: puts weights and products where there is room for them.
    """
    if optimise != "latency":
        return graph
    for node in senders(graph):
        for events in node.burst_choices:
            if events <= _taken(graph, node.name):
                candidate = place(with_bursts(graph, node.name, events))
                if _fits(candidate, budget) and _gain(graph, candidate, predictions) >= SMALLEST_GAIN:
                    graph = candidate
    return graph


def with_bursts(graph: Graph, name: str, events: int) -> Graph:
    """The graph with so many events in a word of one layer."""
    return graph.replace(name, integer_node(graph, name).with_events_in_word(events))


def _taken(graph: Graph, name: str) -> int:
    """Most events that all readers of a layer take in one cycle."""
    found = [
        node.largest_burst(position)
        for node in integer_nodes(graph)
        for position, read in enumerate(node.inputs)
        if read == name and node.reads(position) == "events"
    ]
    return min(found, default=1)


def _fits(graph: Graph, budget: Resources) -> bool:
    need = estimate(graph)
    return all(getattr(need, kind) <= getattr(budget, kind) for kind in KINDS)


def _gain(graph: Graph, candidate: Graph, predictions: Predictions) -> float:
    """Part of the latency that it saves."""
    before, after = (predictions.speed(each).latency for each in (graph, candidate))
    return 1 - after / before
