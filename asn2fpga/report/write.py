"""Writes report.json and report.html into an out folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from asn2fpga.report.html import render_html
from asn2fpga.report.measurements import read_measurements
from asn2fpga.report.metrics import build_report
from asn2fpga.toolchain.plan import write_file


def write_report(root: Path, manifest: dict[str, Any]) -> dict[str, Any]:
    """Make both files from the manifest's plain values and DIR/measurements; returns the report."""
    report = build_report(manifest, read_measurements(root, manifest))
    write_file(root / "report.json", json.dumps(report, indent=2, allow_nan=False) + "\n")
    write_file(root / "report.html", render_html(report))
    return report
