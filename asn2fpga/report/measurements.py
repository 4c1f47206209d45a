"""Measurements of energy, kept in DIR/measurements, each valid for the hardware it was made with."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict

from asn2fpga.errors import InputError
from asn2fpga.report.energy_content import Measurement
from asn2fpga.report.manifest_figures import manifest_figures
from asn2fpga.toolchain.plan import write_file

Plain = dict[str, Any]

FOLDER = "measurements"
SCHEMA = "asn2fpga.measurement/1"
NUMBERS = (
    "uj_per_inference",
    "uj_per_inference_minus_idle",
    "uncertainty_uj",
    "uncertainty_minus_idle_uj",
    "seconds",
)
TEXTS = ("source", "scope", "method")


class Hardware(TypedDict):
    """What a measurement depends on. rtl: SHA-256 of the products of stage hls."""

    model_sha256: str | None
    board: str
    clock_mhz: float
    rtl: str


@dataclass(frozen=True)
class Measurements:
    """What lies in the folder. `used`: file name -> result; `ignored`: file name -> why it does not count."""

    used: Mapping[str, Measurement]
    ignored: Mapping[str, str]


NONE = Measurements({}, {})


def hardware(manifest: Plain) -> Hardware:
    """That of a build, from its plain manifest."""
    stages, board = manifest["stages"], manifest["request"]["board"]
    rtl = json.dumps(stages.get("hls", {}).get("products", {}), sort_keys=True)
    return {
        "model_sha256": manifest_figures(manifest).get("load", {}).get("sha256"),
        "board": board["name"],
        "clock_mhz": board["clock_mhz"],
        "rtl": hashlib.sha256(rtl.encode()).hexdigest(),
    }


def keep_measurements(root: Path, manifest: Plain, name: str, results: list[Plain]) -> tuple[Path, ...]:
    """Write each result of `measure` (asn2fpga/runtime/power.py) to DIR/measurements/NAME-NUMBER.json.

    Files of an earlier measurement of that name go. InputError if a result is none, or was simulated.
    """
    for result in results:
        problem = _problem(result)
        if problem:
            raise InputError(f"measurement {name}: {problem}.")
    for path in sorted((root / FOLDER).glob(f"{name}-*.json")):
        path.unlink()
    paths = []
    for number, result in enumerate(results, 1):
        paths.append(root / FOLDER / f"{name}-{number}.json")
        plain = {"schema": SCHEMA, "hardware": hardware(manifest), "result": result}
        write_file(paths[-1], json.dumps(plain, indent=2, allow_nan=False) + "\n")
    return tuple(paths)


def read_measurements(root: Path, manifest: Plain) -> Measurements:
    """All measurements of a build. One of other hardware than it is now is kept, but does not count."""
    used: dict[str, Measurement] = {}
    ignored: dict[str, str] = {}
    for path in sorted((root / FOLDER).glob("*.json")):
        plain = _read(path)
        reason = _mismatch(plain, hardware(manifest))
        if reason:
            ignored[path.name] = reason
        else:
            used[path.name] = plain["result"]
    return Measurements(used, ignored)


def _read(path: Path) -> Plain:
    try:
        plain = json.loads(path.read_text())
    except (OSError, ValueError, RecursionError):
        return {}
    return plain if isinstance(plain, dict) else {}


def _mismatch(plain: Plain, expected: Hardware) -> str:
    """Why a file does not count; empty if it does."""
    if plain.get("schema") != SCHEMA or not isinstance(plain.get("hardware"), dict):
        return f"this is not a measurement ({SCHEMA})"
    for key, value in expected.items():
        if plain["hardware"].get(key) != value:
            return f"it was made with another {key.replace('_', ' ')}; measure again"
    return _problem(plain.get("result"))


def _problem(result: object) -> str:
    """What is wrong with a result; empty if it is one that was measured."""
    if not isinstance(result, dict):
        return "the result must be a table of figures"
    for key in NUMBERS:
        value = result.get(key)
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            return f"{key} must be a number, not {value!r}"
    for key in TEXTS:
        if not isinstance(result.get(key), str):
            return f"{key} must be a text, not {result.get(key)!r}"
    if result["source"] != "measured":
        return f"source must be 'measured', not '{result['source']}': no power was measured"
    return ""
