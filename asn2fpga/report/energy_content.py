"""Energy in report.json: a TypedDict for each source. Energies are those of one inference, in microjoules."""

from __future__ import annotations

from typing import Literal, NotRequired, TypedDict

from asn2fpga.figures.bitstream import PowerActivity


class EnergyConstants(TypedDict):
    """Assumptions of the estimate; `note` says of what kind."""

    accumulate_pj: float
    event_pj: float
    static_mw: float  # of the idle device
    note: str


class EstimatedEnergy(TypedDict):
    """Counted operations times constants. scope: what the figure covers; method: how it was obtained."""

    source: Literal["estimate"]
    scope: str
    uj_per_inference: float | None
    dynamic_uj: float | None
    static_uj: float | None
    method: str
    constants: EnergyConstants


class VivadoEnergy(TypedDict):
    """Vivado's power times latency. pl_dynamic_uj: of the programmable logic."""

    source: Literal["vivado"]
    scope: str
    uj_per_inference: float
    dynamic_uj: float | None
    static_uj: float | None
    pl_dynamic_uj: float | None
    activity: PowerActivity | None
    method: str


class Measurement(TypedDict):
    """A result of `measure` (runtime/power.py): total and minus idle, each with its uncertainty (95 %)."""

    source: Literal["measured"]
    scope: str
    uj_per_inference: float
    uj_per_inference_minus_idle: float
    uncertainty_uj: float
    uncertainty_minus_idle_uj: float
    inferences: NotRequired[int]
    seconds: float  # of the load
    load_w: NotRequired[float]
    idle_w: NotRequired[float]
    samples: NotRequired[int]  # of the power under load
    gap_seconds: NotRequired[float]
    resolution_w: NotRequired[float]
    budget_uj: NotRequired[dict[str, float]]  # parts of the uncertainty
    budget_minus_idle_uj: NotRequired[dict[str, float]]
    method: str


class MeasuredEnergy(Measurement):
    """A measurement in the report. dynamic_uj: what comes on top of idle; file: where it lies."""

    dynamic_uj: float
    static_uj: float
    scope_minus_idle: str
    file: str


EnergyPart = MeasuredEnergy | VivadoEnergy | EstimatedEnergy
