"""What a trace asks of the hardware: events to send, and cycles to find them and to take them in."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.known import Known
from asn2fpga.graph.types import Array
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.maps.demand import WindowDemand, WindowKey, window_demand
from asn2fpga.kinds.nodes import senders
from asn2fpga.kinds.timing import Demand

BLOCK_ELEMENTS = 1 << 22  # counts that are looked at together


@dataclass(frozen=True)
class Asked:
    """What hardware must do with the counts that a node sends.

    sent: the node's edge; edges: those into it. windows: the kinds that read its map, each with whether its
    reader rests between turns; pixels: as Demand's. passes: cycles that an event takes in its readers.
    """

    sent: Edge
    edges: tuple[Edge, ...]
    windows: tuple[tuple[WindowKey, bool], ...]
    pixels: int
    passes: tuple[int, ...]


def demands(graph: Graph, counts: Mapping[str, Array]) -> dict[str, Demand]:
    """Demand by name of each layer that sends events. counts: golden's (B, T, N) by layer name."""
    return {node.name: demand_for(node, asked_of(graph, node), counts[node.name]) for node in senders(graph)}


def asked_of(graph: Graph, node: IntegerNode) -> Asked:
    """Of a node that sends events."""
    sent, edges = graph.edges[node.name], graph.edges_into(node)
    if sent.lanes:
        windows = tuple(window_keys(graph, node.name).items())
        return Asked(sent, edges, windows, _needed_pixels(graph, node.name), ())
    return Asked(sent, edges, (), 0, reader_passes(graph, node.name))


def demand_for(node: IntegerNode, asked: Asked, counts: Array) -> Demand:
    """Of counts (B, T, N) that a node sends, where so much is asked."""
    sent = asked.sent
    if sent.lanes:
        events = np.count_nonzero(counts, axis=2).astype(np.int64)
        windows = {key: _window_demand(counts, sent, key, by_turn) for key, by_turn in asked.windows}
        return Demand(events, events, events, {}, windows, asked.pixels)
    packed, lanes = node.scanned(asked.edges, counts)
    return demand(packed, lanes, asked.passes, node.drops_empty_words, sent.events_in_word)


def _needed_pixels(graph: Graph, name: str) -> int:
    """Pixels of a map that readers take before they have sent all: a pool may leave out the last."""
    found = [0]
    for node, position in _integer_readers(graph, name):
        sent = graph.edges[node.name]
        pixels = sent.image[1] * sent.image[2] if sent.lanes else 0
        whole = graph.edges[name].image
        last = _last_read(node, position, pixels) if pixels else whole[1] * whole[2]
        found.append(last)
    return max(found)


def _last_read(node: IntegerNode, position: int, pixels: int) -> int:
    """Pixels of an input that a node of so many pixels needs for all of them."""
    return _READ.of(node, (position, pixels), lambda: node.map_reads(position, pixels - 1).least)


def _integer_readers(graph: Graph, name: str) -> Iterator[tuple[IntegerNode, int]]:
    for node, position in graph.readers(name):
        if isinstance(node, IntegerNode):
            yield node, position


_READ, _WINDOWS = Known(), Known()
_KNOWN: dict[tuple[int, bool, WindowKey, bool], tuple[Array, WindowDemand]] = {}
MOST_KNOWN = 64


def _window_demand(counts: Array, edge: Edge, key: WindowKey, by_turn: bool) -> WindowDemand:
    """That of the same array is kept: lanes do not change it, and choosing them asks many times."""
    place = (id(counts), edge.by_step, key, by_turn)
    known = _KNOWN.get(place)
    if known is not None and known[0] is counts:
        return known[1]
    if len(_KNOWN) >= MOST_KNOWN:
        _KNOWN.clear()
    found = window_demand(counts, edge, key, by_turn)
    _KNOWN[place] = (counts, found)
    return found


