"""The C++ compiler of simulations: ASN2FPGA_CXX if set, else g++ if installed, else the clang of ziglang.

The package ziglang is a dependency, so there always is one. g++ comes first because it needs no preparation:
ziglang carries its C++ library as source, and builds it at the first call (once for each user). What needs
integers of any width (_BitInt), and no C++ library, is compiled by the clang of ziglang alone.
"""

from __future__ import annotations

import dataclasses
import functools
import importlib.util
import os
import platform
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal

from asn2fpga.errors import ToolError
from asn2fpga.toolchain import process
from asn2fpga.toolchain.cache import user_cache

VARIABLE = "ASN2FPGA_CXX"
ZIG = "ziglang"
ZIG_NAME = "clang of ziglang"
Family = Literal["gcc", "clang"]

_PROBE_SECONDS = 60.0
_PREPARATION_SECONDS = 3600.0
_preparing = threading.Lock()
_ZIG_FLAGS = (
    "-fPIC",  # one C++ library to build, for programs and shared libraries
    "-fno-sanitize=all",  # without -O2 zig adds checks that end a program without a word
)


@dataclass(frozen=True)
class Compiler:
    """How to call a C++ compiler. `name`: for people; `identity`: changes whenever its object files may."""

    name: str
    command: tuple[str, ...]
    family: Family
    identity: str
    environment: Mapping[str, str] = field(default_factory=dict)
    atomics: tuple[str, ...] = ("-latomic",)  # libraries with the atomic operations that no instruction does
    builds_library: bool = False  # it carries its C++ library as source

    @property
    def is_zig(self) -> bool:
        """Whether it is the clang of ziglang, with a C++ library of its own."""
        return self.name == ZIG_NAME

    @property
    def preparation(self) -> str:
        """What the first call does besides, for a progress line; empty if it was done before."""
        if not self.builds_library or any(
            Path(self.environment["ZIG_GLOBAL_CACHE_DIR"]).glob("o/*/libc++.a")
        ):
            return ""
        return "; the first time it builds its C++ library, which takes 1 to 4 minutes"

    def run(
        self, arguments: Sequence[str | Path], *, cwd: Path, log: Path, timeout_seconds: float
    ) -> process.Finished:
        """Call it. What the first call does besides comes before, and has an hour of its own."""
        if self.preparation:
            self._prepare(cwd, log)
        command = (*self.command, *arguments)
        return process.run(
            command, cwd=cwd, log=log, timeout_seconds=timeout_seconds, environment=self.environment
        )

    def _prepare(self, cwd: Path, log: Path) -> None:
        """Build the C++ library by linking a program of one line; of two threads the second waits for it."""
        with _preparing, TemporaryDirectory(prefix="asn2fpga-compiler-") as folder:
            source = Path(folder) / "prepare.cpp"
            source.write_text("#include <string>\nint main() { return int(std::string().size()); }\n")
            process.run(
                (*self.command, str(source), "-o", str(source.with_suffix(""))),
                cwd=cwd,
                log=log,
                timeout_seconds=_PREPARATION_SECONDS,
                environment=self.environment,
            )


def find_compiler() -> Compiler:
    """The compiler of simulations. Raises ToolError if ASN2FPGA_CXX names none, or there is none at all."""
    chosen = os.environ.get(VARIABLE)
    if chosen == ZIG or (not chosen and process.which("g++") is None):
        return _zig(
            f"g++: program must be on PATH, or the Python package {ZIG} installed, not both missing; "
            f"run `pip install {ZIG}`, install g++ or set {VARIABLE}."
        )
    return _installed(process.find_program("g++", VARIABLE))


def bundled_clang() -> Compiler:
    """The clang of ziglang for code without a C++ library. Raises ToolError if ziglang is not installed."""
    found = _zig(f"{ZIG}: the Python package is not installed; run `pip install {ZIG}`.")
    return dataclasses.replace(found, command=(*found.command, "-nostdlib++"), builds_library=False)


def _installed(program: Path) -> Compiler:
    state = program.resolve().stat()
    identity = f"{program.resolve()} {state.st_size} {state.st_mtime_ns}"
    family = _family(str(program), identity)
    return Compiler(program.name, (str(program),), family, identity)


@functools.cache
def _family(program: str, identity: str) -> Family:
    """Found out by asking: a `g++` may be clang, and ASN2FPGA_CXX may have any name."""
    with TemporaryDirectory(prefix="asn2fpga-compiler-") as folder:
        log = Path(folder) / "macros"
        command = [program, "-dM", "-E", "-x", "c++", os.devnull]
        process.run(command, cwd=Path(folder), log=log, timeout_seconds=_PROBE_SECONDS)
        return "clang" if "__clang__" in log.read_text(errors="replace") else "gcc"


def _zig(missing: str) -> Compiler:
    spec = importlib.util.find_spec(ZIG)
    if spec is None or spec.origin is None:
        raise ToolError(missing)
    command = (str(Path(spec.origin).parent / "zig"), "c++", *_target(), *_ZIG_FLAGS)
    cache = str(zig_cache(os.environ))
    environment = {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}
    return Compiler(ZIG_NAME, command, "clang", f"{ZIG} {version(ZIG)}", environment, (), builds_library=True)


def _target() -> tuple[str, ...]:
    """A named target: what zig finds out about this machine would give each PATH a C++ library of its own.

    glibc 2.28 is the oldest that PyTorch runs on.
    """
    if sys.platform != "linux":
        return ()
    return ("-target", f"{platform.machine()}-linux-gnu.2.28")


def zig_cache(environment: Mapping[str, str]) -> Path:
    """Where zig keeps its C++ library: its variable, else in ASN2FPGA_CACHE, else the user's cache folder."""
    if chosen := environment.get("ZIG_GLOBAL_CACHE_DIR"):
        return Path(chosen)
    if shared := environment.get("ASN2FPGA_CACHE"):
        return Path(shared) / "zig"
    return user_cache(environment) / "zig"
