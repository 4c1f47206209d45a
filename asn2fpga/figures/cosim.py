"""Figures of stage cosim: the RTL against golden."""

from __future__ import annotations

from typing import NotRequired, TypedDict

from asn2fpga.figures.activity import SimulatedFigures
from asn2fpga.figures.csim import DifferenceFigures
from asn2fpga.figures.latency import LatencyFigures


class CocotbFigures(TypedDict):
    """The vectors that were simulated under cocotb too. skipped: why none was; then two values are None."""

    simulator: str | None
    vectors: int
    mismatches: int | None
    spikes_compared: int
    skipped: NotRequired[str]


class AcceleratorFigures(TypedDict):
    """The core with its registers around it, under cocotb. skipped: why it was not simulated."""

    vectors: int
    mismatches: int | None  # None if skipped
    inference_cycles: NotRequired[int]  # of the first inference, alone in the accelerator
    skipped: NotRequired[str]


class RtlDifferenceFigures(DifferenceFigures):
    """All that is left of a simulation that found a difference."""

    engine: str


class CosimFigures(RtlDifferenceFigures):
    """A simulation in which all values were equal. Cycles are means per inference, with nobody stalling."""

    simulator: str
    spikes_compared: int
    latency_cycles: LatencyFigures | None  # None if no inference was timed
    after_answer_cycles: float | None  # predicted, that a network works on after an early exit; None without
    latency_vectors: int  # inferences that were timed: the first of the samples
    interval_cycles: float | None  # from end to end of inferences back to back
    interval_bound_cycles: float  # no design can have a shorter interval
    layers: dict[str, SimulatedFigures]
    hidden_layers: list[str]  # whose events the RTL does not show
    cocotb: CocotbFigures
    accelerator: NotRequired[AcceleratorFigures]  # simulated by the stage, after the core
