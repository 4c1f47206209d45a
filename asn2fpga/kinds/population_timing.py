"""What a population does and when: operations, work of its resources, and the cycle model of its processes.

The first process takes the projections of a time step one after the other, then fires; the second one sends
events (or scores) while the first goes on. docs/spec/numerics.md, "Accounting", has the equations.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.graph.arrays import IntArray, sum_of
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.words import Answer
from asn2fpga.kinds.population_delays import adds_up_first, summed
from asn2fpga.kinds.population_delays import cycles as cycles_of_ring
from asn2fpga.kinds.population_overlap import fires_beside, spans_steps
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work, at_least, words_of

if TYPE_CHECKING:
    from asn2fpga.kinds.population import Population, Projection

Arriving = Sequence[Demand | None]


def work(
    node: Population, edges: Sequence[Edge], arriving: Arriving, sent: Demand | None, inferences: int
) -> Work:
    """Each resource does one thing a cycle; they can all work at the same time."""
    words = [
        demand.words if demand else inferences * edge.steps * node.groups
        for _, edge, demand in _at_once(node, edges, arriving)
    ]
    rows: int = sum(int(cycles.sum()) for cycles in _all_rows(node, edges, arriving, sent, inferences))
    found: Work = {"input words": max(words), "weight rows": rows}
    rings = [int(cycles.sum()) for cycles in _ring_cycles(node, edges, arriving)]
    if rings:
        found["rings of sums"] = max(rings)
    if node.is_end:
        return found | {
            "packed sums": inferences * node.groups * _sweeps(node),
            "scores": inferences * _answer(node).words,
        }
    assert sent is not None
    comparators = inferences * node.fire_groups * node.time_steps
    return found | {"comparators": comparators, "scanner": words_of(sent.scan)}


def _at_once(
    node: Population, edges: Sequence[Edge], arriving: Arriving
) -> Iterator[tuple[Projection, Edge, Demand | None]]:
    """The projections of what arrives in the same time step; demand is None for currents."""
    for projection, edge, demand in zip(node.projections, edges, arriving, strict=True):
        if not projection.steps_late:
            yield projection, edge, demand


def rows_of(
    node: Population, projection: Projection, demand: Demand | None, inferences: int, steps: int
) -> IntArray:
    """(B, T) cycles in which a projection adds to sums: its events, and its walk through the groups.

    steps: T, of currents.
    """
    walk = projection.synapse.step_cycles(node.lanes)
    if demand is None or adds_up_first(projection):
        return np.full((inferences, steps), walk, np.int64)
    return demand.bursts * projection.synapse.passes(node.lanes) + walk


def feedback_rows(node: Population, sent: Demand | None, inferences: int) -> IntArray:
    """(B, T) cycles in which the events of the step before add to sums; a word without any takes one too."""
    if node.feedback is None or sent is None:
        return np.zeros((inferences, max(1, node.time_steps)), np.int64)
    passes = node.feedback.synapse.passes(node.lanes)
    rows = sent.events * passes + (sent.scan - sent.events)
    first = node.neurons * passes if node.start_count else 0
    return np.concatenate([np.full_like(rows[:, :1], first), rows[:, :-1]], axis=1)


def _all_rows(
    node: Population, edges: Sequence[Edge], arriving: Arriving, sent: Demand | None, inferences: int
) -> Iterator[IntArray]:
    for projection, edge, demand in _at_once(node, edges, arriving):
        yield rows_of(node, projection, demand, inferences, edge.steps)
    if node.feedback is not None:
        yield feedback_rows(node, sent, inferences)


def _ring_cycles(node: Population, edges: Sequence[Edge], arriving: Arriving) -> Iterator[IntArray]:
    """(B,) cycles of each process that adds up the events of one projection."""
    for projection, _, demand in _at_once(node, edges, arriving):
        if demand is not None and adds_up_first(projection):
            yield cycles_of_ring(node, projection, demand)


def _slowest_ring(
    node: Population, edges: Sequence[Edge], arriving: Arriving, overheads: Overheads
) -> IntArray | int:
    """(B,) cycles of the slowest of these processes, which clears its ring too; 0 without any."""
    rings = list(_ring_cycles(node, edges, arriving))
    if not rings:
        return 0
    clearing = max(projection.synapse.first_cycles(node.lanes) for projection in node.projections)
    slowest: IntArray = np.max(rings, axis=0) + clearing + 2 * overheads.restart
    return slowest


def busy(
    node: Population, edges: Sequence[Edge], arriving: Arriving, sent: Demand | None, overheads: Overheads
) -> IntArray:
    """(B,) cycles of the slowest process."""
    inferences = len(next(demand for demand in (*arriving, sent) if demand is not None).events)
    rows = list(_all_rows(node, edges, arriving, sent, inferences))
    ends = sum(part.shape[1] for part in rows)
    fed_back = 0 if node.feedback is None else rows[-1].shape[1]  # which have no end of step
    cycles = sum_of(part.sum(axis=1) for part in rows) + (ends - fed_back)
    rings = _slowest_ring(node, edges, arriving, overheads)
    if node.is_end:
        sweeps = _sweeps(node)
        loops = 1 if spans_steps(node, node.reads_frames_only(edges)) else ends
        cycles = cycles + node.groups * sweeps + overheads.restart * (loops + sweeps)
        return at_least(np.maximum(cycles, rings), _answer(node).words)
    assert sent is not None
    scanning: IntArray = (sent.scan + 1 + overheads.restart // 2).sum(axis=1)
    frames_only, firing = node.reads_frames_only(edges), node.fire_groups * node.time_steps
    if fires_beside(node, frames_only):
        cycles = at_least(cycles + (node.groups - 1) * ends, firing) + overheads.restart
    else:
        cycles = cycles + firing + overheads.restart * (ends + (1 if frames_only else node.time_steps))
    slowest: IntArray = np.maximum(np.maximum(cycles, scanning), rings)
    return slowest


def flow(
    node: Population, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
) -> tuple[Flow, Flow]:
    """When events (or scores) leave, and when currents do; scores have but one time step, unless they may
    leave after any.
    """
    arrivals = list(_as_taken(node, arrivals, overheads))
    if node.is_end:
        done = _scores(node, arrivals, overheads)
        return done, done
    assert sent is not None
    frames_only = node.feedback is None and all(arrival.flow.first.shape[1] == 1 for arrival in arrivals)
    parts, passes = node.lanes // node.fire_lanes, node.fire_groups
    compressed = np.zeros(len(sent.events), np.int64)
    first, last, currents = [], [], []
    begins = _overlapping if fires_beside(node, frames_only) else _in_turn
    for step, begin in enumerate(begins(node, arrivals, sent, frames_only, overheads)):
        scan = sent.scan[:, step] + 1
        after_last = compressed + scan + overheads.restart // 2
        compressed = np.maximum(begin + np.maximum(passes, scan) + overheads.handover, after_last)
        first.append(begin + overheads.handover)
        last.append(compressed)
        currents.append(begin + (node.groups - 1) * parts + overheads.handover)
    sent_steps = 1 if frames_only else node.time_steps  # sums of frames are sent once
    begun = np.stack(first, axis=1)
    events = Flow(begun, np.stack(last, axis=1))
    return events, Flow(begun[:, :sent_steps], np.stack(currents[:sent_steps], axis=1))


def _as_taken(node: Population, arrivals: Sequence[Arrival], overheads: Overheads) -> Iterator[Arrival]:
    """What arrives at the first process itself: words of sums, where another one adds up events."""
    at_once = (projection for projection in node.projections if not projection.steps_late)
    for projection, arrival in zip(at_once, arrivals, strict=True):
        yield summed(node, projection, arrival, overheads) if adds_up_first(projection) else arrival


def _in_turn(
    node: Population, arrivals: Sequence[Arrival], sent: Demand, frames_only: bool, overheads: Overheads
) -> Iterator[IntArray]:
    """(B,) cycle in which each time step begins to fire, of one process that integrates and fires in turn."""
    fed_back = feedback_rows(node, sent, len(sent.events))
    summed = fired = _start(arrivals)
    for step in range(node.time_steps):
        ready = fired
        if node.feedback is not None and step:  # what is fed back at the first step waits for no input
            ready = summed = fired + fed_back[:, step] + overheads.restart
        for projection, arrival in _due(node, arrivals, step):
            ready = summed = _integrated(node, projection, arrival, ready, step) + overheads.restart
        begin = np.maximum(summed, fired)
        restarts = node.time_steps > 1 and not frames_only
        fired = begin + node.fire_groups + (overheads.restart if restarts else 0)
        yield begin


def _overlapping(
    node: Population, arrivals: Sequence[Arrival], sent: Demand, frames_only: bool, overheads: Overheads
) -> Iterator[IntArray]:
    """The same of two processes: a time step is handed over once the one before has begun to fire.

    The end of a step takes a cycle for each group.
    """
    ((projection, arrival),) = _due(node, arrivals, 0)
    ready = begin = fired = _start(arrivals)
    for step in range(node.time_steps):
        integrated = _integrated(node, projection, arrival, ready, step)
        if step:
            integrated = np.maximum(integrated, begin)
        ready = integrated + node.groups - 1
        begin = np.maximum(integrated + overheads.handover, fired)
        fired = np.maximum(begin + node.fire_groups, ready + node.lanes // node.fire_lanes)
        yield begin


def _start(arrivals: Sequence[Arrival]) -> IntArray:
    """(B,) 0, or earlier where words of a map arrive before the input does (maps/pixel_flow.py)."""
    first = (np.minimum(arrival.flow.first[:, 0], 0) for arrival in arrivals)
    return functools.reduce(np.minimum, first)


def _due(node: Population, arrivals: Sequence[Arrival], step: int) -> Iterator[tuple[Projection, Arrival]]:
    """The projections that something arrives for at a time step: frames come once."""
    at_once = (projection for projection in node.projections if not projection.steps_late)
    for projection, arrival in zip(at_once, arrivals, strict=True):
        if step < arrival.flow.first.shape[1]:
            yield projection, arrival


def _integrated(
    node: Population, projection: Projection, arrival: Arrival, ready: IntArray, step: int
) -> IntArray:
    """(B,) cycle in which a time step of one projection is in: after its last word and all its rows."""
    begin = np.maximum(arrival.flow.first[:, step], ready)
    rows = rows_of(node, projection, arrival.demand, len(ready), arrival.flow.first.shape[1])
    done: IntArray = np.maximum(arrival.flow.last[:, step], begin + rows[:, step])
    if arrival.demand is None:
        return done
    passes = projection.synapse.passes(node.lanes)
    streamed = arrival.flow.first[:, step] + arrival.demand.drains[passes][:, step] + 1
    last: IntArray = np.maximum(np.maximum(done, streamed), begin + rows[:, step] + 1)
    return last


def _sweeps(node: Population) -> int:
    """How often a read-out goes through all its sums."""
    return 1 if node.readout.accumulates and not node.readout.every_step else node.time_steps


def _answer(node: Population) -> Answer:
    """What leaves through the port."""
    assert node.answer is not None, "it is a read-out"
    return node.answer


def _scores(node: Population, arrivals: Sequence[Arrival], overheads: Overheads) -> Flow:
    summed = _start(arrivals)
    arriving = max(arrival.flow.first.shape[1] for arrival in arrivals)
    steps = arriving if node.readout.accumulates else node.time_steps
    one_loop = spans_steps(node, arriving == 1)
    sent, sending = np.zeros_like(summed), max(node.groups, _answer(node).row_words)
    ends = []
    for step in range(steps):
        restart = 0 if one_loop and step < steps - 1 else overheads.restart // 2
        for projection, arrival in _due(node, arrivals, step):
            summed = _integrated(node, projection, arrival, summed, step) + restart
        if node.readout.every_step:
            sent = np.maximum(sent, summed + overheads.handover) + sending
            ends.append(sent)
            summed = summed + node.groups + overheads.restart
        elif not node.readout.accumulates and step < node.time_steps - 1:
            summed = summed + node.groups + overheads.restart
    if node.readout.margins is not None:
        exits = np.stack(ends, axis=1) + node.neurons + overheads.restart
        return Flow(exits, exits)
    done = sent if node.readout.every_step else summed + sending + overheads.handover
    return Flow(done[:, None], done[:, None])


def operations(
    node: Population, edges: Sequence[Edge], arriving: Arriving, spikes: Sequence[int | None]
) -> Operations:
    """Additions executed, and what a network without zeros would multiply and add."""
    events = accumulates = dense = 0
    synops: int | None = None
    for projection, edge, demand, spike in zip(node.projections, edges, arriving, spikes, strict=True):
        steps = edge.steps - projection.steps_late
        dense += projection.synapse.macs_per_step * steps
        if demand is None or spike is None:
            continue
        arrived = int(demand.events[:, : demand.events.shape[1] - projection.steps_late].sum())
        if projection.steps_late and node.start_count:
            arrived += len(demand.events) * node.neurons
            spike += len(demand.events) * node.neurons * node.start_count
        events, accumulates = events + arrived, accumulates + arrived * projection.synapse.fanout
        if not edge.is_frame:
            synops = (synops or 0) + spike * projection.synapse.fanout
    return Operations(events, accumulates, synops, dense)
