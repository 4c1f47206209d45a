"""When a map of neurons does what, row by row: docs/spec/maps.md, "Cycles".

A row of pixels is worked on as soon as the last row that its windows reach begins to arrive, and is done
no sooner than that row is. Time steps are gone through pixel by pixel, so flows of maps are of rows; those of
maps that come step by step are of time steps.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.graph.arrays import IntArray, sum_of
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.maps.pace import first_rows, row_there
from asn2fpga.kinds.timing import BARE, Arrival, Demand, Flow, Operations, Overheads, Work

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.population import MapPopulation

Arriving = Sequence[Demand | None]
ROUND_HANDOVERS = 8  # cycles besides in which a process begins anew, of a map that comes step by step
HANDOVERS = 3  # from a word that arrives to the counts that follow: window, expand, gather


def _unit_cycles(
    node: MapPopulation, edges: Sequence[Edge], arriving: Arriving, inferences: int, paced: bool = False
) -> IntArray:
    """(B, rows, units) cycles of all projections, and firings of time steps that read but a frame.

    paced: with the cycles in which windows wait for pixels to arrive.
    """
    found = sum_of(
        np.maximum(
            projection.synapse.pixel_cycles(edge, demand, node.lanes, inferences),
            _pace(node, edge) if paced else 0,
        )
        for projection, edge, demand in zip(node.projections, edges, arriving, strict=True)
    )
    if all(edge.is_frame for edge in edges):
        found = found + (node.time_steps - 1) * node.groups
    units = range(node.parallel_pixels)
    return np.stack([found[:, :, unit :: len(units)].sum(axis=2, dtype=np.int64) for unit in units], axis=2)


def _pace(node: MapPopulation, edge: Edge) -> int:
    """Cycles in which the pixels arrive that a unit's window moves on by, where it is searched as fast as
    counts are taken: words of one lane. Of wider words the counts of one window are taken meanwhile.
    """
    if edge.carries != "events" or edge.lanes > 1:
        return 0
    return node.parallel_pixels * edge.words_per_inference // (edge.rounds * math.prod(node.pixels))


def work(
    node: MapPopulation, edges: Sequence[Edge], arriving: Arriving, sent: Demand, inferences: int
) -> Work:
    """Each resource does one thing a cycle; they can all work at the same time.

    Of what readers need: an answer may leave before the rows that a pool leaves out are done.
    """
    whole_rows, more = divmod(sent.pixels, node.pixels[1])
    counts = inferences * sent.pixels * node.groups * node.time_steps
    by_unit = _unit_cycles(node, edges, arriving, inferences)
    rounds = edges[0].rounds
    by_round = by_unit.reshape(inferences * rounds, -1, by_unit.shape[2])
    cycles = by_round[:, :whole_rows].sum(axis=(0, 1)).max()
    read = (_words_read(node, position, edge, sent.pixels) for position, edge in enumerate(edges))
    return {
        "input words": inferences * max(read),
        "weight rows": int(cycles) + inferences * rounds * (more // node.parallel_pixels) * node.groups,
        "counts": counts,
    }


def _words_read(node: MapPopulation, position: int, edge: Edge, pixels: int) -> int:
    """Words of an input that are read for so many pixels."""
    read = node.map_reads(position, pixels - 1).least
    return read * edge.words_per_inference // (edge.image[1] * edge.image[2])


def busy(node: MapPopulation, edges: Sequence[Edge], arriving: Arriving, overheads: Overheads) -> IntArray:
    """(B,) cycles of the slowest process."""
    inferences, rounds = _inferences(arriving), edges[0].rounds
    words = max(edge.words_per_inference for edge in edges) // rounds
    by_unit = _unit_cycles(node, edges, arriving, inferences, paced=True)
    cycles = by_unit.reshape(inferences, rounds, -1, by_unit.shape[2]).sum(axis=2).max(axis=2)
    first = 0 if overheads == BARE or rounds == 1 else _first_words(node, edges)
    slowest = np.maximum(cycles, words - first) + first + overheads.restart
    found: IntArray = slowest.sum(axis=1)
    return found


def _first_words(node: MapPopulation, edges: Sequence[Edge]) -> int:
    """Words of a map that are read before the first pixel can be worked on, while nothing else is."""
    reads = (node.map_reads(position, 0).least * edge.words_per_pixel for position, edge in enumerate(edges))
    return max(reads) + ROUND_HANDOVERS


def _inferences(arriving: Arriving) -> int:
    """B; some projection reads events."""
    return next(len(demand.events) for demand in arriving if demand is not None)


def flow(node: MapPopulation, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """When counts leave, row by row, and when currents do: at the same time.

    Units go on to the next row one by one; a row has left when the last of them has sent its part.
    """
    edges = [arrival.edge for arrival in arrivals]
    inferences = len(arrivals[0].flow.first)
    demands = [arrival.demand for arrival in arrivals]
    cycles = _unit_cycles(node, edges, demands, inferences, paced=overheads != BARE)
    done = np.zeros((inferences, node.parallel_pixels), np.int64)
    first, last = [], []
    for row in range(node.pixels[0]):
        begin, arrived = done, done
        for projection, arrival in zip(node.projections, arrivals, strict=True):
            needed = projection.synapse.last_row(row)
            if needed < 0:
                continue
            begin = np.maximum(begin, arrival.flow.first[:, needed, None])
            there = row_there(arrival.flow, needed, projection.synapse.whole_rows)
            arrived = np.maximum(arrived, there[:, None])
        pixel = -(-cycles[:, row] * node.parallel_pixels // node.pixels[1])
        if overheads == BARE:  # of a bound: pixels differ, and the first and last may have no event
            pixel = np.minimum(pixel, node.groups)
        done = np.maximum(begin + cycles[:, row], arrived + pixel)
        first.append((begin + pixel)[:, 0])
        last.append(done.max(axis=1))
    handovers = HANDOVERS + (2 if node.parallel_pixels > 1 else 0)
    sent = Flow(np.stack(first, axis=1), np.stack(last, axis=1)).later(handovers * overheads.handover)
    return sent, sent


def flow_by_step(node: MapPopulation, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """The same of maps that come step by step: the map of a time step is not read before that of the step
    before is done, and what comes first are the rows of its first windows.
    """
    edges = [arrival.edge for arrival in arrivals]
    inferences = len(arrivals[0].flow.first)
    bare = overheads == BARE
    demands = [arrival.demand for arrival in arrivals]
    by_unit = _unit_cycles(node, edges, demands, inferences, paced=not bare)
    cycles = by_unit.reshape(inferences, edges[0].rounds, -1, by_unit.shape[2]).sum(axis=2).max(axis=2)
    again = 0 if bare else _first_words(node, edges)
    done = np.zeros(inferences, np.int64) - again
    first, last = [], []
    for step in range(edges[0].rounds):
        begin = done + again
        for projection, arrival in zip(node.projections, arrivals, strict=True):
            rows = arrival.edge.image[1]
            begin = np.maximum(begin, first_rows(arrival, step, projection.synapse.last_row(0), bare))
            if projection.synapse.last_row(node.pixels[0] - 1) == rows - 1 and projection.synapse.whole_rows:
                done = np.maximum(done, arrival.flow.last[:, step])
        done = np.maximum(begin + cycles[:, step], done)
        first.append(begin)
        last.append(done)
    handovers = HANDOVERS + (2 if node.parallel_pixels > 1 else 0)
    sent = Flow(np.stack(first, axis=1), np.stack(last, axis=1)).later(handovers * overheads.handover)
    return sent, sent


def operations(node: MapPopulation, edges: Sequence[Edge], arriving: Arriving) -> Operations:
    """Additions executed, and what a network without zeros would multiply and add."""
    events = accumulates = dense = 0
    synops: int | None = None
    for projection, edge, demand in zip(node.projections, edges, arriving, strict=True):
        dense += projection.synapse.macs_per_step * edge.steps if projection.trained else 0
        if demand is None:
            continue
        added, weighted = projection.synapse.additions(edge, demand, node.lanes)
        events, accumulates = events + int(demand.events.sum()), accumulates + added
        if projection.trained and not edge.is_frame:
            synops = (synops or 0) + weighted
    return Operations(events, accumulates, synops, dense)
