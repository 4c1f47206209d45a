"""Stage hls: an engine turns the C++ project into RTL in DIR/rtl, with the wrapper around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asn2fpga import __version__
from asn2fpga.board.spec import BoardSpec
from asn2fpga.board.wrapper import REGISTERS_JSON, AcceleratorContext, accelerator_context, write_accelerator
from asn2fpga.codegen.project import KERNELS, source_file, top_name
from asn2fpga.figures.hls import HlsFigures, LintFigures, LoopFigures, MemoryFigures
from asn2fpga.graph.graph import Graph
from asn2fpga.hls.bambu import BambuEngine
from asn2fpga.hls.base import FOREIGN_ENGINES, Engine
from asn2fpga.hls.design_file import load_design, save_design
from asn2fpga.hls.embedded import EmbeddedEngine
from asn2fpga.hls.vitis import VitisEngine
from asn2fpga.kinds.nodes import port_widths
from asn2fpga.rtl import HlsProject, HlsReport, LoopReport, MemoryReport, RtlDesign
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.folder import Folder
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.verify.lint import LintResult, lint

DESIGN = "design.json"
ACCELERATOR = "accelerator.json"


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
    accelerator = write_accelerator(design, accelerator_of(build, design))
    checked = _lint(build, accelerator)
    saved = (
        save_design(build.folder.rtl / DESIGN, design),
        save_design(build.folder.rtl / ACCELERATOR, accelerator),
    )
    files = (*accelerator.verilog, *accelerator.memory_files, build.folder.rtl / REGISTERS_JSON)
    return Result(_summary(design.report), _figures(design, checked), (*saved, *files))


def _figures(design: RtlDesign, checked: LintResult | None) -> HlsFigures:
    report = design.report
    return {
        "engine": report.engine,
        "top": design.top,
        "loops": [_loop(loop) for loop in report.loops],
        "memories": [_memory(memory) for memory in report.memories],
        "critical_path_ns": report.critical_path_ns,
        "clock_margin": report.clock_margin,
        "warnings": _warnings(report),
        "shared_operators": report.shared_operators,
        "lint": None if checked is None else _lint_figures(checked),
    }


def _loop(loop: LoopReport) -> LoopFigures:
    return {
        "process": loop.process,
        "location": loop.location,
        "pipelined": loop.pipelined,
        "initiation_interval": loop.initiation_interval,
        "depth": loop.depth,
        "limited_by": loop.limited_by,
        "flattened": loop.flattened,
    }


def _memory(memory: MemoryReport) -> MemoryFigures:
    return {
        "name": memory.name,
        "kind": memory.kind,
        "style": memory.style,
        "depth": memory.depth,
        "width_bits": memory.width_bits,
        "ports": memory.ports,
    }


def _lint_figures(checked: LintResult) -> LintFigures:
    return {"passed": list(checked.passed), "skipped": list(checked.skipped)}


def _lint(build: Build, design: RtlDesign) -> LintResult | None:
    """Our own RTL gives no warning; other tools' RTL has its own style and is not asked."""
    if design.report.engine in FOREIGN_ENGINES:
        return None
    build.say("reading the RTL with every linter there is")
    return lint(design, build.folder.sim / "lint", build.folder.logs)


def find_engine(name: str) -> Engine:
    """The engine of that name; InputError if it is a vendor's that is not installed."""
    if name == "vitis":
        vitis = VitisEngine()
        vitis.find()
        return vitis
    if name == "bambu":
        bambu = BambuEngine()
        bambu.find()
        return bambu
    return EmbeddedEngine()


def hls_project(folder: Folder, graph: Graph, board: BoardSpec) -> HlsProject:
    """The C++ project that codegen wrote, for the board's part and clock."""
    widths = port_widths(graph)
    return HlsProject(
        directory=folder.hls,
        source=folder.hls / source_file(graph),
        include_dirs=(folder.hls, folder.hls / KERNELS),
        top=top_name(graph),
        part=board.part,
        clock_ns=board.clock_ns,
        input_bits=widths.input,
        output_bits=widths.output,
    )


def read_design(folder: Folder) -> RtlDesign:
    """The core that the stage left."""
    return load_design(folder.rtl / DESIGN)


def read_accelerator(folder: Folder) -> RtlDesign:
    """The core with the wrapper around it, which the stage left too."""
    return load_design(folder.rtl / ACCELERATOR)


def accelerator_of(build: Build, core: RtlDesign) -> AcceleratorContext:
    """What the accelerator around a core of this build is made with."""
    sha256, clock_mhz = build.figures["load"]["sha256"], build.request.board.clock_mhz
    return accelerator_context(integer_graph(build), core, sha256, clock_mhz, __version__)


def _warnings(report: HlsReport) -> list[str]:
    """What may go wrong; not about FIFOs, whose order of reading and depths dataflow/verify.py has
    checked.
    """
    return [warning for warning in report.warnings if warning not in report.stream_warnings]


def _summary(report: HlsReport) -> str:
    pipelined = [loop for loop in report.loops if loop.pipelined]
    at_one = sum(loop.initiation_interval == 1 for loop in pipelined)
    path = "" if report.critical_path_ns is None else f", estimated path {report.critical_path_ns:.2f} ns"
    warnings = "".join(f"; warning: {warning}" for warning in _warnings(report))
    return (
        f"engine {report.engine}: {at_one} of {len(pipelined)} pipelined loops at one iteration a cycle{path}"
        f"{warnings}"
    )


STAGE = Stage("hls", "turning C++ into RTL", ("quantise", "codegen"), _options, _run)
