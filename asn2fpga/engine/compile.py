"""The embedded HLS engine: generated C++ in, SystemVerilog out, nothing needed but what pip installs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from asn2fpga.engine.clang.constructors import check_first_values
from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.clang.syntax import Function, Module
from asn2fpga.engine.ir.dataflow import Dataflow, Fifo
from asn2fpga.engine.ir.names import Names
from asn2fpga.engine.ir.printed import format_process
from asn2fpga.engine.ir.process import Memory, Process
from asn2fpga.engine.passes.handshake import add_handshake
from asn2fpga.engine.passes.pipeline import simplify
from asn2fpga.engine.read.process import read_process
from asn2fpga.engine.read.top import build_dataflow, check_variables, find_calls, find_top, wants_handshake
from asn2fpga.engine.report.build import build_report
from asn2fpga.engine.schedule.scheduler import Schedule, schedule_process
from asn2fpga.engine.target.bind import fifo_module
from asn2fpga.engine.target.delays import DelayModel, delay_model
from asn2fpga.engine.verilog.process import emit_process
from asn2fpga.engine.verilog.top import emit_top
from asn2fpga.errors import HlsError
from asn2fpga.resources import hardware_dir
from asn2fpga.rtl import HlsProject, Probe, RtlDesign

CONTROL = "asn_control"


def compile_project(project: HlsProject, out: Path) -> RtlDesign:
    """Turn a project's C++ into RTL under `out`.

    Raises:
        HlsError: C++ the engine does not take, with FILE:LINE and what to write instead.
    """
    module = parse_module(optimise(compile_to_llvm(project, out / "work")))
    return synthesise_module(module, project.top, delay_model(project.part, project.clock_ns), out)


def synthesise_module(module: Module, top_name: str, delays: DelayModel, out: Path) -> RtlDesign:
    """RTL of one top function of an optimised module; raises HlsError as `compile_project` does."""
    locations = Locations(module)
    top = find_top(module, top_name)
    calls = find_calls(module, top, locations)
    check_first_values(module, [call.function for call in calls], locations)
    names = Names({top_name, *(path.stem for path in (hardware_dir() / "rtl").glob("*.sv"))})
    read = {
        name: _process(module, top, function, locations, names)
        for name, function in {call.function.name: call.function for call in calls}.items()
    }
    check_variables(list(read.values()))
    processes = {name: simplify(process, delays) for name, process in read.items()}
    design = build_dataflow(top, processes, calls, locations)
    schedules = {process.name: schedule_process(process, delays) for process in processes.values()}
    return _write(design, schedules, delays, out, module.warnings)


def _process(
    module: Module, top: Function, function: Function, locations: Locations, names: Names
) -> Process:
    """The process of a function; its name is that of a module and of files, so no other one has it."""
    handshake = wants_handshake(top)
    process = read_process(module, function, locations, endless=not handshake)
    stem = f"{process.name}_body" if function is top else process.name
    process = replace(process, name=names.unique(stem))
    return add_handshake(process) if handshake else process


def _write(
    design: Dataflow,
    schedules: dict[str, dict[str, Schedule]],
    delays: DelayModel,
    out: Path,
    warnings: tuple[str, ...],
) -> RtlDesign:
    out.mkdir(parents=True, exist_ok=True)
    verilog, memory_files = [], []
    for process in design.processes:
        verilog.append(_put(out / f"{process.name}.sv", emit_process(process, schedules[process.name])))
        _put(out / "work" / f"{process.name}.ir", format_process(process))
        for memory in process.memories:
            if memory.depth > 1 and any(memory.contents):
                path = out / f"{process.name}_{memory.name}.mem"
                if path in memory_files:
                    raise HlsError(
                        f"{process.location}: {path.stem} must be the name of one array, not of two with "
                        "their processes' names in front; rename one"
                    )
                memory_files.append(_put(path, _memory_text(memory)))
    verilog.append(_put(out / f"{design.top}.sv", emit_top(design)))
    fifos = sorted({fifo_module(fifo.depth, fifo.width) for fifo in design.fifos})
    for module in (*fifos, *((CONTROL,) if design.handshake else ())):
        verilog.append(Path(shutil.copyfile(hardware_dir() / "rtl" / f"{module}.sv", out / f"{module}.sv")))
    probes = tuple(_probe(fifo) for fifo in design.fifos)
    report = build_report(design, schedules, delays)
    report = replace(report, warnings=(*warnings, *report.warnings))
    monitor = tuple(fifo.name for fifo in design.fifos)
    return RtlDesign(out, design.top, tuple(verilog), tuple(memory_files), probes, report, monitor)


def _probe(fifo: Fifo) -> Probe:
    reader, writer = f"{fifo.name}_rd", f"{fifo.name}_wr"
    return Probe(
        stream=fifo.name,
        valid=f"{reader}_valid",
        ready=f"{reader}_ready",
        data=f"{reader}_data",
        width_bits=fifo.width,
        producer_valid=f"{writer}_valid",
        producer_ready=f"{writer}_ready",
    )


def _put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def _memory_text(memory: Memory) -> str:
    digits = (memory.width + 3) // 4
    return "\n".join(f"{word:0{digits}x}" for word in memory.contents) + "\n"
