"""Figures of `asn2fpga run`: what the self test of the package did on a board, or on a simulated one."""

from __future__ import annotations

from typing import NotRequired, TypedDict


class CoreCyclesFigures(TypedDict):
    """Registers of the accelerator: cycles of inferences one at a time."""

    mean: float
    min: NotRequired[int]
    max: NotRequired[int]
    inferences: NotRequired[int]


class CallFigures(TypedDict):
    """Wall-clock time of scores() of one input, in microseconds: percentiles over `calls`."""

    p50: float
    p95: float
    p99: float
    max: float
    calls: int


class LayerCounterFigures(TypedDict):
    """Counters of one layer."""

    name: str
    events_in: int
    events_out: int
    stall_cycles: int


class CounterFigures(TypedDict):
    """Counters of the accelerator; inference_cycles and latency_us (microseconds): of the last inference."""

    inferences: int
    inference_cycles: int
    latency_us: float
    input_stall_cycles: int
    output_stall_cycles: int
    layers: list[LayerCounterFigures]  # empty if there are no such counters
    time_steps_used: NotRequired[int]  # by all of them, where answers come early


class UserDataFigures(TypedDict):
    """Inferences of --data. mismatches: scores that differ from golden, missing if not compared."""

    samples: int
    accuracy: float | None  # 0 to 1; None without labels
    mismatches: NotRequired[int]


class BoardRunFigures(TypedDict):
    """None: not measured, or not told. simulated: what simulates the board, empty for a real one."""

    host: str
    board: str
    simulated: str | None
    machine: dict[str, str] | None  # node, architecture, versions
    vectors: int | None
    mismatches: int | None
    first_difference: str | None
    core_cycles: CoreCyclesFigures | None
    core_us: float | None
    call_us: CallFigures | None
    throughput_per_second: float | None  # inferences
    counters: CounterFigures | None
    energy_note: str | None  # why no energy was measured
    data: UserDataFigures | None
