"""The embedded HLS engine: generated C++ in, SystemVerilog out, nothing needed but what pip installs."""

from __future__ import annotations

import contextlib
import os
import shutil
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import chain
from pathlib import Path

from asn2fpga.engine.clang.constructors import check_first_values
from asn2fpga.engine.clang.demangle import demangle_function
from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.clang.slices import slice_of
from asn2fpga.engine.clang.syntax import Function, Module
from asn2fpga.engine.ir.dataflow import Dataflow, Fifo
from asn2fpga.engine.ir.names import Names, identifier
from asn2fpga.engine.ir.process import Memory, Process
from asn2fpga.engine.processes.cache import made_before
from asn2fpga.engine.processes.job import Job, Made, Rtl
from asn2fpga.engine.processes.workers import make_all
from asn2fpga.engine.read.top import build_dataflow, check_variables, find_calls, find_top, wants_handshake
from asn2fpga.engine.report.build import build_report
from asn2fpga.engine.target.bind import fifo_module, fifos_on_fabric
from asn2fpga.engine.target.delays import MARGIN, DelayModel, delay_model
from asn2fpga.engine.verilog.bench import bench_name, emit_bench
from asn2fpga.engine.verilog.save_file import save_file
from asn2fpga.engine.verilog.top import emit_top
from asn2fpga.engine.verilog.top_names import fifo_signal, name_top
from asn2fpga.errors import HlsError, InternalError
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
    verify_each = verify_each or verifies_each()
    module = parse_module(_optimised(compile_to_llvm(project, out / "work"), anew=verify_each))
    delays = delay_model(project.part, project.clock_ns, margin)
    design = synthesise_module(module, project.top, delays, out, verify_each, waves)
    made_before().make_room()
    return design


def _optimised(text: str, anew: bool) -> str:
    """LLVM IR after LLVM's passes, from the cache unless it is to be made anew."""
    key = made_before().key(text)
    content = None if anew else made_before().get(key)
    if content is not None:
        with contextlib.suppress(zlib.error, UnicodeDecodeError):  # damaged
            return zlib.decompress(content).decode("utf-8", "surrogateescape")
    optimised = optimise(text)
    if not anew:
        made_before().put(key, zlib.compress(optimised.encode("utf-8", "surrogateescape"), 1))
    return optimised


def synthesise_module(
    module: Module,
    top_name: str,
    delays: DelayModel,
    out: Path,
    verify_each: bool = False,
    waves: bool = False,
) -> RtlDesign:
    """RTL of one top function of an optimised module; raises as `compile_project` does."""
    locations = Locations(module)
    top = find_top(module, top_name)
    calls = find_calls(module, top, locations)
    check_first_values(module, [call.function for call in calls], locations)
    functions = list({call.function.name: call.function for call in calls}.values())
    jobs = _jobs(module, top, functions, delays, verify_each or verifies_each())
    made = make_all(jobs, out / "work")
    processes = [_process(each) for each in made]
    check_variables(chain.from_iterable(each.variables for each in made))
    by_function = dict(zip([function.name for function in functions], processes, strict=True))
    joined = name_top(build_dataflow(top, by_function, calls, locations))
    design = fifos_on_fabric(joined, delays.figures.fabric)
    rtl_of = {process.name: _rtl(each) for process, each in zip(processes, made, strict=True)}
    rtl = _write(design, rtl_of, delays, out, module.warnings)
    if waves:
        _write_waves(design, rtl_of, delays, rtl)
    return rtl


def _jobs(
    module: Module, top: Function, functions: Sequence[Function], delays: DelayModel, verify_each: bool
) -> list[Job]:
    """A job for each process; its name is that of a module and of files, so no other one has it."""
    names, handshake = _module_names(demangle_function(top.name)), wants_handshake(top)
    jobs = []
    for function in functions:
        name = identifier(demangle_function(function.name))
        stem = f"{name}_body" if function is top else name
        text = slice_of(module, function.name)
        jobs.append(Job(text, function.name, names.unique(stem), handshake, delays, verify_each))
    return jobs


def _module_names(top_name: str) -> Names:
    """Names for the modules of processes: neither the top function's nor those of hw/rtl."""
    ours = {path.stem for path in (hardware_dir() / "rtl").glob("*.sv")}
    if identifier(top_name) in ours:
        raise HlsError(
            f"{top_name}: the top function must not have the name of a module of the engine; rename it"
        )
    return Names({identifier(top_name), *ours})


def _process(made: Made) -> Process:
    """The process, if its job came so far."""
    if made.process is not None:
        return made.process
    raise made.error or InternalError("a process was not made, and nothing says why")


def _rtl(made: Made) -> Rtl:
    """The RTL of a process, if its job came to the end."""
    if made.rtl is not None:
        return made.rtl
    raise made.error or InternalError("the RTL of a process was not made, and nothing says why")


def _write(
    design: Dataflow, rtl_of: Mapping[str, Rtl], delays: DelayModel, out: Path, warnings: tuple[str, ...]
) -> RtlDesign:
    out.mkdir(parents=True, exist_ok=True)
    verilog, memory_files = [], []
    for process in design.processes:
        verilog.append(_put(out / f"{process.name}.sv", rtl_of[process.name].verilog))
        _put(out / "work" / f"{process.name}.ir", rtl_of[process.name].printed)
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
    report = build_report(design, [rtl_of[process.name].figures for process in design.processes], delays)
    report = replace(report, warnings=(*warnings, *report.warnings))
    monitor = tuple(fifo.name for fifo in design.fifos)
    return RtlDesign(out, design.top, tuple(verilog), tuple(memory_files), probes, report, monitor)


def _write_waves(design: Dataflow, rtl_of: Mapping[str, Rtl], delays: DelayModel, rtl: RtlDesign) -> None:
    """What shows the design at work: a bench with random words, and the signals worth looking at."""
    known = [run.max_cycles or 0 for run in rtl.report.processes]
    quiet = max(_QUIET_CYCLES, 2 * max(known))
    files = [path.name for path in rtl.verilog]
    bench = emit_bench(design, delays.clock_ns, quiet, files)
    _put(rtl.directory / WAVES / f"{bench_name(design.top)}.sv", bench)
    schedules = {name: each.schedules for name, each in rtl_of.items()}
    _put(rtl.directory / WAVES / f"{design.top}.gtkw", save_file(design, schedules, delays.clock_ns))


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
