"""The generated C++ as a shared library for C simulation, with the integers of the engine or those of Xilinx.

Two sets of types, two compilers where g++ is installed: `engine`, hw/hls/llvm and the clang of ziglang, is
some seventy times faster; `xilinx`, the open headers that hls4ml carries, shares no code with the engine.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from asn2fpga.codegen.project import source_file, top_name
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import port_widths
from asn2fpga.resources import hardware_dir
from asn2fpga.toolchain import process
from asn2fpga.toolchain.ap_types import ap_types_dir
from asn2fpga.toolchain.compiler import Compiler, Family, bundled_clang, find_compiler

Types = Literal["engine", "xilinx"]
TYPES: tuple[Types, ...] = get_args(Types)
_TIMEOUT_SECONDS = 600.0

_WARNINGS = ("-Wall", "-Wextra", "-Werror")
WARNINGS: dict[Family, tuple[str, ...]] = {
    # Xilinx's constructors mask the unused bits of a member before they set it.
    "gcc": (*_WARNINGS, "-Wno-uninitialized", "-Wno-maybe-uninitialized"),
    "clang": (*_WARNINGS, "-Wno-uninitialized"),
}
# Two networks in one process must not share the memories of layers of equal name: no symbol is unique in the
# process, and only the functions of csim.cpp are visible.
_SHARED = ("-fPIC", "-shared", "-fvisibility=hidden")
LIBRARY: dict[Family, tuple[str, ...]] = {
    "gcc": ("-O1", *_SHARED, "-fno-gnu-unique"),
    "clang": ("-O1", *_SHARED),
}
# Complex numbers of fixed-point types, which no network has and clang's C++ library does not take.
ONLY_INTEGERS = ("-D__AP_INT_SPECIAL_H__", "-D__AP_FIXED_SPECIAL_H__")
SANITISERS = (
    "-fsanitize=address,undefined",
    "-fno-sanitize=shift-base",  # Xilinx's headers shift negative numbers left, which C++14 leaves undefined
    "-fno-sanitize-recover=all",
)
# Lanes are unrolled, so that a lane's place in a packed word is constant: else seven times slower.
_ENGINE = (
    *("-std=c++20", "-O2", *_SHARED, *_WARNINGS, "-Wno-c++26-extensions"),
    *("-fno-exceptions", "-fno-rtti", "-fno-threadsafe-statics", "-DASN_NATIVE_SIMULATION"),
)


@dataclass(frozen=True)
class _Recipe:
    """How the C++ is compiled with one set of types."""

    compiler: Compiler
    options: tuple[str, ...]
    streams: str  # folder of hls_stream.h in hw/sim/csim
    integers: Path  # folder of ap_int.h


def compiler_of(types: Types) -> Compiler:
    """The compiler that a set of types needs, or the one of all simulations. Raises ToolError."""
    return bundled_clang() if types == "engine" else find_compiler()


def compile_library(graph: Graph, project: Path, library: Path, log: Path, types: Types) -> process.Finished:
    """Make the shared library; raises ToolError with the compiler's message."""
    compiler = compiler_of(types)
    if types == "engine":
        recipe = _Recipe(compiler, _ENGINE, "native", hardware_dir() / "hls" / "llvm")
    else:
        recipe = _xilinx(compiler, LIBRARY[compiler.family])
    return _compile(graph, project, library, log, recipe)


def compile_program(graph: Graph, project: Path, program: Path, log: Path) -> process.Finished:
    """Make a program with address and undefined-behaviour checks instead; ziglang's clang has none."""
    recipe = _xilinx(find_compiler(), ("-O1", "-DCSIM_MAIN", *SANITISERS))
    return _compile(graph, project, program, log, recipe)


def _xilinx(compiler: Compiler, options: tuple[str, ...]) -> _Recipe:
    options = ("-std=c++14", "-DASN_XILINX_SIMULATION", *options, *WARNINGS[compiler.family], *ONLY_INTEGERS)
    return _Recipe(compiler, options, "xilinx", ap_types_dir())


def _compile(graph: Graph, project: Path, result: Path, log: Path, recipe: _Recipe) -> process.Finished:
    simulation, widths = hardware_dir() / "sim" / "csim", port_widths(graph)
    result.parent.mkdir(parents=True, exist_ok=True)
    arguments: list[str | Path] = [
        *recipe.options,
        f'-DCSIM_SOURCE="{source_file(graph)}"',
        f"-DCSIM_TOP={top_name(graph)}",
        f"-DCSIM_INPUT_BITS={widths.input}",
        f"-DCSIM_OUTPUT_BITS={widths.output}",
        "-I",
        simulation / recipe.streams,
        "-I",
        project.resolve(),
        "-isystem",
        recipe.integers,
        simulation / "csim.cpp",
        "-o",
        result.resolve(),
    ]
    return recipe.compiler.run(arguments, cwd=result.parent, log=log, timeout_seconds=_TIMEOUT_SECONDS)
