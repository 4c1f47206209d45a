"""What a report lacks: stages that failed, or were not run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asn2fpga.report.content import Report


def missing_stages(names: tuple[str, ...], done: Mapping[str, Any]) -> list[str]:
    """Those of `names` that neither passed nor were skipped by the build itself (`done`: of the manifest)."""
    return [name for name in names if done.get(name, {}).get("status") not in ("passed", "skipped")]


def incomplete_text(report: Report) -> str:
    """`INCOMPLETE: ...`, for the top of every report; empty if nothing is missing."""
    missing = report["missing"]
    if not missing:
        return ""
    failed = [name for name in missing if report["stages"][name]["status"] == "failed"]
    rest = [name for name in missing if name not in failed]
    parts = [f"stage {name} failed" for name in failed]
    if rest:
        parts.append(f"not run: {', '.join(rest)}")
    return f"INCOMPLETE: {'; '.join(parts)}. The same `asn2fpga build` without --until goes on from here."
