"""What a trace asks of the hardware: events to send, and cycles to find them and to take them in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.events import sends_events
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import DensePopulation, DenseReadout, Encode, Layer
from asn2fpga.graph.types import Array
from asn2fpga.graph.words import PIXELS_PER_WORD

BLOCK_ELEMENTS = 1 << 22  # counts that are looked at together


@dataclass(frozen=True, eq=False)
class Demand:
    """Of one layer that sends events, for B inferences of T ends of step (a frame: 1), each (B, T).

    events: non-zero counts. scan: cycles of the scanner of packed words, which takes one non-zero lane a
    cycle, and a cycle for a word without any; the end of step is not counted. drain: cycles from the first
    word scanned until the reader, which takes one event every `passes` cycles, has the last event.
    """

    events: IntArray
    scan: IntArray
    drain: IntArray


def demands(graph: Graph, counts: Mapping[str, Array]) -> dict[str, Demand]:
    """Demand by name of each layer that sends events. counts: golden's (B, T, N) by layer name."""
    senders = [layer for layer in graph.layers if sends_events(layer)]
    return {
        layer.name: demand(counts[layer.name], scanned_lanes(layer), _reader_passes(graph, layer))
        for layer in senders
    }


def demand(counts: Array, lanes: int, passes: int) -> Demand:
    """Demand of `counts` (B, T, N), packed into words of `lanes`, for a reader of so many passes an event."""
    batch, steps, neurons = counts.shape
    rows = max(1, BLOCK_ELEMENTS // max(1, steps * neurons))
    parts = [_demand(counts[start : start + rows], lanes, passes) for start in range(0, batch, rows)]
    events, scan, drain = (np.concatenate(part) for part in zip(*parts, strict=True))
    return Demand(events, scan, drain)


def scanned_lanes(layer: Layer) -> int:
    """Lanes of the packed words in which the layer looks for events; events from outside are not packed."""
    if isinstance(layer, Encode):
        return PIXELS_PER_WORD
    return layer.lanes if isinstance(layer, DensePopulation) else 0


def _reader_passes(graph: Graph, layer: Layer) -> int:
    """Cycles that an event of the layer takes in its reader: the groups of its neurons."""
    readers = [
        reader for reader in graph.consumers(layer.name) if isinstance(reader, DensePopulation | DenseReadout)
    ]
    return max(-(-len(reader.weight) // reader.lanes) for reader in readers)


def _demand(counts: Array, lanes: int, passes: int) -> tuple[IntArray, IntArray, IntArray]:
    """events, scan and drain. The reader is done when, of some word on, it has worked without a rest."""
    fired = counts != 0
    events = np.count_nonzero(fired, axis=2).astype(np.int64)
    if not lanes:
        return events, events, events * passes
    found = _found(fired, lanes)
    cycles = np.maximum(found, 1)
    before = np.cumsum(cycles, axis=2) - cycles
    remaining = np.cumsum(found[..., ::-1], axis=2)[..., ::-1]
    drain = np.where(remaining > 0, before + remaining * passes, 0).max(axis=2)
    return events, cycles.sum(axis=2), drain


def _found(fired: Array, lanes: int) -> IntArray:
    """(B, T, words) non-zero lanes of each packed word of fired (B, T, N)."""
    batch, steps, neurons = fired.shape
    words = math.ceil(neurons / lanes)
    padded = np.zeros((batch, steps, words * lanes), bool)
    padded[..., :neurons] = fired
    found: IntArray = np.count_nonzero(padded.reshape(batch, steps, words, lanes), axis=3).astype(np.int64)
    return found
