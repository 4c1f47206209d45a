"""Energy in the report: every source beside the others, never mixed; the best one is the report's figure."""

from __future__ import annotations

from asn2fpga.figures.bitstream import PowerFigures
from asn2fpga.report.content import Content, Report
from asn2fpga.report.energy_content import (
    EnergyConstants,
    EnergyPart,
    EstimatedEnergy,
    MeasuredEnergy,
    Measurement,
    VivadoEnergy,
)
from asn2fpga.report.energy_estimate import estimate
from asn2fpga.report.energy_vivado import vivado_energy
from asn2fpga.report.inputs import influenced
from asn2fpga.report.measurements import Measurements

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


def energy_sources(
    report: Content, constants: EnergyConstants, power: PowerFigures | None, measured: Measurements
) -> list[EnergyPart]:
    """Every figure that there is, best first: measured (widest scope first), Vivado's, the estimate.

    Each has source, scope, uj_per_inference and method; the last is always the estimate.
    """
    entries = [_measured(name, result) for name, result in measured.used.items()]
    entries.sort(key=lambda entry: -float(entry["uj_per_inference"]))
    vivado = vivado_energy(report, power)
    return [*entries, *([vivado] if vivado else []), estimate(report, constants)]


def _measured(file: str, result: Measurement) -> MeasuredEnergy:
    """A measurement's dynamic part is what comes on top of the idle power; the rest is static."""
    dynamic = float(result["uj_per_inference_minus_idle"])
    return {
        **result,
        "dynamic_uj": dynamic,
        "static_uj": float(result["uj_per_inference"]) - dynamic,
        "scope_minus_idle": f"{result['scope']}, minus idle",
        "file": file,
    }


def energy_rows(report: Report) -> list[tuple[str, str, str]]:
    """Label, value, and source with scope, of every figure that was obtained; the report's own one first."""
    return [row for entry in report["energy_sources"] for row in _rows(entry, influenced(report))]


def _rows(entry: EnergyPart, random: str) -> list[tuple[str, str, str]]:
    """`random`: what is said beside a figure that follows from random inputs."""
    return _measured_rows(entry) if entry["source"] == "measured" else _computed_rows(entry, random)


def _computed_rows(entry: VivadoEnergy | EstimatedEnergy, random: str) -> list[tuple[str, str, str]]:
    value, phrase = entry["uj_per_inference"], PHRASES[entry["source"]]
    if value is None:
        return []
    rows = [
        (f"energy: {name}", f"{part:.3g} uJ", f"{PARTS[entry['source']][name]}{random}")
        for name, part in (("dynamic", entry["dynamic_uj"]), ("static", entry["static_uj"]))
        if part is not None
    ]
    return [("energy", f"{value:.3g} uJ", f"{phrase}; {entry['scope']}{random}"), *rows]


def _measured_rows(entry: MeasuredEnergy) -> list[tuple[str, str, str]]:
    value, phrase = entry["uj_per_inference"], PHRASES[entry["source"]]
    above, error = entry["uj_per_inference_minus_idle"], entry["uncertainty_minus_idle_uj"]
    return [
        ("energy", _uncertain(value, entry["uncertainty_uj"]), f"{phrase}; {entry['scope']}"),
        ("energy", _uncertain(above, error), f"{phrase}; {entry['scope_minus_idle']}"),
    ]


def _uncertain(value: float, uncertainty: float) -> str:
    return f"{value:.4g} +- {uncertainty:.2g} uJ"


def energy_texts(entries: list[EnergyPart], measured: Measurements) -> dict[str, str]:
    """How each figure was obtained, for the report's `sources`; and why a measurement does not count."""
    names = [f"energy ({entry['source']})" for entry in entries[1:]]
    texts = {"energy": entries[0]["method"]}
    for number, name in enumerate(names, 1):
        key = name if name not in texts else f"{name} {number}"
        texts[key] = entries[number]["method"]
    for file, reason in measured.ignored.items():
        texts[f"measurements/{file}"] = f"Not used: {reason}."
    return texts
