"""Hardware that takes fewer cycles, for layers that can be made in several ways."""

from __future__ import annotations

from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import integer_nodes
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.fold_steps import KINDS
from asn2fpga.passes.predictions import Predictions


def choose_forms(graph: Graph, predictions: Predictions, budget: Resources) -> Graph:
    """With the lanes that the network has, each layer in the form in which it works least, or if no other
    works less, as it is. Nothing is exchanged for what does not fit.
    """
    for node in integer_nodes(graph):
        best, shortest = graph, predictions.mean_busy(graph, node) if node.other_forms else 0.0
        for other in node.other_forms:
            changed = graph.replace(node.name, other)
            cycles = predictions.mean_busy(changed, other)
            if cycles < shortest and _fits(changed, graph, budget):
                best, shortest = changed, cycles
        graph = best
    return graph


def _fits(changed: Graph, graph: Graph, budget: Resources) -> bool:
    """Within the budget, or where it was exceeded before, no more than then."""
    need, before = estimate(changed), estimate(graph)
    return all(getattr(need, kind) <= max(getattr(budget, kind), getattr(before, kind)) for kind in KINDS)
