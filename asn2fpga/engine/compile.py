"""The embedded HLS engine: generated C++ in, SystemVerilog out, nothing needed but what pip installs."""

from __future__ import annotations

import os
import shutil
from dataclasses import replace
from pathlib import Path

from asn2fpga.engine.clang.constructors import check_first_values
from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.clang.syntax import Function, Module
from asn2fpga.engine.ir.dataflow import Dataflow, Fifo
from asn2fpga.engine.ir.names import Names, identifier
from asn2fpga.engine.ir.printed import format_process
from asn2fpga.engine.ir.process import Memory, Process
from asn2fpga.engine.ir.verify import verify
from asn2fpga.engine.passes.handshake import add_handshake
from asn2fpga.engine.passes.name_ports import name_ports
from asn2fpga.engine.passes.pipeline import simplify
from asn2fpga.engine.read.process import read_process
from asn2fpga.engine.read.top import build_dataflow, check_variables, find_calls, find_top, wants_handshake
from asn2fpga.engine.report.build import build_report
from asn2fpga.engine.schedule.check import check_schedule
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.schedule.scheduler import schedule_process
from asn2fpga.engine.target.bind import fifo_module, fifos_on_fabric, on_fabric
from asn2fpga.engine.target.delays import MARGIN, DelayModel, delay_model
from asn2fpga.engine.verilog.bench import bench_name, emit_bench
from asn2fpga.engine.verilog.process import emit_process
from asn2fpga.engine.verilog.save_file import save_file
from asn2fpga.engine.verilog.top import emit_top
from asn2fpga.engine.verilog.top_names import fifo_signal, name_top
from asn2fpga.errors import HlsError
from asn2fpga.resources import hardware_dir
from asn2fpga.rtl import HlsProject, Probe, RtlDesign

CONTROL = "asn_control"
VERIFY_VARIABLE = "ASN2FPGA_VERIFY_EACH"
WAVES = "waves"  # folder of the bench
_QUIET_CYCLES = 1000  # after which a bench says that nothing moves


def verifies_each() -> bool:
    """Whether the environment asks for the verification of every step, as our own tests do."""
    return os.environ.get(VERIFY_VARIABLE, "") not in ("", "0")


def compile_project(
    project: HlsProject,
    out: Path,
    margin: float = MARGIN,
    verify_each: bool = False,
    waves: bool = False,
) -> RtlDesign:
    """Turn a project's C++ into RTL under `out`.

    margin: part of the clock period that stays free. verify_each: verify what every step makes.

    With `waves`, also a bench and a list of signals.

    Raises:
        HlsError: C++ the engine does not take, with FILE:LINE and what to write instead.
        InternalError: a step breaks a rule of the IR.
    """
    module = parse_module(optimise(compile_to_llvm(project, out / "work")))
    delays = delay_model(project.part, project.clock_ns, margin)
    return synthesise_module(module, project.top, delays, out, verify_each, waves)


def synthesise_module(
    module: Module,
    top_name: str,
    delays: DelayModel,
    out: Path,
    verify_each: bool = False,
    waves: bool = False,
) -> RtlDesign:
    """RTL of one top function of an optimised module; raises as `compile_project` does."""
    verify_each = verify_each or verifies_each()
    locations = Locations(module)
    top = find_top(module, top_name)
    calls = find_calls(module, top, locations)
    check_first_values(module, [call.function for call in calls], locations)
    names = _module_names(top_name)
    read = {
        name: on_fabric(_process(module, top, function, locations, names), delays.figures.fabric)
        for name, function in {call.function.name: call.function for call in calls}.items()
    }
    check_variables(list(read.values()))
    if verify_each:
        for process in read.values():
            verify(process, "reading")
    processes = {name: simplify(process, delays, verify_each) for name, process in read.items()}
    joined = name_top(build_dataflow(top, processes, calls, locations))
    design = fifos_on_fabric(joined, delays.figures.fabric)
    schedules = {process.name: schedule_process(process, delays) for process in processes.values()}
    if verify_each:
        for process in processes.values():
            for region in process.regions:
                check_schedule(process, region, schedules[process.name][region.name], delays)
    rtl = _write(design, schedules, delays, out, module.warnings)
    if waves:
        _write_waves(design, schedules, delays, rtl)
    return rtl


def _module_names(top_name: str) -> Names:
    """Names for the modules of processes: neither the top function's nor those of hw/rtl."""
    ours = {path.stem for path in (hardware_dir() / "rtl").glob("*.sv")}
    if identifier(top_name) in ours:
        raise HlsError(
            f"{top_name}: the top function must not have the name of a module of the engine; rename it"
        )
    return Names({identifier(top_name), *ours})


def _process(
    module: Module, top: Function, function: Function, locations: Locations, names: Names
) -> Process:
    """The process of a function; its name is that of a module and of files, so no other one has it."""
    handshake = wants_handshake(top)
    process = read_process(module, function, locations, endless=not handshake)
    stem = f"{process.name}_body" if function is top else process.name
    process = name_ports(replace(process, name=names.unique(stem)))
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
    fifos = sorted({fifo_module(fifo) for fifo in design.all_fifos})
    for module in (*fifos, *((CONTROL,) if design.handshake else ())):
        verilog.append(Path(shutil.copyfile(hardware_dir() / "rtl" / f"{module}.sv", out / f"{module}.sv")))
    probes = tuple(_probe(fifo, design.stems[fifo.name]) for fifo in design.fifos)
    report = build_report(design, schedules, delays)
    report = replace(report, warnings=(*warnings, *report.warnings))
    monitor = tuple(fifo.name for fifo in design.fifos)
    return RtlDesign(out, design.top, tuple(verilog), tuple(memory_files), probes, report, monitor)


def _write_waves(
    design: Dataflow, schedules: dict[str, dict[str, Schedule]], delays: DelayModel, rtl: RtlDesign
) -> None:
    """What shows the design at work: a bench with random words, and the signals worth looking at."""
    known = [run.max_cycles or 0 for run in rtl.report.processes]
    quiet = max(_QUIET_CYCLES, 2 * max(known))
    files = [path.name for path in rtl.verilog]
    bench = emit_bench(design, delays.clock_ns, quiet, files)
    _put(rtl.directory / WAVES / f"{bench_name(design.top)}.sv", bench)
    _put(rtl.directory / WAVES / f"{design.top}.gtkw", save_file(design, schedules))


def _probe(fifo: Fifo, stem: str) -> Probe:
    return Probe(
        stream=fifo.name,
        valid=fifo_signal(stem, "rd", "valid"),
        ready=fifo_signal(stem, "rd", "ready"),
        data=fifo_signal(stem, "rd", "data"),
        width_bits=fifo.width,
        producer_valid=fifo_signal(stem, "wr", "valid"),
        producer_ready=fifo_signal(stem, "wr", "ready"),
    )


def _put(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def _memory_text(memory: Memory) -> str:
    digits = (memory.width + 3) // 4
    return "\n".join(f"{word:0{digits}x}" for word in memory.contents) + "\n"
