"""What Vivado left in DIR/vivado: results.json, the bitstream and the description of the block design."""

from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga.board.vivado import DIGEST
from asn2fpga.errors import CheckError, InputError
from asn2fpga.figures.bitstream import PowerFigures, TimingFigures, UtilisationFigures
from asn2fpga.jsonfile import read_json

RESULTS = "results.json"
SCHEMA = "asn2fpga.vivado/1"
CELLS = ("accelerator", "dma")
ACTIVITIES = ("saif", "vectorless")
NUMBERS: dict[str, tuple[str, ...]] = {
    "timing": ("wns_ns", "whs_ns", "period_ns"),
    "utilisation": ("lut", "ff", "bram36", "dsp", "uram"),
    "power": ("total_w", "dynamic_w", "static_w", "pl_dynamic_w"),
}


@dataclass(frozen=True)
class VivadoResults:
    """Results of one plan. Figures are None where a report of Vivado did not hold them."""

    version: str
    plan: str
    timing: TimingFigures
    utilisation: UtilisationFigures
    power: PowerFigures


def read_results(folder: Path) -> VivadoResults | None:
    """The results in `folder`, None if there are none; InputError if they are not build.tcl's."""
    path = folder / RESULTS
    if not path.exists():
        return None
    try:
        plain = read_json(path)
        return _checked(plain)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise InputError(
            f"{path}: this is not as build.tcl wrote it "
            f"({type(error).__name__}: {error}); copy it from the machine that ran Vivado again."
        ) from error


def _checked(plain: Any) -> VivadoResults:
    if plain["schema"] != SCHEMA:
        raise ValueError(f"schema {plain['schema']}")
    for section, keys in NUMBERS.items():
        for key in keys:
            value = plain[section][key]
            if value is not None and (isinstance(value, bool) or not isinstance(value, int | float)):
                raise ValueError(f"{section}.{key} is {value!r}")
    if plain["power"]["activity"] not in ACTIVITIES:
        raise ValueError(f"power.activity is {plain['power']['activity']!r}")
    return VivadoResults(
        version=str(plain["version"]),
        plan=str(plain["plan"]),
        timing=_timing(plain["timing"]),
        utilisation=_utilisation(plain["utilisation"]),
        power=_power(plain["power"]),
    )


def _timing(plain: Any) -> TimingFigures:
    return {
        "wns_ns": plain["wns_ns"],
        "whs_ns": plain["whs_ns"],
        "period_ns": plain["period_ns"],
        "worst_path": plain["worst_path"],
        "layer": plain["layer"],
    }


def _utilisation(plain: Any) -> UtilisationFigures:
    return {
        "lut": plain["lut"],
        "ff": plain["ff"],
        "bram36": plain["bram36"],
        "dsp": plain["dsp"],
        "uram": plain["uram"],
    }


def _power(plain: Any) -> PowerFigures:
    return {
        "total_w": plain["total_w"],
        "dynamic_w": plain["dynamic_w"],
        "static_w": plain["static_w"],
        "pl_dynamic_w": plain["pl_dynamic_w"],
        "activity": plain["activity"],
    }


def is_of_plan(folder: Path) -> bool:
    """Whether the products in `folder` were made from the plan that lies there (if one does)."""
    plan = folder / DIGEST
    if not plan.exists():
        return True
    results = read_results(folder)
    return results is not None and results.plan == plan.read_text().strip()


def is_timing_missed(results: VivadoResults) -> bool:
    """Whether the design misses its clock."""
    slacks = (results.timing["wns_ns"], results.timing["whs_ns"])
    return any(slack is not None and slack < 0 for slack in slacks)


def check_timing(results: VivadoResults) -> None:
    """CheckError naming path and layer if the design misses its clock."""
    timing = results.timing
    for kind, slack in (("setup", timing["wns_ns"]), ("hold", timing["whs_ns"])):
        if slack is None or slack >= 0:
            continue
        where = f"layer {timing['layer']}" if timing["layer"] else "outside of the network"
        raise CheckError(
            f"bitstream: {kind} slack must be at least 0 ns, not {slack:g}; "
            f"path {timing['worst_path']} ({where}); use a slower clock (--clock-mhz) or fewer "
            "lanes (--lanes)."
        )


def slack_text(slack_ns: float | None) -> str:
    """The worst setup slack, for a summary; a report of Vivado need not hold one."""
    return "slack not reported" if slack_ns is None else f"slack {slack_ns:g} ns"


def check_products(folder: Path, graph: str) -> tuple[Path, Path]:
    """Paths of bitstream and description; CheckError if one is missing or lacks what the driver asks for."""
    bit, hwh = folder / f"{graph}.bit", folder / f"{graph}.hwh"
    for path in (bit, hwh):
        if not path.is_file() or path.stat().st_size == 0:
            raise CheckError(f"{path}: missing or empty; it must lie beside {RESULTS}.")
    try:
        names = {module.get("INSTANCE") for module in ElementTree.parse(hwh).iter("MODULE")}
    except ElementTree.ParseError as error:
        raise CheckError(f"{hwh}: this is not XML: {error}.") from error
    for cell in CELLS:
        if cell not in names:
            raise CheckError(f"{hwh}: the block design has no cell '{cell}'.")
    return bit, hwh
