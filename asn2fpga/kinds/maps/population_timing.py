"""When a map of neurons does what: docs/spec/maps.md, "Cycles" and "Latency".

Flows of maps are of pixels, each with all its time steps; of maps that come step by step, of time steps.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from asn2fpga.graph.arrays import IntArray, sum_of
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.maps.pace import first_rows
from asn2fpga.kinds.maps.pixel_flow import (
    EARLY,
    Windows,
    in_turn,
    read_alone,
    sent_in_words,
    there,
    walked,
    worked,
)
from asn2fpga.kinds.maps.units import units_of
from asn2fpga.kinds.timing import BARE, Arrival, Demand, Flow, Operations, Overheads, Work

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.population import MapPopulation
    from asn2fpga.kinds.maps.synapse import MapSynapse

Arriving = Sequence[Demand | None]
FIRE_HANDOVERS = 4  # cycles besides in which fire_steps begins a time step
ROUND_HANDOVERS = 8  # cycles besides in which a process begins anew, of a map that comes step by step
HANDOVERS = 3  # from a word that arrives to the counts that follow: window, expand, gather


def _pixel_cycles(
    node: MapPopulation, edges: Sequence[Edge], arriving: Arriving, inferences: int, paced: bool = False
) -> IntArray:
    """(B, rows, columns) cycles of each pixel: of what is added, and until its neurons have fired.

    paced: with the cycles in which windows wait for pixels to arrive.
    """
    added = _added(node, edges, arriving, inferences, paced)
    return np.maximum(added, _fired(node, edges, arriving, inferences)) if node.rests(edges) else added


def _added(
    node: MapPopulation, edges: Sequence[Edge], arriving: Arriving, inferences: int, paced: bool = False
) -> IntArray:
    """(B, rows, columns) cycles of all projections, and firings of time steps that read but a frame."""
    found = sum_of(
        np.maximum(
            projection.synapse.pixel_cycles(edge, demand, node.lanes, inferences),
            _pace(node, edge) if paced else 0,
        )
        for projection, edge, demand in zip(node.projections, edges, arriving, strict=True)
    )
    again = node.output(edges).word_steps - 1
    return found + again * node.groups if all(edge.is_frame for edge in edges) else found


def _fired(node: MapPopulation, edges: Sequence[Edge], arriving: Arriving, inferences: int) -> IntArray:
    """(B, rows, columns) cycles of the turns of neurons that rest between two firings: none takes fewer than
    that. Sums of frames are made in the first time step.
    """
    parts = [
        projection.synapse.turn_cycles(edge, demand, node.lanes)
        for projection, edge, demand in zip(node.projections, edges, arriving, strict=True)
        if demand is not None
    ]
    walks = math.lcm(*(part.shape[3] for part in parts))
    steps = max((part.shape[4] for part in parts), default=0)
    rows = math.prod(node.pixels) * edges[0].rounds // node.pixels[1]
    turns = np.zeros((inferences, rows, node.pixels[1], walks, steps), np.int64)
    for part in parts:
        turns[..., : part.shape[4]] += np.repeat(part, walks // part.shape[3], axis=3)
    interval = node.fire_interval(edges)
    cycles = np.maximum(turns, interval).sum(axis=(3, 4)) + (node.time_steps - steps) * walks * interval
    found: IntArray = cycles * (node.groups // walks)
    return found


def _by_unit(node: MapPopulation, cycles: IntArray) -> IntArray:
    """(B, rows, columns) -> (B, rows, units) of the pixels of each row that a unit has."""
    units = node.parallel_pixels
    return np.stack([cycles[:, :, unit::units].sum(axis=2, dtype=np.int64) for unit in range(units)], axis=2)


def _pace(node: MapPopulation, edge: Edge) -> int:
    """Cycles in which the pixels arrive that a unit's window moves on by. Of words of several lanes a little
    too many: counts of one window may still be taken then.
    """
    if edge.carries != "events":
        return 0
    return node.parallel_pixels * edge.words_per_inference // (edge.rounds * math.prod(node.pixels))


def work(
    node: MapPopulation, edges: Sequence[Edge], arriving: Arriving, sent: Demand, inferences: int
) -> Work:
    """Each resource does one thing a cycle; they can all work at the same time.

    Of what readers need: an answer may leave before the rows that a pool leaves out are done.
    """
    whole_rows, more = divmod(sent.pixels, node.pixels[1])
    rounds = edges[0].rounds
    begun = inferences * rounds * (more // node.parallel_pixels) * node.groups

    def slowest(cycles: IntArray) -> int:
        """Of the whole rows."""
        by_unit = _by_unit(node, cycles).reshape(inferences * rounds, node.pixels[0], -1)
        return int(by_unit[:, :whole_rows].sum(axis=(0, 1)).max())

    read = (_words_read(node, position, edge, sent.pixels) for position, edge in enumerate(edges))
    found = {
        "input words": inferences * max(read),
        "weight rows": slowest(_added(node, edges, arriving, inferences)) + begun,
        "counts": inferences * sent.pixels * node.groups * node.output(edges).steps,
    }
    if node.rests(edges):
        rest = node.fire_interval(edges) - 1
        found["membranes"] = max(0, slowest(_fired(node, edges, arriving, inferences)) - inferences * rest)
    return found


def _words_read(node: MapPopulation, position: int, edge: Edge, pixels: int) -> int:
    """Words of an input that are read for so many pixels."""
    read = node.map_reads(position, pixels - 1).least
    return read * edge.words_per_inference // (edge.image[1] * edge.image[2])


def busy(
    node: MapPopulation, edges: Sequence[Edge], arriving: Arriving, inferences: int, overheads: Overheads
) -> IntArray:
    """(B,) cycles of the slowest process."""
    rounds = edges[0].rounds
    words = max(edge.words_per_inference for edge in edges) // rounds
    by_unit = _by_unit(node, _pixel_cycles(node, edges, arriving, inferences))
    cycles = by_unit.reshape(inferences, rounds, -1, by_unit.shape[2]).sum(axis=2).max(axis=2)
    first = 0 if overheads == BARE or rounds == 1 else _first_words(node, edges)
    for position, (edge, demand) in enumerate(zip(edges, arriving, strict=True)):
        if demand is not None:
            cycles = np.maximum(cycles, _walked_by_windows(node, position, edge, demand))
    slowest = np.maximum(cycles, words - first) + first + overheads.restart
    found: IntArray = slowest.sum(axis=1)
    fired = node.time_steps * _fire_cycles(node, overheads) if node.by_step else 0
    return np.maximum(found, fired)


def _walked_by_windows(node: MapPopulation, position: int, edge: Edge, demand: Demand) -> IntArray:
    """(B, rounds) cycles of the slowest unit's windows: one for each token and, where what comes next is not
    there, for a word that is read. Of a map that comes step by step without the words that come before the
    first token.
    """
    inferences, rounds = len(demand.events), edge.rounds
    synapse = node.projections[position].synapse
    cycles = synapse.pixel_cycles(edge, demand, node.lanes, inferences)
    tokens = _tokens(synapse, edge, node.lanes, cycles, edge.steps // rounds)
    slowest = np.zeros((inferences, rounds), np.int64)
    for number, unit in enumerate(units_of(node)):
        own = slice(number, None, node.parallel_pixels)
        sent = tokens[:, :, own].reshape(inferences * rounds, -1)
        alone = read_alone(edge, unit.projections[position].synapse.intake, sent)
        if rounds > 1:
            alone[:, 0] = 0
        walked = (sent + alone).reshape(inferences, rounds, -1, tokens[:, :, own].shape[2]).sum(axis=3)
        taken = cycles[:, :, own].sum(axis=2).reshape(walked.shape)
        slowest = np.maximum(slowest, np.maximum(walked, taken).sum(axis=2))
    return slowest


def _tokens(synapse: MapSynapse, edge: Edge, lanes: int, cycles: IntArray, steps: int) -> IntArray:
    """Words that windows send on, whose counts are taken in so many cycles. Where a word holds several counts
    they are what is expected if none depends on another: what windows find is known by counts alone.
    """
    most, held = steps * synapse.walked_words(edge, lanes), synapse.counts_in_cycles(edge, lanes)
    share = np.minimum(cycles / (most * held), 1)
    expected = np.rint(most * (1 - (1 - share) ** held)).astype(np.int64)
    tokens: IntArray = np.minimum(cycles, np.maximum(expected, 1))
    return tokens


def _fire_cycles(node: MapPopulation, overheads: Overheads) -> int:
    """Of a time step, once the sums of frames are there: a word a cycle leaves the population."""
    handovers = 0 if overheads == BARE else FIRE_HANDOVERS
    return math.prod(node.pixels) * node.groups + handovers


def _first_words(node: MapPopulation, edges: Sequence[Edge]) -> int:
    """Words of a map that are read before the first pixel can be worked on, while nothing else is."""
    reads = (node.map_reads(position, 0).least * edge.words_per_pixel for position, edge in enumerate(edges))
    return max(reads) + ROUND_HANDOVERS


def flow(node: MapPopulation, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """When counts leave, and when currents do: at the same time, pixel by pixel; or counts step by step."""
    sums = _flow_of_pixels(node, arrivals, overheads)
    return (_fired_by_step(node, sums, overheads) if node.by_step else sums), sums


def _fired_by_step(node: MapPopulation, sums: Flow, overheads: Overheads) -> Flow:
    """The map of each time step of sums that are made once: as they come, then a word a cycle."""
    cycles = _fire_cycles(node, overheads)
    done = np.maximum(sums.first[:, 0] + cycles, sums.last[:, -1] + overheads.handover)
    first, last = [sums.first[:, 0]], [done]
    for _ in range(node.time_steps - 1):
        first.append(last[-1])
        last.append(first[-1] + cycles)
    return Flow(np.stack(first, axis=1), np.stack(last, axis=1)).later(overheads.handover)


def _flow_of_pixels(node: MapPopulation, arrivals: Sequence[Arrival], overheads: Overheads) -> Flow:
    """When the sums of each pixel leave gather, or what neurons make of them."""
    edges = [arrival.edge for arrival in arrivals]
    demands = [arrival.demand for arrival in arrivals]
    found = _pixel_cycles(node, edges, demands, len(arrivals[0].flow.first), paced=overheads != BARE)
    words = node.groups * node.output(edges).word_steps
    cycles = np.maximum(found, words).reshape(len(found), -1)
    numbers = np.arange(math.prod(node.pixels)).reshape(node.pixels)
    first, last = np.zeros_like(cycles), np.zeros_like(cycles)
    for unit, part in enumerate(units_of(node)):
        own = numbers[:, unit :: node.parallel_pixels].ravel()
        sent = _unit_flow(part, arrivals, own, cycles[:, own], overheads)
        first[:, own], last[:, own] = sent.first, sent.last
    handovers = HANDOVERS + (2 if node.parallel_pixels > 1 else 0)
    return in_turn(Flow(first, last), words).later(handovers * overheads.handover)


def _unit_flow(
    unit: MapPopulation, arrivals: Sequence[Arrival], own: IntArray, cycles: IntArray, overheads: Overheads
) -> Flow:
    """When the pixels of a unit leave. own: their numbers in the map; cycles: (B, P) of each.

    The last word of a pixel leaves as the first one is read of what follows.
    """
    edges = [arrival.edge for arrival in arrivals]
    words = unit.groups * unit.output(edges).word_steps
    windows = functools.reduce(
        Windows.beside,
        (
            _arrivals(unit, position, arrival, own, cycles, words, overheads)
            for position, arrival in enumerate(arrivals)
        ),
    )
    begin, done = worked(windows, cycles)
    if overheads == BARE:  # the first firing after a rest waits for none before it
        rest = unit.fire_interval(edges) - 1
        return sent_in_words(begin + 1, np.maximum(done - rest, begin + 1), words)
    left = np.concatenate([begin[:, 1:], done[:, -1:]], axis=1)
    return sent_in_words(np.maximum(begin - (-cycles // words), windows.first), left, words)


def _arrivals(
    unit: MapPopulation,
    position: int,
    arrival: Arrival,
    own: IntArray,
    cycles: IntArray,
    words: int,
    overheads: Overheads,
) -> Windows:
    """Of one input of a unit that makes so many words of a pixel."""
    synapse, edge = unit.projections[position].synapse, arrival.edge
    if edge.carries == "currents":
        first, last = arrival.flow.first[:, own], arrival.flow.last[:, own]
        return Windows(first, first, last)
    if overheads == BARE:
        found = there(arrival.flow, synapse.intake.needed)
        return Windows(found, found, found)
    tokens = _tokens(synapse, edge, unit.lanes, cycles, edge.steps)
    return walked(arrival.flow, edge, synapse.intake, tokens, cycles, words)


def flow_by_step(node: MapPopulation, arrivals: Sequence[Arrival], overheads: Overheads) -> tuple[Flow, Flow]:
    """The same of maps that come step by step: the map of a time step is not read before that of the step
    before is done, and what comes first are the rows of its first windows.
    """
    edges = [arrival.edge for arrival in arrivals]
    inferences = len(arrivals[0].flow.first)
    bare = overheads == BARE
    demands = [arrival.demand for arrival in arrivals]
    early = _early(node)
    by_pixel = _pixel_cycles(node, edges, demands, inferences, paced=not bare)
    if bare:
        by_pixel = np.where(np.tile(early, (edges[0].rounds, 1)), 0, by_pixel)
    by_unit = _by_unit(node, by_pixel)
    cycles = by_unit.reshape(inferences, edges[0].rounds, -1, by_unit.shape[2]).sum(axis=2).max(axis=2)
    again = 0 if bare else _first_words(node, edges)
    done = np.full(inferences, EARLY if bare else -again, np.int64)
    first, last = [], []
    for step in range(edges[0].rounds):
        begin = before = done + again
        for projection, arrival in zip(node.projections, arrivals, strict=True):
            _, height, width = arrival.edge.image
            needed = projection.synapse.intake.needed
            row = (int(needed[node.pixels[1] - 1]) - 1) // width
            if row >= 0:  # else the first windows look at padding alone
                begin = np.maximum(begin, first_rows(arrival, step, row, bare))
            if needed[-1] == height * width:
                done = np.maximum(done, arrival.flow.last[:, step])
        done = np.maximum(begin + cycles[:, step], done)
        first.append(before if bare and early[0, 0] else begin)
        last.append(done)
    handovers = HANDOVERS + (2 if node.parallel_pixels > 1 else 0)
    sent = Flow(np.stack(first, axis=1), np.stack(last, axis=1)).later(handovers * overheads.handover)
    return sent, sent


def _early(node: MapPopulation) -> npt.NDArray[np.bool_]:
    """(rows, columns) which pixels need nothing of what is read: their windows look at padding alone."""
    needed = [projection.synapse.intake.needed for projection in node.projections]
    found: npt.NDArray[np.bool_] = (np.max(needed, axis=0) == 0).reshape(node.pixels)
    return found


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
