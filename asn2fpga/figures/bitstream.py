"""Figures of stage bitstream: what Vivado reported."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

PowerActivity = Literal["saif", "vectorless"]
"""Switching activity of the RTL simulation, or assumed."""


class TimingFigures(TypedDict):
    """After placing and routing; None where the report does not say."""

    wns_ns: float | None  # slack of setup of the worst path; below 0: the clock is missed
    whs_ns: float | None  # slack of hold
    period_ns: float | None
    worst_path: str | None
    layer: str | None  # that of the worst path; None outside of the network


class UtilisationFigures(TypedDict):
    """Resources of the whole design; None where the report has no row."""

    lut: float | None
    ff: float | None
    bram36: float | None
    dsp: float | None
    uram: float | None


class PowerFigures(TypedDict):
    """Vivado's estimate of power, in watts; None where the report does not say."""

    total_w: float | None
    dynamic_w: float | None
    static_w: float | None
    pl_dynamic_w: float | None  # of the programmable logic
    activity: PowerActivity


class BitstreamFigures(TypedDict):
    """The plan for Vivado, and once Vivado has run, its results."""

    command: str  # what runs the plan
    plan_digest: str  # SHA-256
    bit: str | None  # file, relative to the out folder; None if there is none that keeps to its clock
    tool: NotRequired[str]
    version: NotRequired[str]
    timing: NotRequired[TimingFigures]
    utilisation: NotRequired[UtilisationFigures]
    power: NotRequired[PowerFigures]
