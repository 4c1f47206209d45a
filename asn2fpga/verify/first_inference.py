"""Where the time of an inference goes: what every process does in each cycle of the first one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from asn2fpga.dataflow.lower import lower
from asn2fpga.graph.arrays import IntArray, sum_of
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.hardware import Process
from asn2fpga.verify.fast import BLOCKED, IDLE, FastRun
from asn2fpga.verify.moments import moments, step_ends
from asn2fpga.verify.recorded import trace_of

BUSY, WAITING, FULL = 0, 1, 2
"""A process computes or moves words; waits for input; waits for room in what it writes."""
COLUMNS = 400  # of a timeline: cycles side by side in one column, where there are more


@dataclass(frozen=True, eq=False)
class FirstInference:
    """The first of the isolated inferences, and waits of processes over all of them.

    events: by layer (n, 4): cycle, time step, neuron, count. ends: by layer (T,) cycle of each end of step.
    processes: names; shares (P, columns, 3): part of each column that a process is BUSY, WAITING, FULL;
    cycles (P, 3): the same in mean cycles per inference. latency: cycles of the first inference, shown: of
    these in `shares`. latencies, sent: (B,) cycles and events of each inference.
    """

    events: Mapping[str, IntArray]
    ends: Mapping[str, IntArray]
    processes: tuple[str, ...]
    shares: npt.NDArray[np.float64]
    cycles: npt.NDArray[np.float64]
    latency: int
    shown: int
    latencies: IntArray
    sent: IntArray


def first_inference(graph: Graph, run: FastRun, streams: Sequence[str]) -> FirstInference:
    """run: of isolated inferences, all complete; streams: the names of its columns."""
    trace = trace_of(graph, run.recording, run.vectors)
    head = trace.head(1)
    when = moments(graph, run, head)
    flow = lower(graph)
    shown = [p for p in flow.processes if all(s in streams for s in (*p.reads, *p.writes))]
    states = [_states(run.states, process, streams) for process in shown]
    columns = min(COLUMNS, len(run.states))
    latencies: IntArray = run.last_cycle - run.first_cycle + 1
    return FirstInference(
        events={name: _events(head, when[name], name) for name in head.counts},
        ends={name: cycles[0] for name, cycles in step_ends(graph, run, 1).items()},
        processes=tuple(process.name for process in shown),
        shares=np.array([_columns(found) for found in states]).reshape(len(shown), columns, 3),
        cycles=np.array([_cycles(run, process, streams) for process in shown]).reshape(-1, 3),
        latency=int(latencies[0]),
        shown=len(run.states),
        latencies=latencies,
        sent=_sent(trace, run.vectors),
    )


def _sent(trace: Trace, vectors: int) -> IntArray:
    """(vectors,) events of all layers that are seen: RTL of another engine may show none."""
    nothing = np.zeros(vectors, np.int64)
    return sum_of([nothing, *(np.count_nonzero(counts, axis=(1, 2)) for counts in trace.counts.values())])


def _events(trace: Trace, when: IntArray, name: str) -> IntArray:
    counts = trace.counts[name][0]
    step, neuron = np.nonzero(counts)
    columns = (when[0][step, neuron], step, neuron, counts[step, neuron].astype(np.int64))
    return np.stack(columns, axis=1)


def _states(states: npt.NDArray[np.uint8], process: Process, streams: Sequence[str]) -> Array:
    """(cycles,) what a process does: it waits on one of its streams at a time."""
    idle = (states[:, [streams.index(s) for s in process.reads]] & IDLE).any(axis=1)
    full = (states[:, [streams.index(s) for s in process.writes]] & BLOCKED).any(axis=1)
    return np.where(full, FULL, np.where(idle, WAITING, BUSY))


def _columns(states: Array) -> npt.NDArray[np.float64]:
    """(columns, 3) the part of each state in columns of equal width."""
    columns = min(COLUMNS, len(states))
    column = np.arange(len(states)) * columns // max(1, len(states))
    found = np.zeros((columns, 3))
    np.add.at(found, (column, states.astype(np.int64)), 1.0)
    shares: npt.NDArray[np.float64] = found / np.maximum(1.0, found.sum(axis=1, keepdims=True))
    return shares


def _cycles(run: FastRun, process: Process, streams: Sequence[str]) -> tuple[float, float, float]:
    """Mean cycles per inference: busy, waiting, full."""
    total = run.last_cycle - run.first_cycle + 1
    idle = sum_of(run.idle[:, streams.index(stream)] for stream in process.reads)
    full = sum_of(run.blocked[:, streams.index(stream)] for stream in process.writes)
    return float((total - idle - full).mean()), float(idle.mean()), float(full.mean())
