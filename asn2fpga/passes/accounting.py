"""Operations of the layers, and the cycles they need at least: docs/spec/numerics.md, "Accounting"."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import integer_nodes
from asn2fpga.kinds.timing import Demand, Operations, Work
from asn2fpga.passes.demand import inputs_of


def resource_work(
    graph: Graph, demands: Mapping[str, Demand], inferences: int, names: Collection[str] | None = None
) -> dict[str, Work]:
    """Cycles that each resource of each layer works for, summed over all inferences of `demands`.

    Every resource does one thing a cycle; they can all work at the same time, so the largest is a bound.
    names: of the layers that are asked about; None: of all.
    """
    return {
        node.name: node.work(
            graph.edges_into(node), inputs_of(node, demands), demands.get(node.name), inferences
        )
        for node in integer_nodes(graph)
        if names is None or node.name in names
    }


def lower_bound_cycles(work: Work, inferences: int) -> float:
    """Fewest cycles per inference, on average: what the most demanded resource needs."""
    return max(work.values()) / inferences


def operations(
    graph: Graph, node: IntegerNode, demands: Mapping[str, Demand], spikes: Mapping[str, IntArray]
) -> Operations:
    """What one layer does in all inferences. spikes: (T,) sums of the counts that each layer sent."""
    arrived = [
        None if node.reads(i) == "currents" else int(spikes[name][: len(spikes[name]) - node.delay(i)].sum())
        for i, name in enumerate(node.inputs)
    ]
    return node.operations(graph.edges_into(node), inputs_of(node, demands), arrived)
