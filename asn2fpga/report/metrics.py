"""report.json: one plain dict made from the figures that the stages left in the manifest.

Every key of the contract is always there; a number that was not obtained is None, and `stages` says why.
"""

from __future__ import annotations

from typing import Any

from asn2fpga import __version__
from asn2fpga.figures.every import AllFigures
from asn2fpga.report.complete import missing_stages
from asn2fpga.report.content import BoardPart, Content, Report, StagePart
from asn2fpga.report.energy import energy_sources
from asn2fpga.report.manifest_figures import manifest_figures
from asn2fpga.report.measurements import NONE, Measurements
from asn2fpga.report.parts import (
    accuracy_part,
    cosim_part,
    csim_part,
    hls_part,
    layer_parts,
    model_part,
    package_part,
    timing_part,
)
from asn2fpga.report.sources import sources
from asn2fpga.report.used_resources import resources_part
from asn2fpga.report.verdict import verdict

SCHEMA = "asn2fpga.report/1"
STAGE_NAMES = (
    "load",
    "quantise",
    "golden",
    "codegen",
    "csim",
    "hls",
    "cosim",
    "synth",
    "bitstream",
    "package",
)

NOT_RUN = "not run yet; run `asn2fpga build` without --until"

Plain = dict[str, Any]


def build_report(manifest: Plain, measured: Measurements = NONE) -> Report:
    """The report of a manifest (plain values: `request` and `stages`) and of what was measured on a board."""
    figures = manifest_figures(manifest)
    content = _content(manifest, figures)
    passed = content["stages"]["bitstream"]["status"] == "passed"
    power = figures.get("bitstream", {}).get("power") if passed else None
    energy = energy_sources(content, manifest["request"]["board"]["energy"], power, measured)
    return {
        **content,
        "energy_sources": energy,
        "energy": energy[0],
        "verdict": verdict(content),
        "sources": sources(content, figures, energy, measured),
    }


def _content(manifest: Plain, figures: AllFigures) -> Content:
    stages, board = manifest["stages"], manifest["request"]["board"]
    golden, quantise = figures.get("golden", {}), figures.get("quantise", {})
    return {
        "schema": SCHEMA,
        "generator": {"name": "asn2fpga", "version": __version__},
        "model": model_part(figures),
        "board": _board(board),
        "config": manifest["request"]["config"],
        "stages": _stages(stages),
        "complete": not missing_stages(STAGE_NAMES, stages),
        "missing": missing_stages(STAGE_NAMES, stages),
        "warnings": [warning for name in STAGE_NAMES for warning in stages.get(name, {}).get("warnings", [])],
        "csim": csim_part(figures),
        "cosim": cosim_part(figures, board["clock_mhz"]),
        "accuracy": accuracy_part(figures),
        "layers": layer_parts(figures),
        "synops_per_inference": golden.get("synops_per_inference"),
        "accumulates_per_inference": golden.get("accumulates_per_inference"),
        "dense_macs_per_inference": golden.get("dense_macs_per_inference"),
        "skipped_share": golden.get("skipped_share"),
        "events_per_inference": golden.get("events_per_inference"),
        "folding": quantise.get("folding"),
        "resources": resources_part(figures, board["resources"]),
        "timing": timing_part(figures),
        "hls": hls_part(figures),
        "quantise": quantise.get("decisions", {}),
        "package": package_part(figures),
        "board_run": figures.get("board_run"),
    }


def _board(board: Plain) -> BoardPart:
    return {"name": board["name"], "part": board["part"], "clock_mhz": board["clock_mhz"]}


def _stages(done: Plain) -> dict[str, StagePart]:
    """Status, seconds and reason of all ten stages; those not run are skipped, with the reason."""
    failed = next((name for name in STAGE_NAMES if done.get(name, {}).get("status") == "failed"), None)
    reason = f"not run, because stage {failed} failed" if failed else NOT_RUN
    return {name: _stage(done[name]) if name in done else _absent(reason) for name in STAGE_NAMES}


def _stage(entry: Plain) -> StagePart:
    return {
        "status": entry["status"],
        "seconds": entry["seconds"],
        "reason": entry["reason"],
        "summary": entry["summary"],
    }


def _absent(reason: str) -> StagePart:
    return {"status": "skipped", "seconds": 0.0, "reason": reason, "summary": ""}
