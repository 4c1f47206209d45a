"""Vivado's energy: the power that report_power states, times how long the network works. Not measured."""

from __future__ import annotations

from asn2fpga.figures.bitstream import PowerFigures
from asn2fpga.report.content import Content
from asn2fpga.report.energy_content import VivadoEnergy
from asn2fpga.report.work import work_text, work_us

SCOPE = "whole chip (processor system and programmable logic), without external memory and board"
ACTIVITIES = {
    "saif": "with the switching activity of the RTL simulation (SAIF)",
    "vectorless": "with assumed switching activity (vectorless)",
}


def vivado_energy(report: Content, power: PowerFigures | None) -> VivadoEnergy | None:
    """The entry made from the power of stage bitstream (None unless it passed).

    None without a power report, or without a latency.

    E = total power * mean latency: one inference at a time, the static share and the processor included.
    After an early exit the network works on, and that time counts too.
    """
    total_w = power.get("total_w") if power else None
    works_us = work_us(report)
    if power is None or total_w is None or works_us is None:
        return None
    activity = power.get("activity")
    return {
        "source": "vivado",
        "scope": SCOPE,
        "uj_per_inference": total_w * works_us,
        "dynamic_uj": _times(power.get("dynamic_w"), works_us),
        "static_uj": _times(power.get("static_w"), works_us),
        "pl_dynamic_uj": _times(power.get("pl_dynamic_w"), works_us),
        "activity": activity,
        "method": (
            f"Vivado's report_power {ACTIVITIES.get(str(activity), '')} of the implemented design, "
            f"not measured: {total_w:g} W x {work_text(report)} ({works_us:.4g} us)."
        ),
    }


def _times(watts: float | None, works_us: float) -> float | None:
    return None if watts is None else watts * works_us
