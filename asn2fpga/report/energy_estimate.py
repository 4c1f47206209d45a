"""The energy estimate: counted operations times stated constants, and the static share. Not measured."""

from __future__ import annotations

from asn2fpga.report.content import Content
from asn2fpga.report.energy_content import EnergyConstants, EstimatedEnergy
from asn2fpga.report.work import work_text, work_us

SCOPE = "programmable logic only, without processor, external memory and board"


def estimate(report: Content, constants: EnergyConstants) -> EstimatedEnergy:
    """The estimate of a report; uj_per_inference is None until all its terms were counted.

    E = dynamic + static = (accumulates * accumulate_pj + events * event_pj) + static_mw * mean latency,
    where after an early exit the time that the network works on counts too.
    """
    accumulates, events = report["accumulates_per_inference"], report["events_per_inference"]
    works_us = work_us(report)
    entry: EstimatedEnergy = {
        "source": "estimate",
        "scope": SCOPE,
        "uj_per_inference": None,
        "dynamic_uj": None,
        "static_uj": None,
        "method": _method(constants, work_text(report)),
        "constants": constants.copy(),
    }
    if accumulates is not None and events is not None and works_us is not None:
        dynamic_uj, static_uj = parts_uj(accumulates, events, works_us, constants)
        entry["uj_per_inference"] = dynamic_uj + static_uj
        entry["dynamic_uj"] = dynamic_uj
        entry["static_uj"] = static_uj
    return entry


def parts_uj(
    accumulates: float, events: float, works_us: float, constants: EnergyConstants
) -> tuple[float, float]:
    """The dynamic and the static part of the energy of one inference, on which the network works so long."""
    dynamic = (accumulates * constants["accumulate_pj"] + events * constants["event_pj"]) * 1e-6
    return dynamic, constants["static_mw"] * works_us * 1e-3


def _method(constants: EnergyConstants, how_long: str) -> str:
    return (
        "Estimate, not measured. Dynamic: accumulates executed (events x fan-out, counted in the golden "
        f"model) x {constants['accumulate_pj']:g} pJ + events x {constants['event_pj']:g} pJ. "
        f"Static: an assumed power of {constants['static_mw']:g} mW x {how_long} at "
        f"the board's clock, one inference at a time. Constants: {constants['note']}."
    )
