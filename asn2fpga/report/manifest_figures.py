"""The figures in a manifest of plain values."""

from __future__ import annotations

from typing import Any

from asn2fpga.figures.every import AllFigures, all_figures


def manifest_figures(manifest: dict[str, Any]) -> AllFigures:
    """The figures of each stage that ran."""
    return all_figures({name: entry.get("figures", {}) for name, entry in manifest["stages"].items()})
