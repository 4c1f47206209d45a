"""Simulation programs made from a design: fast (no Python), cocotb on Verilator, cocotb on Icarus.

A program lies in WORK/<kind>-<digest of all it is made from>/ and is not built again while nothing changes.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asn2fpga import resources
from asn2fpga.hls.base import FOREIGN_ENGINES
from asn2fpga.rtl import RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify import verilator
from asn2fpga.verify.harness import HarnessContext, harness_context, harness_files

HARNESS = "harness"
COMMON_OPTIONS = (
    *("--cc", "--no-timing", "--threads", "1", "-O3", "--noassert"),
    *("-Mdir", "model", "--x-assign", "fast", "--x-initial", "unique"),
)
HARNESS_OPTIONS = (*COMMON_OPTIONS, "--top-module", HARNESS)


@dataclass(frozen=True)
class Program:
    """A built simulation, what it simulates, and how long building took (0 if it was there already)."""

    path: Path
    design: RtlDesign
    harness: HarnessContext
    build_seconds: float


def build_fast(design: RtlDesign, work: Path, logs: Path, jobs: int = 2) -> Program:
    """Verilator model with hw/sim/fast_main.cpp as its main program. Raises ToolError."""
    main = resources.hardware_dir() / "sim" / "fast_main.cpp"
    options = (*HARNESS_OPTIONS, "--prefix", "Vharness", *_tolerance(design))
    return _build_verilator(_Recipe("fast", main, options), design, work, logs, jobs)


def build_activity(design: RtlDesign, work: Path, logs: Path, jobs: int = 2) -> Program:
    """Verilator model that writes SAIF; its main program is hw/sim/activity_main.cpp. Raises ToolError."""
    main = resources.hardware_dir() / "sim" / "activity_main.cpp"
    special = ("--prefix", "Vharness", "--trace-saif", "--timescale", "1ps/1ps")
    options = (*HARNESS_OPTIONS, *special, *_tolerance(design))
    recipe = _Recipe(
        "activity", main, options, ("verilated_saif_c",), flags=("-UVM_TRACE", "-DVM_TRACE=1", "-O0")
    )
    return _build_verilator(recipe, design, work, logs, jobs)


def build_waves(
    design: RtlDesign, shown: Mapping[str, str], top: str, work: Path, logs: Path, jobs: int = 2
) -> Program:
    """Verilator model that writes FST; its main program is that of build_activity. Raises ToolError.

    shown: files by name with the module `top` around the harness.
    """
    main = resources.hardware_dir() / "sim" / "activity_main.cpp"
    special = ("--prefix", "Vharness", "--trace-fst", "--no-trace-top", "--timescale", "1ps/1ps")
    limits = ("--trace-max-width", "8192")
    options = (*COMMON_OPTIONS, "--top-module", top, *special, *limits, *_tolerance(design))
    flags = ("-UVM_TRACE", "-DVM_TRACE=1", "-DASN_WAVES", "-O0")
    files = tuple(shown.items())
    recipe = _Recipe("waves", main, options, verilator.FST_SOURCES, flags=flags, files=files)
    return _build_verilator(recipe, design, work, logs, jobs)


def build_cocotb(design: RtlDesign, work: Path, logs: Path, jobs: int = 2) -> Program:
    """Verilator model with cocotb's main program. Raises ToolError."""
    recipe = _cocotb_recipe("cocotb", HARNESS, ("-DHARNESS_LOG", *_tolerance(design)))
    return _build_verilator(recipe, design, work, logs, jobs)


def build_accelerator(design: RtlDesign, work: Path, logs: Path, jobs: int = 2) -> Path:
    """The design itself, without a harness, as a program of Verilator and cocotb. Raises ToolError."""
    recipe = _cocotb_recipe("accelerator", design.top, _tolerance(design))
    folder = work / f"accelerator-{_digest(design, {}, _pinned(recipe))}"
    if not (folder / PROGRAM).exists():
        folder.mkdir(parents=True, exist_ok=True)
        _make_program(recipe, [path.resolve() for path in design.verilog], folder, work, logs, jobs)
    return folder / PROGRAM


def _cocotb_recipe(kind: str, top: str, options: tuple[str, ...]) -> _Recipe:
    import cocotb_tools.config

    libraries = Path(cocotb_tools.config.libs_dir)
    main = Path(cocotb_tools.config.share_dir) / "lib" / "verilator" / "verilator.cpp"
    visible = resources.hardware_dir() / "sim" / f"{top}.vlt"
    special = ("--prefix", "Vtop", "--vpi", "--timescale", "1ns/1ps", *options, str(visible))
    linked = (f"-L{libraries}", "-lcocotbvpi_verilator", f"-Wl,-rpath,{libraries}")
    options = (*COMMON_OPTIONS, "--top-module", top, *special)
    return _Recipe(kind, main, options, verilator.VPI_SOURCES, linked)


