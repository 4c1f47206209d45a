"""Stage hls: an engine turns the C++ project into RTL in DIR/rtl."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asn2fpga.board.spec import BoardSpec
from asn2fpga.codegen.project import KERNELS, source_file, top_name
from asn2fpga.errors import UnsupportedError
from asn2fpga.hls.base import Engine, HlsProject, HlsReport, LoopReport, MemoryReport, Probe, RtlDesign
from asn2fpga.hls.llvm.engine import LlvmEngine
from asn2fpga.ir.graph import Graph
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.folder import Folder, write_json
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.verify.lint import lint

DESIGN = "design.json"


def _options(request: Request) -> Mapping[str, Any]:
    return {
        "engine": request.config.engine,
        "part": request.board.part,
        "clock_mhz": request.board.clock_mhz,
    }


def _run(build: Build) -> Result:
    engine = find_engine(build.request.config.engine)
    project = hls_project(build.folder, integer_graph(build), build.request.board)
    build.say(f"engine {engine.name}")
    design = engine.synthesise(project, build.folder.rtl)
    build.say("reading the RTL with every linter there is")
    checked = lint(design, build.folder.sim / "lint", build.folder.logs)
    saved = write_json(build.folder.rtl / DESIGN, design_to_plain(design))
    files = tuple(_inside(design, path) for path in (*design.verilog, *design.memory_files))
    report = design.report
    figures = {
        "engine": report.engine,
        "top": design.top,
        "loops": [dataclasses.asdict(loop) for loop in report.loops],
        "memories": [dataclasses.asdict(memory) for memory in report.memories],
        "critical_path_ns": report.critical_path_ns,
        "warnings": list(report.warnings),
        "lint": dataclasses.asdict(checked),
    }
    return Result(_summary(report), figures, (saved, *files))


def find_engine(name: str) -> Engine:
    """The engine of that name; UnsupportedError for those that are planned as files only."""
    if name != "llvm":
        raise UnsupportedError(
            f"--engine {name}: the engine must be llvm, not {name}; the others are written as scripts to run "
            "by hand (DIR/vivado), their RTL is not read back yet."
        )
    return LlvmEngine()


def hls_project(folder: Folder, graph: Graph, board: BoardSpec) -> HlsProject:
    """The C++ project that codegen wrote, for the board's part and clock."""
    return HlsProject(
        directory=folder.hls,
        source=folder.hls / source_file(graph),
        include_dirs=(folder.hls, folder.hls / KERNELS),
        top=top_name(graph),
        part=board.part,
        clock_ns=board.clock_ns,
    )


def read_design(folder: Folder) -> RtlDesign:
    """The RTL that the stage left."""
    return design_from_plain(json.loads((folder.rtl / DESIGN).read_text()), folder.rtl)


def design_to_plain(design: RtlDesign) -> dict[str, Any]:
    """The design as JSON values, without its place: the out folder can be moved."""
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


def _summary(report: HlsReport) -> str:
    pipelined = [loop for loop in report.loops if loop.pipelined]
    at_one = sum(loop.initiation_interval == 1 for loop in pipelined)
    path = "" if report.critical_path_ns is None else f", estimated path {report.critical_path_ns:.2f} ns"
    warnings = "".join(f"; warning: {warning}" for warning in report.warnings)
    return (
        f"engine {report.engine}: {at_one} of {len(pipelined)} pipelined loops at one iteration a cycle{path}"
        f"{warnings}"
    )


STAGE = Stage("hls", "turning C++ into RTL", ("quantise", "codegen"), _options, _run)
