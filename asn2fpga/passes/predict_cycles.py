"""Predicted clock cycles of inferences: when each process of each layer is done with each time step.

Max-plus recurrences over layers and time steps, for many inferences at once. With the constants left out
(`BARE`) what must follow one another remains, and the result is a bound; with them it is what the RTL needs,
to a few per cent. Each kind has its own part (asn2fpga/kinds/timing.py); here flows go from node to node.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import integer_nodes
from asn2fpga.kinds.timing import PIPELINED, Arrival, Demand, Flow, Overheads
from asn2fpga.passes.demand import inputs_of


def predict_latency(
    graph: Graph,
    demands: Mapping[str, Demand],
    overheads: Overheads = PIPELINED,
    steps_used: IntArray | None = None,
) -> IntArray:
    """(B,) cycles from the first input word to the last score, of an inference that is alone.

    steps_used: (B,) of a read-out that may exit early; without, as if none did.
    """
    flows: dict[str, tuple[Flow, Flow]] = {}
    for node in integer_nodes(graph):
        arrivals = _arrivals(graph, node, flows, demands, overheads)
        flows[node.name] = node.flow(arrivals, demands.get(node.name), overheads)
    last = flows[graph.readout.name][0].last
    return last[:, -1] if steps_used is None else last[np.arange(len(last)), steps_used - 1]


def _arrivals(
    graph: Graph,
    node: IntegerNode,
    flows: Mapping[str, tuple[Flow, Flow]],
    demands: Mapping[str, Demand],
    overheads: Overheads,
) -> list[Arrival]:
    """What arrives at a node in the same time step; a fork on the way takes a handover more."""
    arrivals = []
    for position, name in enumerate(node.inputs):
        if node.delay(position):
            continue
        currents = node.reads(position) == "currents"
        flow = flows[name][int(currents)]
        if is_forked(graph, name, currents):
            flow = flow.later(overheads.handover)
        edge = (graph.currents if currents else graph.edges)[name]
        arrivals.append(Arrival(None if currents else demands[name], flow, edge))
    return arrivals


def is_forked(graph: Graph, name: str, currents: bool) -> bool:
    """Whether what a node sends has several readers."""
    kind = "currents" if currents else "events"
    return (
        sum(
            read == name and node.reads(i) == kind and not node.delay(i)
            for node in graph.layers
            for i, read in enumerate(node.inputs)
        )
        > 1
    )


def predict_busy(
    graph: Graph, demands: Mapping[str, Demand], overheads: Overheads = PIPELINED
) -> dict[str, IntArray]:
    """(B,) cycles in which the slowest process of each layer works; the slowest layer's are the interval."""
    return {
        node.name: node.busy(
            graph.edges_into(node), inputs_of(node, demands), demands.get(node.name), overheads
        )
        for node in integer_nodes(graph)
    }
