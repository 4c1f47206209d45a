"""A design as a JSON file beside its RTL, without its place: the folder can be moved."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asn2fpga.hls.base import HlsReport, LoopReport, MemoryReport, Probe, RtlDesign
from asn2fpga.toolchain.plan import write_file


def save_design(path: Path, design: RtlDesign) -> Path:
    """Write a design to a file in its folder; returns the file's path."""
    write_file(path, json.dumps(design_to_plain(design), indent=2, allow_nan=False) + "\n")
    return path


def load_design(path: Path) -> RtlDesign:
    """Inverse of save_design."""
    return design_from_plain(json.loads(path.read_text()), path.parent)


def design_to_plain(design: RtlDesign) -> dict[str, Any]:
    """The design as JSON values."""
    plain = dataclasses.asdict(design)
    del plain["directory"]
    for key in ("verilog", "memory_files"):
        plain[key] = [_inside(design, path).relative_to(design.directory).as_posix() for path in plain[key]]
    return plain


def design_from_plain(plain: Mapping[str, Any], directory: Path) -> RtlDesign:
    """Inverse of design_to_plain, for files that lie in `directory`."""
    report = dict(plain["report"])
    report["loops"] = tuple(LoopReport(**loop) for loop in report["loops"])
    report["memories"] = tuple(MemoryReport(**memory) for memory in report["memories"])
    report["warnings"] = tuple(report["warnings"])
    return RtlDesign(
        directory=directory,
        top=plain["top"],
        verilog=tuple(directory / path for path in plain["verilog"]),
        memory_files=tuple(directory / path for path in plain["memory_files"]),
        probes=tuple(Probe(**probe) for probe in plain["probes"]),
        report=HlsReport(**report),
        monitor=tuple(plain["monitor"]),
    )


def _inside(design: RtlDesign, path: Path) -> Path:
    """A file of the design, whether it is named with or without the design's folder."""
    return path if path.is_relative_to(design.directory) else design.directory / path
