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
from asn2fpga.kinds.maps.pace import window_intake
from asn2fpga.kinds.maps.pixel_flow import Windows, sent_in_words, there, walked, worked
from asn2fpga.kinds.maps.window import ONE_PIXEL
from asn2fpga.kinds.timing import BARE, Arrival, Demand, Flow, Operations, Overheads, Work

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
    """Sums of queries leave one by one once the memory has moved."""
    edges = [arrival.edge for arrival in arrivals]
    wired = Wired(node, edges, node.inputs)
    values = arrivals[2].flow
    keys, cycles = _factors(node, arrivals, 1, overheads)
    _, stored = worked(keys.beside(Windows(values.first, values.first, values.last)), cycles)
    moved = stored[:, -1:] + wired.memory.depth + HANDOVERS * overheads.handover
    queries, cycles = _factors(node, arrivals, 0, overheads)
    begin, done = worked(queries.beside(Windows(moved, moved, moved)), cycles)
    words = wired.groups * edges[0].steps
    complete = begin + (1 if overheads == BARE else -(-cycles // words))
    sent = sent_in_words(np.maximum(complete, queries.first), done, words)
    found = sent.later(HANDOVERS * overheads.handover)
    return found, found


def _factors(
    node: MapAttention, arrivals: Sequence[Arrival], position: int, overheads: Overheads
) -> tuple[Windows, IntArray]:
    """Of queries or keys, and (B, P) cycles of each pixel."""
    edges, arriving = ([getattr(arrival, what) for arrival in arrivals] for what in ("edge", "demand"))
    cycles = pixel_cycles(node, edges, arriving, position)
    cycles = cycles.reshape(len(cycles), -1)
    flow, windowed = arrivals[position].flow, Wired(node, edges, node.inputs).windows[position]
    intake = window_intake(ONE_PIXEL, edges[position].shape)
    if overheads == BARE:
        found = there(flow, intake.needed)
        return Windows(found, found, found), cycles
    places = windowed.out_groups * windowed.places * edges[position].steps
    tokens = np.minimum(cycles, places)
    return walked(flow, windowed.edge, intake, tokens, cycles, windowed.out_groups), cycles


def operations(node: MapAttention, edges: Sequence[Edge], arriving: Arriving) -> Operations:
    """Each factor of keys or queries that is not 0 is multiplied by all channels of a head's values."""
    found = [_found(node, edges, arriving, position) for position in (0, 1)]
    events = sum(int(demand.events.sum()) for demand in arriving if demand is not None)
    accumulates = sum(int(one.events.sum()) for one in found) * node.value_channels
    pixels = math.prod(node.queries[1:]) + node.tokens
    dense = pixels * node.keys[0] * node.value_channels * edges[0].steps
    return Operations(events, accumulates, synops=None, dense_macs=dense)
