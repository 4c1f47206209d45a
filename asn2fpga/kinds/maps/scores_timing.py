"""When attention with its scores first does what: every query meets every token, zeros or not."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.maps.demand import WindowKey
from asn2fpga.kinds.maps.pixel_flow import Windows, sent_in_words, worked
from asn2fpga.kinds.maps.scores_hardware import Scored
from asn2fpga.kinds.timing import BARE, Arrival, Demand, Flow, Operations, Overheads, Work

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.attention import MapAttention

Arriving = Sequence[Demand | None]
HANDOVERS = 2  # from a query to its scores, from these to sums


def window_key(node: MapAttention, edge: Edge) -> WindowKey | None:
    """No windows: words are taken whole."""
    return None


def _cycles(node: MapAttention, edges: Sequence[Edge]) -> tuple[int, int]:
    """Of a pixel of queries: of its scores, and of the sums of values."""
    meetings = node.heads * node.tokens * edges[0].steps
    keys, values = Scored(node, edges, node.inputs).parts
    return meetings * keys, meetings * values


def _stored(node: MapAttention, edges: Sequence[Edge]) -> tuple[int, int]:
    """Words of all keys, and of all values."""
    keys, values = Scored(node, edges, node.inputs).memories
    return keys.depth, values.depth


def work(
    node: MapAttention, edges: Sequence[Edge], arriving: Arriving, sent: Demand, inferences: int
) -> Work:
    """Of all tokens, and of the queries whose sums are read."""
    (scores, sums), (keys, values) = _cycles(node, edges), _stored(node, edges)
    return {
        "input words": inferences * max(edge.words_per_inference for edge in edges[1:]),
        "scores": inferences * (keys + sent.pixels * scores),
        "sums": inferences * (values + sent.pixels * sums),
    }


def busy(node: MapAttention, edges: Sequence[Edge], arriving: Arriving, overheads: Overheads) -> IntArray:
    """(B,) of the slower of both processes: the same for all inputs."""
    pixels = math.prod(node.queries[1:])
    slowest = max(
        max(edge.words_per_inference for edge in edges),
        *(
            stored + pixels * cycles
            for stored, cycles in zip(_stored(node, edges), _cycles(node, edges), strict=True)
        ),
    )
    batch = next(len(demand.events) for demand in arriving if demand is not None)
    return np.full(batch, slowest + overheads.restart, np.int64)


def flow(node: MapAttention, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """Sums of queries leave one by one once all keys and values are there."""
    edges = [arrival.edge for arrival in arrivals]
    queries, keys, values = (arrival.flow for arrival in arrivals)
    stored = [
        np.maximum(flow.last[:, -1:], words)
        for flow, words in zip((keys, values), _stored(node, edges), strict=True)
    ]
    scores, sums = (np.full_like(queries.last, cycles) for cycles in _cycles(node, edges))
    handover = 0 if overheads == BARE else overheads.handover
    asked = Windows(queries.first, queries.first, queries.last)
    begin, scored = worked(asked.beside(Windows(*3 * [stored[0]])), scores)
    weighed = Windows(begin + handover, begin + handover, scored + handover)
    begin, done = worked(weighed.beside(Windows(*3 * [stored[1]])), sums)
    words = arrivals[2].edge.steps * node.heads * Scored(node, edges, node.inputs).parts[1]
    first = begin + (1 if overheads == BARE else -(-sums // words))
    found = sent_in_words(first, done, words).later(HANDOVERS * overheads.handover)
    return found, found


def operations(node: MapAttention, edges: Sequence[Edge], arriving: Arriving) -> Operations:
    """Each query is multiplied by each key, and each score by the values of its token."""
    events = sum(int(demand.events.sum()) for demand in arriving if demand is not None)
    batch = next(len(demand.events) for demand in arriving if demand is not None)
    meetings = math.prod(node.queries[1:]) * node.tokens * edges[0].steps
    dense = meetings * (node.keys[0] + node.values[0])
    return Operations(events, accumulates=batch * dense, synops=None, dense_macs=dense)