def build_icarus(design: RtlDesign, work: Path, logs: Path) -> Program:
    """Icarus program `harness.vvp`, to be run by vvp with cocotb's library. Raises ToolError."""
    started = time.monotonic()
    context = harness_context(design)
    files = harness_files(context)
    folder = work / f"icarus-{_digest(design, files, ('icarus',))}"
    target = folder / "harness.vvp"
    if target.exists():
        return Program(target, design, context, 0.0)
    _write_files(folder, files)
    iverilog = process.find_program("iverilog", "ASN2FPGA_IVERILOG")
    command = [str(iverilog), "-g2012", "-DHARNESS_LOG", "-s", "harness", "-o", "harness.unfinished"]
    sources = [_TIMESCALE_FILE, "harness.sv", *(str(path.resolve()) for path in design.verilog)]
    write_file(folder / _TIMESCALE_FILE, "`timescale 1ns/1ps\n")
    process.run([*command, *sources], cwd=folder, log=logs / "icarus-build.log", timeout_seconds=600.0)
    (folder / "harness.unfinished").replace(target)
    return Program(target, design, context, time.monotonic() - started)


_TIMESCALE_FILE = "timescale.sv"
_OPTIMISATION = "-O1"  # with -O2 a model compiles for half as long again and is hardly faster
PROGRAM = "simulate"


@dataclass(frozen=True)
class _Recipe:
    """How one kind of Verilator program is made. files: RTL by name besides the harness and the design."""

    kind: str
    main: Path
    options: tuple[str, ...]
    runtime: tuple[str, ...] = ()
    libraries: tuple[str, ...] = ()
    flags: tuple[str, ...] = ()
    files: tuple[tuple[str, str], ...] = ()


def _build_verilator(recipe: _Recipe, design: RtlDesign, work: Path, logs: Path, jobs: int) -> Program:
    started = time.monotonic()
    context = harness_context(design)
    files = harness_files(context) | dict(recipe.files)
    folder = work / f"{recipe.kind}-{_digest(design, files, _pinned(recipe))}"
    target = folder / PROGRAM
    if target.exists():
        return Program(target, design, context, 0.0)
    _write_files(folder, files)
    added = (folder / name for name, _ in recipe.files)
    sources = [path.resolve() for path in (folder / "harness.sv", *added, *design.verilog)]
    _make_program(recipe, sources, folder, work, logs, jobs)
    return Program(target, design, context, time.monotonic() - started)


def _pinned(recipe: _Recipe) -> tuple[str, ...]:
    """All that a program is made from besides the design; objects of two compilers do not mix."""
    tools = (str(verilator.find_verilator()), find_compiler().identity)
    headers = (path.read_text() for path in sorted((resources.hardware_dir() / "sim").glob("*.h")))
    return (*recipe.options, *recipe.flags, _OPTIMISATION, recipe.main.read_text(), *headers, *tools)


def _make_program(
    recipe: _Recipe, sources: Sequence[Path], folder: Path, work: Path, logs: Path, jobs: int
) -> None:
    """Verilate, compile and link FOLDER/simulate."""
    files = [str(path) for path in sources]
    verilator.verilate([*recipe.options, *files], folder, logs / f"{recipe.kind}-verilator.log")
    build_logs = logs / recipe.kind
    flags = (_OPTIMISATION, *recipe.flags)
    headers = verilator.precompiled_header(flags, work, build_logs)
    unit = _model_unit(folder / "model", recipe.main, (*flags, *headers))
    verilator.compile_units((unit,), build_logs, jobs)
    runtime = verilator.build_runtime((*verilator.RUNTIME_SOURCES, *recipe.runtime), work, build_logs, jobs)
    verilator.link([unit.object, *runtime], folder / PROGRAM, recipe.libraries, build_logs / "link.log")


def _tolerance(design: RtlDesign) -> tuple[str, ...]:
    """Warnings are errors in our own RTL; other tools' RTL has its own style."""
    is_foreign = design.report.engine in FOREIGN_ENGINES
    return ("-Wno-fatal", "-Wno-lint", "-Wno-style") if is_foreign else ()


def _model_unit(model: Path, main: Path, flags: Sequence[str]) -> verilator.Unit:
    """The model and the main program as one C++ file: their headers are most of what a compiler reads."""
    write_file(model / "all.cpp", _includes([*sorted(model.glob("V*.cpp")), main]))
    folders = (model, model.parent, main.parent)
    return verilator.Unit(
        model / "all.cpp", model / "all.o", (*flags, *(f"-I{folder}" for folder in folders))
    )


def _includes(paths: Iterable[Path]) -> str:
    return "".join(f'#include "{path}"\n' for path in paths)


def _write_files(folder: Path, files: Mapping[str, str]) -> None:
    for name, text in files.items():
        write_file(folder / name, text)


def _digest(design: RtlDesign, files: Mapping[str, str], pinned: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for path in design.verilog:
        digest.update(path.read_bytes() + b"\0")
    for text in (*(files[name] for name in sorted(files)), *pinned):
        digest.update(text.encode() + b"\0")
    return digest.hexdigest()[:16]
