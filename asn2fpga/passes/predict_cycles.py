"""Predicted clock cycles of inferences: when each process of each layer is done with each time step.

Max-plus recurrences over layers and time steps, for many inferences at once. With the constants left out
(`BARE`) what must follow one another remains, and the result is a bound; with them it is what the RTL needs,
to a few per cent. Each kind has its own part (asn2fpga/kinds/timing.py); here flows go from node to node.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.known import Recent
from asn2fpga.graph.loops import Part, parts_of
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import integer_nodes
from asn2fpga.kinds.timing import PIPELINED, Arrival, Demand, Flow, Overheads
from asn2fpga.passes.demand import inputs_of

STEPS_TOGETHER = 8  # of a loop, that are settled together
STEPS_BEFORE = 4  # that are computed again: what a process began before these is left out

Flows = dict[str, tuple[Flow, Flow]]
"""Of events and of currents, by node."""

NOTHING = Recent(0)
"""What is known where each network is asked about once."""


def predict_latency(
    graph: Graph,
    demands: Mapping[str, Demand],
    overheads: Overheads = PIPELINED,
    steps_used: IntArray | None = None,
) -> IntArray:
    """(B,) cycles from the first input word to the last score, of an inference that is alone.

    steps_used: (B,) of a read-out that may exit early; without, as if none did.
    """
    return answered(predict_ends(graph, demands, overheads), steps_used)


def predict_ends(
    graph: Graph, demands: Mapping[str, Demand], overheads: Overheads = PIPELINED, known: Recent = NOTHING
) -> IntArray:
    """(B, T) cycles from the first input word to the last score after each time step that scores follow.

    known: flows of other graphs with the same overheads; each is worked out once.
    """
    return _flows(graph, demands, overheads, known)[graph.readout.name][0].last


def answered(ends: IntArray, steps_used: IntArray | None) -> IntArray:
    """(B,) of the ends (B, T) of time steps, those after which the read-out answers: the last ones, if it may
    not exit early.
    """
    return ends[:, -1] if steps_used is None else ends[np.arange(len(ends)), steps_used - 1]


def _flows(
    graph: Graph, demands: Mapping[str, Demand], overheads: Overheads, known: Recent = NOTHING
) -> Flows:
    flows: Flows = {}
    for part in parts_of(integer_nodes(graph)):
        if len(part.nodes) > 1:
            _settle(graph, part, flows, demands, overheads)
            continue
        (node,) = part.nodes
        arrivals, sent = _arrivals(graph, node, flows, demands, overheads, known), demands.get(node.name)
        key = (node, sent, *((arrival.demand, arrival.flow, arrival.edge) for arrival in arrivals))
        flows[node.name] = known.of(key, partial(node.flow, arrivals, sent, overheads))
    return flows


def _settle(
    graph: Graph, part: Part[IntegerNode], flows: Flows, demands: Mapping[str, Demand], overheads: Overheads
) -> None:
    """Flows of a loop, a few time steps together: a loop has ended a step before it begins the next one, so
    that little depends on earlier ones, and leaving that out makes nothing later than it is.
    """
    for node in part.nodes:
        flows[node.name] = (_nothing(demands[node.name]), _nothing(demands[node.name]))
    steps = demands[part.nodes[0].name].events.shape[1]
    block = steps if _reads_frames(graph, part) else STEPS_TOGETHER
    for begin in range(0, steps, block):
        window = range(max(0, begin - STEPS_BEFORE), min(steps, begin + block))
        _settle_steps(graph, part, flows, demands, overheads, window, begin)


def _reads_frames(graph: Graph, part: Part[IntegerNode]) -> bool:
    return any(edge.is_frame for node in part.nodes for edge in graph.edges_into(node))


def _nothing(demand: Demand) -> Flow:
    return Flow(np.zeros_like(demand.events), np.zeros_like(demand.events))


def _settle_steps(
    graph: Graph,
    part: Part[IntegerNode],
    flows: Flows,
    demands: Mapping[str, Demand],
    overheads: Overheads,
    window: range,
    begin: int,
) -> None:
    """The steps of `window` from `begin` on; each round settles one more at least, until none changes."""
    changes = True
    while changes:
        changes = False
        for node in part.nodes:
            arrivals = [one.within(window) for one in _arrivals(graph, node, flows, demands, overheads)]
            sent = demands[node.name].within(window)
            found = node.for_steps(len(window)).flow(arrivals, sent, overheads)
            for flow, known in zip(found, flows[node.name], strict=True):
                changes = known.put(begin, flow.within(range(begin - window.start, len(window)))) or changes


def _arrivals(
    graph: Graph,
    node: IntegerNode,
    flows: Flows,
    demands: Mapping[str, Demand],
    overheads: Overheads,
    known: Recent = NOTHING,
) -> list[Arrival]:
    """What arrives at a node; a fork on the way takes a handover more."""
    arrivals = []
    for position, name in enumerate(node.inputs):
        if node.keeps(position):
            continue
        currents = node.reads(position) == "currents"
        flow = flows[name][int(currents)]
        if is_forked(graph, name, currents):
            flow = known.of(("forked", flow), partial(flow.later, overheads.handover))
        edge = (graph.currents if currents else graph.edges)[name]
        arrivals.append(Arrival(None if currents else demands[name], flow, edge))
    return arrivals


def is_forked(graph: Graph, name: str, currents: bool) -> bool:
    """Whether what a node sends has several readers."""
    kind = "currents" if currents else "events"
    readers = (
        node.reads(i) == kind and not node.keeps(i)
        for node, i in graph.readers(name)
        if isinstance(node, IntegerNode)
    )
    return sum(readers) > 1


def predict_busy(
    graph: Graph, demands: Mapping[str, Demand], overheads: Overheads = PIPELINED, known: Recent = NOTHING
) -> dict[str, IntArray]:
    """(B,) cycles in which the slowest process of each layer works; the slowest layer's are the interval.

    What closes a loop of several layers works from its first word until it has the last that depends on it.
    known: cycles of other graphs with the same overheads.
    """
    busy = {}
    for node in integer_nodes(graph):
        edges, arriving, sent = graph.edges_into(node), inputs_of(node, demands), demands.get(node.name)
        key = ("busy", node, edges, tuple(arriving), sent)
        busy[node.name] = known.of(key, partial(node.busy, edges, arriving, sent, overheads))
    return {**busy, **_around_loops(graph, demands, overheads)}


def _around_loops(graph: Graph, demands: Mapping[str, Demand], overheads: Overheads) -> dict[str, IntArray]:
    closing = [node for node in integer_nodes(graph) if node.closes_a_loop]
    if not closing:
        return {}
    flows = _flows(graph, demands, overheads)
    return {
        node.name: flows[node.inputs[0]][0].last[:, -1] - flows[node.name][0].first[:, 0] + node.first_cycles
        for node in closing
    }
