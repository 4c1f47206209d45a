"""A design as a JSON file beside its RTL, without its place: the folder can be moved."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asn2fpga.files import as_written, resolves_below
from asn2fpga.jsonfile import read_json
from asn2fpga.rtl import HlsReport, Probe, RtlDesign
from asn2fpga.toolchain.plan import write_file
from asn2fpga.typed import typed


def save_design(path: Path, design: RtlDesign) -> Path:
    """Write a design to a file in its folder; returns the file's path."""
    write_file(path, json.dumps(design_to_plain(design), indent=2, allow_nan=False) + "\n")
    return path


def load_design(path: Path) -> RtlDesign:
    """Inverse of save_design. InputError if the file was changed."""
    with as_written(path):
        return design_from_plain(read_json(path), path.parent)


def design_to_plain(design: RtlDesign) -> dict[str, Any]:
    """The design as JSON values."""
    plain = dataclasses.asdict(design)
    del plain["directory"]
    for key in ("verilog", "memory_files"):
        plain[key] = [_inside(design, path).relative_to(design.directory).as_posix() for path in plain[key]]
    return plain


def design_from_plain(plain: Mapping[str, Any], directory: Path) -> RtlDesign:
    """Inverse of design_to_plain, for files that lie in `directory`; ValueError for what it does not make."""
    return RtlDesign(
        directory=directory,
        top=typed(str, plain["top"]),
        verilog=_files(plain["verilog"], directory),
        memory_files=_files(plain["memory_files"], directory),
        probes=typed(tuple[Probe, ...], plain["probes"]),
        report=typed(HlsReport, plain["report"]),
        monitor=typed(tuple[str, ...], plain["monitor"]),
        input_bits=typed(int, plain["input_bits"]),
        output_bits=typed(int, plain["output_bits"]),
    )


def _files(names: object, directory: Path) -> tuple[Path, ...]:
    paths: tuple[str, ...] = typed(tuple[str, ...], names)
    for path in paths:
        if not resolves_below(directory, path):
            raise ValueError(f"{path} lies outside of {directory}")
    return tuple(directory / path for path in paths)


def _inside(design: RtlDesign, path: Path) -> Path:
    """A file of the design, whether it is named with or without the design's folder."""
    return path if path.is_relative_to(design.directory) else design.directory / path
