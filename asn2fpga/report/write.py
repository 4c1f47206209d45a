"""Writes report.json, report.html and config.toml, the choices of a build, into an out folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, cast

from asn2fpga.config import config_text
from asn2fpga.figures.decisions import DecisionFigures
from asn2fpga.report.content import Report
from asn2fpga.report.html import render_html
from asn2fpga.report.measurements import read_measurements
from asn2fpga.report.metrics import build_report
from asn2fpga.report.pictures.every import drawn_of, finished_pictures
from asn2fpga.toolchain.plan import write_file


def write_report(root: Path, manifest: dict[str, Any]) -> Report:
    """Make the files from the manifest's plain values and DIR/measurements; returns the report."""
    report = build_report(manifest, read_measurements(root, manifest))
    write_file(root / "report.json", json.dumps(report, indent=2, allow_nan=False) + "\n")
    write_file(root / "report.html", render_html(report, finished_pictures(drawn_of(root, manifest, report))))
    write_file(root / "config.toml", config_text(resolved_config(report)))
    return report


def resolved_config(report: Report) -> dict[str, object]:
    """The configuration with the chosen lanes and weight bits: it gives this hardware with any data."""
    rows = [row for row in report["layers"] if row["lanes"] is not None]
    decisions = report["quantise"]
    if not rows or not decisions:
        return {**report["config"]}
    weights = cast(DecisionFigures, decisions)["weights"]
    return {
        **report["config"],
        "weight_bits": {decision["layer"]: decision["bits"] for decision in weights},
        "lanes": {row["name"]: row["lanes"] for row in rows},
        "pixels": {row["name"]: row["parallel_pixels"] for row in rows if row["parallel_pixels"]} or None,
        "form": {row["name"]: row["form"] for row in rows if row["form"]} or None,
        "map_order": next((row["map_order"] for row in report["layers"] if row["map_order"]), None),
        "optimise": "interval" if report["config"]["target_fps"] else report["config"]["optimise"],
        "target_fps": None,
    }
