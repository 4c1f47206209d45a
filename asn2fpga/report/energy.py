"""Energy in the report: every source beside the others, never mixed; the best one is the report's figure."""

from __future__ import annotations

from typing import Any

from asn2fpga.report.energy_estimate import estimate
from asn2fpga.report.energy_vivado import vivado_energy
from asn2fpga.report.inputs import influenced
from asn2fpga.report.measurements import Measurements

Plain = dict[str, Any]

PHRASES = {
    "measured": "measured",
    "vivado": "Vivado's power report, not measured",
    "estimate": "estimate, not measured",
}

PARTS = {
    "estimate": {
        "dynamic": "accumulates and events are counted, the energy of each is assumed",
        "static": "an assumed power of the idle device x latency",
    },
    "vivado": {
        "dynamic": "dynamic power of Vivado's report x latency",
        "static": "static power of Vivado's report x latency",
    },
}


def energy_sources(report: Plain, constants: Plain, bitstream: Plain, measured: Measurements) -> list[Plain]:
    """Every figure that there is, best first: measured (widest scope first), Vivado's, the estimate.

    Each has source, scope, uj_per_inference and method; the last is always the estimate.
    """
    entries = [
        {**result, **_split(result), "scope_minus_idle": f"{result['scope']}, minus idle", "file": name}
        for name, result in measured.used.items()
    ]
    entries.sort(key=lambda entry: -float(entry["uj_per_inference"]))
    vivado = vivado_energy(report, bitstream)
    return [*entries, *([vivado] if vivado else []), estimate(report, constants)]


def _split(result: Plain) -> Plain:
    """A measurement's dynamic part is what comes on top of the idle power; the rest is static."""
    dynamic = float(result["uj_per_inference_minus_idle"])
    return {"dynamic_uj": dynamic, "static_uj": float(result["uj_per_inference"]) - dynamic}


def energy_rows(report: Plain) -> list[tuple[str, str, str]]:
    """Label, value, and source with scope, of every figure that was obtained; the report's own one first."""
    return [row for entry in report["energy_sources"] for row in _rows(entry, influenced(report))]


def _rows(entry: Plain, random: str) -> list[tuple[str, str, str]]:
    """`random`: what is said beside a figure that follows from random inputs."""
    value, phrase = entry["uj_per_inference"], PHRASES[entry["source"]]
    if value is None:
        return []
    if entry["source"] != "measured":
        parts = [(name, entry[f"{name}_uj"], PARTS[entry["source"]][name]) for name in ("dynamic", "static")]
        rows = [
            (f"energy: {name}", f"{part:.3g} uJ", f"{text}{random}")
            for name, part, text in parts
            if part is not None
        ]
        return [("energy", f"{value:.3g} uJ", f"{phrase}; {entry['scope']}{random}"), *rows]
    above, error = entry["uj_per_inference_minus_idle"], entry["uncertainty_minus_idle_uj"]
    return [
        ("energy", _uncertain(value, entry["uncertainty_uj"]), f"{phrase}; {entry['scope']}"),
        ("energy", _uncertain(above, error), f"{phrase}; {entry['scope_minus_idle']}"),
    ]


def _uncertain(value: float, uncertainty: float) -> str:
    return f"{value:.4g} +- {uncertainty:.2g} uJ"


def energy_texts(report: Plain, measured: Measurements) -> Plain:
    """How each figure was obtained, for the report's `sources`; and why a measurement does not count."""
    names = [f"energy ({entry['source']})" for entry in report["energy_sources"][1:]]
    texts = {"energy": report["energy"]["method"]}
    for number, name in enumerate(names, 1):
        key = name if name not in texts else f"{name} {number}"
        texts[key] = report["energy_sources"][number]["method"]
    for file, reason in measured.ignored.items():
        texts[f"measurements/{file}"] = f"Not used: {reason}."
    return texts
