"""Co-simulation of the RTL: simulate, compare all events and scores with golden, count cycles."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from asn2fpga.dataflow.lower import lower
from asn2fpga.graph.arrays import IntArray, sum_of
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.hardware import Process
from asn2fpga.kinds.nodes import answer_of
from asn2fpga.kinds.sources.precisions import BoolArray
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.rtl import RtlDesign
from asn2fpga.verify import cocotb_run, fast, simulators
from asn2fpga.verify.alone import cycles_alone
from asn2fpga.verify.cocotb_run import Simulator
from asn2fpga.verify.compare import VectorNames
from asn2fpga.verify.early import early_layers, late_layers
from asn2fpga.verify.fast import FastRun, Mode
from asn2fpga.verify.first_inference import first_inference
from asn2fpga.verify.recorded import check_recording, hidden_layers
from asn2fpga.verify.recording import Recording, StreamRecord
from asn2fpga.verify.result import CosimResult, LayerWork
from asn2fpga.verify.vectors import input_messages
from asn2fpga.verify.watch import Tell

WARM_UP = 16  # inferences after which the time between two ends no longer depends on how the stream began


def run_fast(
    design: RtlDesign,
    graph: Graph,
    x: Array,
    expected: Trace,
    work: Path,
    *,
    build: str = "BUILD",
    logs: Path | None = None,
    layer: str | None = None,
    first_vector: int = 0,
    seed: int = 1,
    jobs: int = 2,
    tell: Tell = lambda done, total: None,
    programs: Path | None = None,
) -> CosimResult:
    """Simulate x without Python in the loop: isolated (the first 100, of the usual precision), back to back,
    and stalled at random.

    x and expected: as golden takes and returns them; build and first_vector: for the message of a mismatch.
    tell: gets how many inferences of the three are done, now and then, from another thread.
    programs: where the compiled simulation lies, if not in `work`.
    Raises MismatchError or CheckError at the first difference, ToolError if a program fails.
    """
    logs = logs or work / "logs"
    program = simulators.build_fast(design, programs or work, logs, jobs)
    numbers = timed(source_of(graph).are_usual(x))
    orders = {mode: _order(mode, numbers, len(x)) for mode in fast.MODES}
    messages = {mode: input_messages(source_of(graph), x[order]) for mode, order in orders.items()}
    runs = fast.run_modes(program, graph, messages, work, logs, seed, jobs, tell)
    spikes = 0
    for run in runs:
        order = orders[run.mode]
        want, names = expected.take(order), VectorNames(first_vector, tuple(order.tolist()))
        spikes += check_recording(
            graph, want, run.recording, build, layer=layer, names=names, given_up=run.given_up
        )
    return _fast_result(program, graph, runs, spikes, numbers, len(x))


def run_cocotb(
    design: RtlDesign,
    graph: Graph,
    x: Array,
    expected: Trace,
    work: Path,
    *,
    simulator: Simulator = "verilator",
    build: str = "BUILD",
    logs: Path | None = None,
    layer: str | None = None,
    first_vector: int = 0,
    seed: int = 1,
    jobs: int = 2,
) -> CosimResult:
    """The same under cocotb and cocotbext-axi, each vector once: see cocotb_run.plan_phases for how."""
    logs = logs or work / "logs"
    if simulator == "verilator":
        program = simulators.build_cocotb(design, work, logs, jobs)
    else:
        program = simulators.build_icarus(design, work, logs)
    phases = cocotb_run.plan_phases(len(x))
    run = cocotb_run.run_phases(
        program, simulator, graph, input_messages(source_of(graph), x), phases, work, logs, seed=seed
    )
    names = VectorNames(first_vector)
    spikes = check_recording(
        graph, expected, run.recording, build, layer=layer, names=names, given_up=run.given_up
    )
    first, last = _message_cycles(run.recording, len(x))
    ranges = {phase.mode: slice(phase.start, phase.stop) for phase in phases}
    return CosimResult(
        simulator=f"cocotb, {simulator}",
        vectors=len(x),
        spikes_compared=spikes,
        simulated_cycles=int(last[-1]),
        build_seconds=program.build_seconds,
        run_seconds=run.seconds,
        latencies=_latencies(first[ranges["isolated"]], last[ranges["isolated"]]),
        hidden_layers=hidden_layers(graph, program.harness.widths),
    )


def _fast_result(
    program: simulators.Program,
    graph: Graph,
    runs: list[FastRun],
    spikes: int,
    numbers: IntArray,
    vectors: int,
) -> CosimResult:
    by_mode = {run.mode: run for run in runs}
    isolated, stream = by_mode["isolated"], by_mode["stream"]
    work = _layer_work(graph, isolated, list(program.harness.widths))
    return CosimResult(
        simulator="verilator",
        vectors=vectors,
        spikes_compared=spikes,
        simulated_cycles=sum(run.cycles for run in runs),
        build_seconds=program.build_seconds,
        run_seconds=sum(run.seconds for run in runs),
        timed=numbers,
        latencies=_latencies(isolated.first_cycle, isolated.last_cycle),
        interval_cycles=_interval(stream.last_cycle, len(numbers)),
        stream_cycles=_whole_rounds(stream, len(numbers))[0],
        stream_rounds=_whole_rounds(stream, len(numbers))[1],
        layer_work=work,
        alone=cycles_alone(graph, isolated),
        hidden_layers=hidden_layers(graph, program.harness.widths),
        first=first_inference(graph, isolated, list(program.harness.widths)),
    )


def _order(mode: Mode, numbers: IntArray, vectors: int) -> IntArray:
    """Numbers of the vectors that are sent in a mode, those that are timed being `numbers`."""
    if mode == "stream":
        return round_trip(numbers, vectors)
    return numbers if mode == "isolated" else np.arange(vectors, dtype=np.int64)


def _layer_work(graph: Graph, run: FastRun, streams: list[str]) -> dict[str, LayerWork]:
    """By layer, of its process that works longest; without layers whose streams the RTL does not show.

    Nothing of a network that may answer early: its layers go on after the answer, where counting ends.
    """
    if answer_of(graph).exits:
        return {}
    with_rest = bool(early_layers(graph) or late_layers(graph))
    flow, work = lower(graph), {}
    ports = [*flow.ports, *streams]
    for layer in graph.layers:
        if flow.shows(layer.name, ports):
            work[layer.name] = _slowest(flow.processes_of(layer.name), run, streams, with_rest)
    return work


def _slowest(processes: Sequence[Process], run: FastRun, streams: list[str], with_rest: bool) -> LayerWork:
    """An inference takes as long as the process that works longest in it; named is the longest of all.

    A process waits on one of its streams at a time, so its waits are the sum of those on all of them.
    Iterations of one that takes words from several streams in turn may wait side by side: it works at least
    in the cycles in which words move on one of its streams.
    with_rest: count the work between its answer and the next input too.
    """
    total = run.last_cycle - run.first_cycle + 1
    idle = np.stack([_waits(run.idle, process.reads, streams) for process in processes])
    blocked = np.stack([_waits(run.blocked, process.writes, streams) for process in processes])
    busy = total - idle - blocked
    if with_rest:
        idle_after = np.stack([_waits(run.idle_after, process.reads, streams) for process in processes])
        blocked_after = np.stack(
            [_waits(run.blocked_after, process.writes, streams) for process in processes]
        )
        busy = busy + run.rest_cycles - idle_after - blocked_after
    busy = np.maximum(busy, [_most_moved(run, process, with_rest) for process in processes])
    slowest = int(busy.sum(axis=1).argmax())
    return LayerWork(
        process=processes[slowest].name,
        cycles=float(busy.max(axis=0).mean()),
        waits_for_input=float(idle[slowest].mean()),
        waits_for_room=float(blocked[slowest].mean()),
    )


def _most_moved(run: FastRun, process: Process, with_rest: bool) -> IntArray:
    """(messages,) words on the busiest of a process's streams that are recorded."""
    end = run.last_cycle + (run.rest_cycles if with_rest else 0)
    found = np.zeros(len(end), np.int64)
    for stream in (*process.reads, *process.writes):
        if stream in run.recording:
            cycles = run.recording[stream].cycles
            moved = np.searchsorted(cycles, end, "right") - np.searchsorted(cycles, run.first_cycle)
            found = np.maximum(found, moved)
    return found


