"""Vivado's energy: the power that report_power states, times the latency in simulation. Not measured."""

from __future__ import annotations

from asn2fpga.figures.bitstream import PowerFigures
from asn2fpga.report.content import Content
from asn2fpga.report.energy_content import VivadoEnergy

SCOPE = "whole chip (processor system and programmable logic), without external memory and board"
ACTIVITIES = {
    "saif": "with the switching activity of the RTL simulation (SAIF)",
    "vectorless": "with assumed switching activity (vectorless)",
}


def vivado_energy(report: Content, power: PowerFigures | None) -> VivadoEnergy | None:
    """The entry made from the power of stage bitstream (None unless it passed).

    None without a power report, or without a latency.

    E = total power * mean latency: one inference at a time, the static share and the processor included.
    """
    total_w = power.get("total_w") if power else None
    latency_us = report["cosim"]["latency_us"]
    if power is None or total_w is None or latency_us is None:
        return None
    activity = power.get("activity")
    return {
        "source": "vivado",
        "scope": SCOPE,
        "uj_per_inference": total_w * latency_us,
        "dynamic_uj": _times(power.get("dynamic_w"), latency_us),
        "static_uj": _times(power.get("static_w"), latency_us),
        "pl_dynamic_uj": _times(power.get("pl_dynamic_w"), latency_us),
        "activity": activity,
        "method": (
            f"Vivado's report_power {ACTIVITIES.get(str(activity), '')} of the implemented design, "
            f"not measured: {total_w:g} W x mean latency of the RTL simulation "
            f"({latency_us:.4g} us)."
        ),
    }


def _times(watts: float | None, latency_us: float) -> float | None:
    return None if watts is None else watts * latency_us
