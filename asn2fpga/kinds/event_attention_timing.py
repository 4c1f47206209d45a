"""What causal attention does and when. docs/spec/kinds/event_attention.md has the order of its work."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work, at_least, words_of

if TYPE_CHECKING:
    from asn2fpga.kinds.event_attention import EventAttention


def work(arriving: Sequence[Demand | None], sent: Demand | None) -> Work:
    """The memory takes the row of a key or of a query in a cycle; words that end a step take one as well."""
    queries, keys, values = _demands(arriving)
    assert sent is not None
    return {
        "values": values.words,
        "memory rows": int(keys.events.sum()) + int(queries.events.sum()),
        "queries and keys": keys.words + queries.words,
        "scanner": words_of(sent.scan),
    }


def flow(
    node: EventAttention, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
) -> tuple[Flow, Flow]:
    """Of each step all values, then the keys, then the queries; the sums leave head by head."""
    queries, keys, values = arrivals
    assert sent is not None
    taken = collected = compressed = np.zeros(len(sent.events), np.int64)
    first, last = [], []
    for step in range(sent.events.shape[1]):
        collected = _in(values, collected, step)
        stored = _in(keys, np.maximum(taken, collected + overheads.handover), step)
        asked = _in(queries, stored, step)
        begin = np.maximum(taken, np.maximum(stored, queries.flow.first[:, step]))
        taken = asked
        scan = sent.scan[:, step] + 1
        after = overheads.handover + overheads.restart // 2
        compressed = np.maximum(np.maximum(asked, compressed + scan), begin + scan) + after
        first.append(begin + overheads.handover)
        last.append(np.maximum(compressed, asked + _of_last_head(node, sent)))
    found = Flow(np.stack(first, axis=1), np.stack(last, axis=1))
    return found, found


def _of_last_head(node: EventAttention, sent: Demand) -> int:
    """Fewest cycles in which the sums of the last head leave once they are there: that of the end."""
    return 1


def _in(arrival: Arrival, ready: IntArray, step: int) -> IntArray:
    """(B,) cycle after which the events of a step, and its end, have been taken one by one."""
    assert arrival.demand is not None
    begin = np.maximum(arrival.flow.first[:, step], ready)
    words = arrival.demand.events[:, step] + 1
    done: IntArray = np.maximum(arrival.flow.last[:, step], begin + words)
    return done


def busy(arriving: Sequence[Demand | None], sent: Demand | None, overheads: Overheads) -> IntArray:
    """(B,) cycles of the slowest of the three processes."""
    queries, keys, values = _demands(arriving)
    assert sent is not None
    attended = (queries.events + keys.events + 2).sum(axis=1) + overheads.restart
    collected = (values.events + 1).sum(axis=1) + overheads.restart
    scanned: IntArray = (sent.scan + 1 + overheads.restart // 2).sum(axis=1)
    return at_least(np.maximum(attended, np.maximum(collected, scanned)), 1)


def operations(
    node: EventAttention,
    edges: Sequence[Edge],
    arriving: Sequence[Demand | None],
    spikes: Sequence[int | None],
) -> Operations:
    """A key adds to a row of the memory, a query a row to the sums: as many additions as a head has lanes."""
    queries, keys, values = _demands(arriving)
    events = int(queries.events.sum()) + int(keys.events.sum())
    synops: int | None = None
    if spikes[0] is not None and spikes[1] is not None:
        synops = (spikes[0] + spikes[1]) * node.head_size
    dense = 2 * node.size * node.head_size * edges[0].steps
    return Operations(events + int(values.events.sum()), events * node.head_size, synops, dense)


def _demands(arriving: Sequence[Demand | None]) -> tuple[Demand, Demand, Demand]:
    queries, keys, values = arriving
    assert queries is not None and keys is not None and values is not None, "a rule allows events alone"
    return queries, keys, values
