"""Choose how many of a layer's neurons fire in one cycle: comparators are large, and mostly idle."""

from __future__ import annotations

from asn2fpga.config import Optimise
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import Foldable
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.accounting import lower_bound_cycles, resource_work
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.predictions import Predictions

SLACK, SLACK_CYCLES = 1.05, 10  # of a layer's interval beside its bound, for firing to be no bottleneck


def fold_firing(graph: Graph, predictions: Predictions, optimise: Optimise) -> Graph:
    """The graph with the part of each layer's lanes that fires in one cycle.

    Parts that keep the layer's interval near its bound are preferred to all others, but for area. Of these,
    the fastest where latency or interval is optimised, and the smallest of several that are equally fast; the
    one of the smallest area x latency x interval for balance, of area x area x latency for area.
    """
    for name in [node.name for node in foldable_nodes(graph) if len(node.fire_choices) > 1]:
        graph = min(
            _choices(graph, name), key=lambda candidate: _rank(candidate, name, predictions, optimise)
        )
    return graph


def with_fire_lanes(graph: Graph, name: str, fire_lanes: int) -> Graph:
    """The graph with so many neurons of one layer that fire in one cycle."""
    return graph.with_layers(
        node.with_fire_lanes(fire_lanes) if isinstance(node, Foldable) and node.name == name else node
        for node in graph.layers
    )


def _choices(graph: Graph, name: str) -> list[Graph]:
    node = next(node for node in foldable_nodes(graph) if node.name == name)
    return [with_fire_lanes(graph, name, fire_lanes) for fire_lanes in node.fire_choices]


def _rank(graph: Graph, name: str, predictions: Predictions, optimise: Optimise) -> tuple[bool, float, float]:
    speed, lut = predictions.speed(graph), estimate(graph).lut
    figure = {
        "latency": speed.latency,
        "interval": speed.smooth_interval,
        "energy": lut * speed.latency * speed.smooth_interval,
        "balance": lut * speed.latency * speed.smooth_interval,
        "area": lut * lut * speed.latency,
    }[optimise]
    return optimise != "area" and not _is_near_its_bound(graph, name, predictions), figure, lut


def _is_near_its_bound(graph: Graph, name: str, predictions: Predictions) -> bool:
    busy = predictions.busy(graph)[name]
    work = resource_work(graph, predictions.demands(graph), len(busy), [name])[name]
    return float(busy.mean()) <= SLACK * lower_bound_cycles(work, len(busy)) + SLACK_CYCLES
