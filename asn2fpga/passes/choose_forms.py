"""Hardware that takes fewer cycles, for layers that can be made in several ways."""

from __future__ import annotations

from collections.abc import Mapping

from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import integer_nodes
from asn2fpga.kinds.timing import PIPELINED
from asn2fpga.passes.demand import demands_of, inputs_of
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.fold_steps import KINDS


def choose_forms(graph: Graph, counts: Mapping[str, Array], budget: Resources) -> Graph:
    """With the lanes that the network has, each layer in the form in which it works least, or if no other
    works less, as it is. Nothing is exchanged for what does not fit. counts: golden's, by layer.
    """
    for node in integer_nodes(graph):
        best, shortest = graph, _busy(graph, node, counts) if node.other_forms else 0.0
        for other in node.other_forms:
            changed = graph.replace(node.name, other)
            cycles = _busy(changed, other, counts)
            if cycles < shortest and _fits(changed, graph, budget):
                best, shortest = changed, cycles
        graph = best
    return graph


def _busy(graph: Graph, node: IntegerNode, counts: Mapping[str, Array]) -> float:
    """Mean cycles of an inference."""
    found = demands_of(graph, counts, {node.name, *node.inputs})
    busy = node.busy(graph.edges_into(node), inputs_of(node, found), found.get(node.name), PIPELINED)
    return float(busy.mean())


def _fits(changed: Graph, graph: Graph, budget: Resources) -> bool:
    """Within the budget, or where it was exceeded before, no more than then."""
    need, before = estimate(changed), estimate(graph)
    return all(getattr(need, kind) <= max(getattr(budget, kind), getattr(before, kind)) for kind in KINDS)
