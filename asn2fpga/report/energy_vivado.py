"""Vivado's energy: the power that report_power states, times the latency in simulation. Not measured."""

from __future__ import annotations

from typing import Any

Plain = dict[str, Any]

SCOPE = "whole chip (processor system and programmable logic), without external memory and board"
ACTIVITIES = {
    "saif": "with the switching activity of the RTL simulation (SAIF)",
    "vectorless": "with assumed switching activity (vectorless)",
}


def vivado_energy(report: Plain, bitstream: Plain) -> Plain | None:
    """The entry made from the figures of stage bitstream (empty unless it passed).

    None without a power report, or without a latency.

    E = total power * mean latency: one inference at a time, the static share and the processor included.
    """
    power: Plain = bitstream.get("power") or {}
    latency_us = report["cosim"]["latency_us"]
    if power.get("total_w") is None or latency_us is None:
        return None
    keys = ("total_w", "dynamic_w", "static_w", "pl_dynamic_w")
    parts = {key.replace("_w", "_uj"): _times(power.get(key), latency_us) for key in keys}
    activity = power.get("activity")
    return {
        "source": "vivado",
        "scope": SCOPE,
        "uj_per_inference": parts.pop("total_uj"),
        **parts,
        "activity": activity,
        "method": (
            f"Vivado's report_power {ACTIVITIES.get(str(activity), '')} of the implemented design, "
            f"not measured: {power['total_w']:g} W x mean latency of the RTL simulation "
            f"({latency_us:.4g} us)."
        ),
    }


def _times(watts: float | None, latency_us: float) -> float | None:
    return None if watts is None else watts * latency_us
