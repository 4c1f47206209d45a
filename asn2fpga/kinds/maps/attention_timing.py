"""When attention does what: the memory is complete with the last token, and then queries are answered."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.maps.attention_hardware import Wired
from asn2fpga.kinds.maps.demand import WindowDemand, WindowKey
from asn2fpga.kinds.maps.window import ONE_PIXEL
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.attention import MapAttention

Arriving = Sequence[Demand | None]
HANDOVERS = 4  # from the last token to the memory: window, expand, memory; from a query to sums likewise


def window_key(node: MapAttention, edge: Edge) -> WindowKey:
    """The windows of queries and of keys: the factors of each head that are not zero."""
    return WindowKey(ONE_PIXEL, node.heads, nothing=-edge.base)


def _found(node: MapAttention, edges: Sequence[Edge], arriving: Arriving, position: int) -> WindowDemand:
    demand = arriving[position]
    assert demand is not None, "attention reads events"
    return demand.windows[window_key(node, edges[position])]


def pixel_cycles(node: MapAttention, edges: Sequence[Edge], arriving: Arriving, position: int) -> IntArray:
    """(B, rows, columns) cycles of each pixel of queries or keys: its factors, for each word of a head."""
    words = Wired(node, edges, node.inputs).groups // node.heads
    cycles: IntArray = words * _found(node, edges, arriving, position).cycles
    return cycles


def work(
    node: MapAttention, edges: Sequence[Edge], arriving: Arriving, sent: Demand, inferences: int
) -> Work:
    """Of all tokens, and of the queries whose sums are read."""
    wired = Wired(node, edges, node.inputs)
    keys = pixel_cycles(node, edges, arriving, 1)
    queries = pixel_cycles(node, edges, arriving, 0).reshape(inferences, -1)[:, : sent.pixels]
    words = wired.groups * edges[0].steps
    return {
        "input words": inferences * max(edge.words_per_inference for edge in edges[1:]),
        "keys": int(keys.sum()) + inferences * wired.memory.depth,
        "queries": int(queries.sum()) + inferences * wired.memory.depth,
        "sums": inferences * sent.pixels * words,
    }


def busy(node: MapAttention, edges: Sequence[Edge], arriving: Arriving, overheads: Overheads) -> IntArray:
    """(B,) of the slower of both memories, whose words move from one to the other once."""
    cycles = [pixel_cycles(node, edges, arriving, position).sum(axis=(1, 2)) for position in (0, 1)]
    memory = Wired(node, edges, node.inputs).memory.depth
    words = max(edge.words_per_inference for edge in edges)
    slowest: IntArray = np.maximum(np.maximum(*cycles) + memory, words) + overheads.restart
    return slowest


def flow(node: MapAttention, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """Rows of queries leave one by one once the memory has moved."""
    edges = [arrival.edge for arrival in arrivals]
    arriving = [arrival.demand for arrival in arrivals]
    keys, queries = (pixel_cycles(node, edges, arriving, i).sum(axis=2) for i in (1, 0))
    done = np.zeros_like(keys[:, 0])
    for row in range(keys.shape[1]):
        begin = np.maximum.reduce([done, *(arrival.flow.first[:, row] for arrival in arrivals[1:])])
        there = np.maximum.reduce([arrival.flow.last[:, row] for arrival in arrivals[1:]])
        done = np.maximum(begin + keys[:, row], there)
    done = done + Wired(node, edges, node.inputs).memory.depth + HANDOVERS * overheads.handover
    first, last = [], []
    for row in range(queries.shape[1]):
        begin = np.maximum(done, arrivals[0].flow.first[:, row])
        done = np.maximum(begin + queries[:, row], arrivals[0].flow.last[:, row])
        first.append(begin)
        last.append(done)
    found = Flow(np.stack(first, axis=1), np.stack(last, axis=1)).later(HANDOVERS * overheads.handover)
    return found, found


def operations(node: MapAttention, edges: Sequence[Edge], arriving: Arriving) -> Operations:
    """Each factor of keys or queries that is not 0 is multiplied by all channels of a head's values."""
    found = [_found(node, edges, arriving, position) for position in (0, 1)]
    events = sum(int(demand.events.sum()) for demand in arriving if demand is not None)
    accumulates = sum(int(one.events.sum()) for one in found) * node.value_channels
    pixels = math.prod(node.queries[1:]) + node.tokens
    dense = pixels * node.keys[0] * node.value_channels * edges[0].steps
    return Operations(events, accumulates, synops=None, dense_macs=dense)