def _waits(cycles: IntArray, ends: Sequence[str], streams: list[str]) -> IntArray:
    """(messages,) cycles in which one of these streams was waited on."""
    return sum_of(cycles[:, streams.index(stream)] for stream in ends)


def _latencies(first: Array, last: Array) -> IntArray:
    return np.asarray(last, np.int64) - np.asarray(first, np.int64) + 1


def timed(usual: BoolArray) -> IntArray:
    """Numbers of the vectors that are timed, alone for the latency and back to back for the interval: of the
    first ones of the usual precision, or of any where there are none. usual: (B,).
    """
    chosen = usual if usual.any() else np.ones_like(usual)
    numbers: IntArray = np.flatnonzero(chosen)[: fast.ISOLATED_VECTORS].astype(np.int64)
    return numbers


def round_trip(numbers: IntArray, vectors: int) -> IntArray:
    """Numbers of the vectors sent back to back: a round of the timed ones, its first again, the others."""
    others = np.setdiff1d(np.arange(vectors, dtype=np.int64), numbers)
    return np.concatenate([numbers, numbers[:WARM_UP], others])


def _interval(last: Array, count: int) -> float:
    """Mean distance of ends over one round of the timed vectors, after the pipeline has filled."""
    ends = np.asarray(last, np.int64)
    first = min(count, WARM_UP) - 1
    return float(ends[first + count] - ends[first]) / count


def _whole_rounds(run: FastRun, count: int) -> tuple[int, int]:
    """Cycles from the first input word to the end of the round of `_interval`, and rounds until then."""
    messages = min(count, WARM_UP) + count
    return int(run.last_cycle[messages - 1] - run.first_cycle[0]) + 1, messages // count


def _message_cycles(recording: Recording, vectors: int) -> tuple[Array, Array]:
    """Cycle of the first input word and of the last output word of each message, (vectors,) each."""
    return _first_cycles(recording["s_axis"], vectors), _last_cycles(recording["m_axis"], vectors)


def _first_cycles(record: StreamRecord, vectors: int) -> Array:
    last = np.flatnonzero(record.data[:, -1] & 1)
    starts = np.concatenate(([0], last[:-1] + 1))
    return record.cycles[starts[:vectors]]


def _last_cycles(record: StreamRecord, vectors: int) -> Array:
    return record.cycles.reshape(vectors, -1)[:, -1]
