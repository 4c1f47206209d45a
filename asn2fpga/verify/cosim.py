"""Co-simulation of the RTL: simulate, compare all events and scores with golden, count cycles."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from asn2fpga.hls.base import RtlDesign
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import Encode, ReceiveEvents
from asn2fpga.ir.types import Array
from asn2fpga.verify import cocotb_run, fast, simulators
from asn2fpga.verify.cocotb_run import Simulator
from asn2fpga.verify.compare import AnyTrace
from asn2fpga.verify.fast import FastRun, Mode
from asn2fpga.verify.recorded import RecordedTrace, check_recording, hidden_layers, streams_of
from asn2fpga.verify.recording import Recording, StreamRecord
from asn2fpga.verify.result import CosimResult, Spread
from asn2fpga.verify.vectors import Messages, input_messages


def run_fast(
    design: RtlDesign,
    graph: Graph,
    x: Array,
    expected: AnyTrace,
    work: Path,
    *,
    build: str = "BUILD",
    logs: Path | None = None,
    layer: str | None = None,
    first_vector: int = 0,
    seed: int = 1,
    jobs: int = 2,
) -> CosimResult:
    """Simulate x without Python in the loop: isolated (the first 100), back to back, and stalled at random.

    x and expected: as golden takes and returns them; build and first_vector: for the message of a mismatch.
    Raises MismatchError or CheckError at the first difference, ToolError if a program fails.
    """
    logs = logs or work / "logs"
    program = simulators.build_fast(design, work, logs, jobs)
    messages = {mode: _messages(graph, x[: _vectors(mode, len(x))]) for mode in fast.MODES}
    runs = fast.run_modes(program, graph, messages, work, logs, seed, jobs)
    spikes = 0
    for run in runs:
        want = _first(expected, run.vectors)
        spikes += check_recording(
            graph, want, run.recording, build, layer=layer, first_vector=first_vector, given_up=run.given_up
        )
    return _fast_result(program, graph, runs, spikes)


def run_cocotb(
    design: RtlDesign,
    graph: Graph,
    x: Array,
    expected: AnyTrace,
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
    run = cocotb_run.run_phases(program, simulator, graph, _messages(graph, x), phases, work, logs, seed=seed)
    spikes = check_recording(
        graph, expected, run.recording, build, layer=layer, first_vector=first_vector, given_up=run.given_up
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
        latency_cycles=_latency(first[ranges["isolated"]], last[ranges["isolated"]]),
        interval_cycles=_interval(last[ranges["stream"]]) if "stream" in ranges else None,
        hidden_layers=hidden_layers(graph, program.harness.widths),
    )


def _fast_result(program: simulators.Program, graph: Graph, runs: list[FastRun], spikes: int) -> CosimResult:
    by_mode = {run.mode: run for run in runs}
    isolated, stream = by_mode["isolated"], by_mode["stream"]
    cycles = _layer_cycles(graph, isolated, list(program.harness.widths))
    return CosimResult(
        simulator="verilator",
        vectors=stream.vectors,
        spikes_compared=spikes,
        simulated_cycles=sum(run.cycles for run in runs),
        build_seconds=program.build_seconds,
        run_seconds=sum(run.seconds for run in runs),
        latency_cycles=_latency(isolated.first_cycle, isolated.last_cycle),
        interval_cycles=_interval(stream.last_cycle),
        layer_cycles=cycles,
        hidden_layers=hidden_layers(graph, program.harness.widths),
    )


def _vectors(mode: Mode, vectors: int) -> int:
    return min(vectors, fast.ISOLATED_VECTORS) if mode == "isolated" else vectors


def _messages(graph: Graph, x: Array) -> Messages:
    layer = graph.layers[0]
    if not isinstance(layer, (Encode, ReceiveEvents)):
        raise ValueError(f"{layer.name} is no input of an integer graph")
    return input_messages(layer, x)


def _first(trace: AnyTrace, vectors: int) -> RecordedTrace:
    counts = {name: values[:vectors] for name, values in trace.counts.items()}
    return RecordedTrace(np.asarray(trace.scores[:vectors], np.int64), counts)


def _layer_cycles(graph: Graph, run: FastRun, streams: list[str]) -> dict[str, float]:
    """Mean cycles of an inference in which each layer's first process waited for neither data nor room.

    Layers whose streams the RTL does not show are left out.
    """
    total = run.last_cycle - run.first_cycle + 1
    cycles = {}
    for layer in graph.layers:
        source, sink = streams_of(graph, layer)
        if source not in streams or sink not in streams:
            continue
        busy = total - run.idle[:, streams.index(source)] - run.blocked[:, streams.index(sink)]
        cycles[layer.name] = float(busy.mean())
    return cycles


def _latency(first: Array, last: Array) -> Spread:
    return Spread.of(np.asarray(last, np.int64) - np.asarray(first, np.int64) + 1)


def _interval(last: Array) -> float | None:
    """Mean distance of consecutive ends, None for fewer than two."""
    if len(last) < 2:
        return None
    return float(int(last[-1]) - int(last[0])) / (len(last) - 1)


def _message_cycles(recording: Recording, vectors: int) -> tuple[Array, Array]:
    """Cycle of the first input word and of the last output word of each message, (vectors,) each."""
    return _first_cycles(recording["s_axis"], vectors), _last_cycles(recording["m_axis"], vectors)


def _first_cycles(record: StreamRecord, vectors: int) -> Array:
    last = np.flatnonzero((record.values() >> np.uint64(32)) & np.uint64(1))
    starts = np.concatenate(([0], last[:-1] + 1))
    return record.cycles[starts[:vectors]]


def _last_cycles(record: StreamRecord, vectors: int) -> Array:
    return record.cycles.reshape(vectors, -1)[:, -1]
