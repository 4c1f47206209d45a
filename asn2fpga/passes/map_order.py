"""In which order the counts of maps over time travel: pixel by pixel, all time steps of a word one after the
other, or step by step, the whole map once for each.

Pixel by pixel, membranes are registers, but windows hold rows of all time steps, and see a bit for each; step
by step, windows hold rows of one, and membranes of all pixels lie in a memory. Many time steps ask for that.
"""

from __future__ import annotations

from asn2fpga.config import MapOrder
from asn2fpga.device.resources import Resources
from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import integer_nodes
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.predictions import Predictions

KINDS = ("lut", "ff", "bram36", "dsp")


def in_order(graph: Graph, predictions: Predictions, available: Resources, order: MapOrder | None) -> Graph:
    """The graph with its maps in that order; None: in the one whose share of the board, all kinds of
    resources added up, times the interval is less, with the lanes that the graph has.

    InputError if maps cannot come step by step and are to.
    """
    stepwise = by_step(graph)
    if order == "pixels" or (order is None and isinstance(stepwise, str)):
        return graph
    if isinstance(stepwise, str):
        raise InputError(f"--map-order steps: {stepwise}; leave --map-order out.")
    if order == "steps":
        return stepwise
    return min((graph, stepwise), key=lambda found: area_time(found, predictions, available))


def comes_by_step(graph: Graph) -> bool:
    """Whether its maps come step by step."""
    return any(edge.by_step for edge in graph.edges.values())


def by_step(graph: Graph) -> Graph | str:
    """The graph with its maps step by step; or why they cannot come so."""
    nodes = integer_nodes(graph)
    sources = {node.name: sent for node in nodes if (sent := node.sent_by_step(graph.edges_into(node)))}
    if not sources:
        return "the network must have maps over several time steps"
    for node in nodes:
        if any(edge.lanes for edge in graph.edges_into(node)) and not node.works_by_step:
            return f"every layer that reads a map must work step by step, not {node.name} ({node.kind})"
    found = graph.with_layers(sources.get(node.name, node) for node in graph.layers)
    for node in nodes:
        edges = found.edges_into(node)
        if any(edge.by_step for edge in edges) and any(edge.is_frame for edge in edges):
            return f"a layer must not read a frame beside maps over time, as {node.name} ({node.kind}) does"
    return found


def area_time(graph: Graph, predictions: Predictions, available: Resources) -> float:
    """Shares of the board, added up, times the predicted interval."""
    need = estimate(graph)
    area: float = sum(getattr(need, kind) / (getattr(available, kind) or 1) for kind in KINDS)
    return area * predictions.speed(graph).interval