def window_keys(graph: Graph, name: str) -> dict[WindowKey, bool]:
    """The kinds of windows that read the map of that name, and whether a reader rests between turns."""
    edge = graph.edges[name]
    found: dict[WindowKey, bool] = {}
    for node, position in _integer_readers(graph, name):
        key, rests = _window(node, position, edge, graph.edges_into(node))
        if key is not None:
            found[key] = found.get(key, False) or rests
    return found


def _window(
    node: IntegerNode, position: int, edge: Edge, edges: tuple[Edge, ...]
) -> tuple[WindowKey | None, bool]:
    """How a node reads a map, and whether it rests between turns."""

    def ask() -> tuple[WindowKey | None, bool]:
        key = node.window_key(position, edge)
        return key, key is not None and node.rests(edges)

    return _WINDOWS.of(node, (position, edge, edges), ask)


def inputs_of(node: IntegerNode, found: Mapping[str, Demand]) -> list[Demand | None]:
    """The demand at each input of a node: None where it reads currents."""
    return [None if node.reads(i) == "currents" else found[name] for i, name in enumerate(node.inputs)]


def reader_passes(graph: Graph, name: str) -> tuple[int, ...]:
    """Cycles that an event of the layer takes in its readers."""
    found = {
        node.passes(position)
        for node, position in _integer_readers(graph, name)
        if node.reads(position) == "events"
    }
    return tuple(sorted(found))


def demand(
    counts: Array, lanes: int, passes: Iterable[int], drops: bool = False, events_in_word: int = 1
) -> Demand:
    """Demand of `counts` (B, T, N), packed into words of `lanes`, for readers of so many passes a burst.

    drops: a word comes each cycle, those without an event are dropped, and the others wait for the scanner.
    events_in_word: events of a burst, all of one packed word.
    """
    batch, steps, neurons = counts.shape
    readers = tuple(passes)
    rows = max(1, BLOCK_ELEMENTS // max(1, steps * neurons))
    parts = [
        _demand(counts[start : start + rows], lanes, readers, drops, events_in_word)
        for start in range(0, batch, rows)
    ]
    return Demand(
        np.concatenate([part.events for part in parts]),
        np.concatenate([part.bursts for part in parts]),
        np.concatenate([part.scan for part in parts]),
        {count: np.concatenate([part.drains[count] for part in parts]) for count in readers},
    )


def _demand(counts: Array, lanes: int, readers: tuple[int, ...], drops: bool, events_in_word: int) -> Demand:
    """A reader is done when, of some word on, it has worked without a rest."""
    fired = counts != 0
    events = np.count_nonzero(fired, axis=2).astype(np.int64)
    if not lanes:
        return Demand(events, events, events, {passes: events * passes for passes in readers})
    found = -(-_found(fired, lanes) // events_in_word)
    cycles = np.ones_like(found) if drops else np.maximum(found, 1)
    before = np.cumsum(cycles, axis=2) - cycles
    remaining = np.cumsum(found[..., ::-1], axis=2)[..., ::-1]
    drains = {passes: _last_taken(before, remaining, passes) for passes in readers}
    scan: IntArray = np.maximum(cycles.sum(axis=2), _last_taken(before, remaining, 1) if drops else 0)
    return Demand(events, found.sum(axis=2), scan, drains)


def _last_taken(before: IntArray, remaining: IntArray, passes: int) -> IntArray:
    """(B, T) cycles until the last event is taken, of words that are there after so many cycles."""
    last: IntArray = np.where(remaining > 0, before + remaining * passes, 0).max(axis=2)
    return last


def _found(fired: Array, lanes: int) -> IntArray:
    """(B, T, words) non-zero lanes of each packed word of fired (B, T, N)."""
    batch, steps, neurons = fired.shape
    words = math.ceil(neurons / lanes)
    padded = np.zeros((batch, steps, words * lanes), bool)
    padded[..., :neurons] = fired
    found: IntArray = np.count_nonzero(padded.reshape(batch, steps, words, lanes), axis=3).astype(np.int64)
    return found
