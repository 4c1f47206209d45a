"""Designs of map kernels: their C++, run natively and as RTL of the engine."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random

from asn2fpga.engine.compile import compile_project
from asn2fpga.resources import hardware_dir
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.compiler import bundled_clang
from benchmarks.hls.simulation import Design as Module
from benchmarks.hls.simulation import Run, simulate
from benchmarks.hls.suite import Kernel, Stream, Words

PART, CLOCK_NS = "xc7z020clg400-1", 10.0
TIMEOUT_SECONDS = 600.0
# As C simulation compiles with the engine's integers, warnings included, but quickly.
OPTIONS = (
    "-std=c++20",
    "-O1",
    "-Wall",
    "-Wextra",
    "-Werror",
    "-Wno-uninitialized",
    "-Wno-c++26-extensions",
    "-fno-exceptions",
    "-fno-rtti",
    "-fno-threadsafe-statics",
    "-DASN_NATIVE_SIMULATION",
)
HEADERS = (
    "engine.h",
    *(
        f"maps/{name}.h"
        for name in (
            "add_maps",
            "expand",
            "gather",
            "load_map",
            "map_events",
            "pool",
            "shared_pool",
            "window",
        )
    ),
)


@dataclass(frozen=True)
class Fifo:
    """A stream between processes."""

    name: str
    c_type: str  # of the stream
    depth: int = 2


@dataclass(frozen=True)
class Port:
    """A stream of the top function, its words per inference, or 0 words for an output."""

    name: str
    c_type: str
    bits: int


@dataclass(frozen=True)
class Process:
    """A process: the kernel it calls, its streams, and the arguments if they are more than these."""

    name: str
    kernel: str
    streams: tuple[str, ...]
    arguments: str = ""
    locals: str = ""  # what the arguments need beside streams


@dataclass(frozen=True)
class Design:
    """A top function; all names of its C++ begin with its own."""

    name: str
    configs: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    fifos: tuple[Fifo, ...]
    processes: tuple[Process, ...]
    words: Mapping[str, Sequence[int]]  # of the inputs, all inferences
    inferences: int

    def text(self) -> str:
        """Configs, processes and the top function."""
        types = {stream.name: stream.c_type for stream in (*self.inputs, *self.outputs, *self.fifos)}
        lines = ["using namespace asn;", self.configs]
        for process_ in self.processes:
            parameters = ", ".join(f"{types[stream]}& {stream}" for stream in process_.streams)
            arguments = process_.arguments or ", ".join(process_.streams)
            lines.append(f"HLS_PROCESS void {self.name}_{process_.name}({parameters}) {{")
            lines.append(f"  {process_.locals}{process_.kernel}({arguments});\n}}")
        ports = ", ".join(f"{port.c_type}& {port.name}" for port in (*self.inputs, *self.outputs))
        lines += [f"void {self.name}({ports}) {{", "  HLS_DATAFLOW"]
        lines += [f"  HLS_STREAM({fifo.c_type}, {fifo.name}, {fifo.depth})" for fifo in self.fifos]
        lines += [f"  {self.name}_{each.name}({', '.join(each.streams)});" for each in self.processes]
        return "\n".join([*lines, "}", ""])

    def kernel(self) -> Kernel:
        """As the benchmarks' simulation knows it."""
        inputs, outputs = (
            [Stream(port.name, port.bits) for port in ports] for ports in (self.inputs, self.outputs)
        )
        words = {name: list(words) for name, words in self.words.items()}
        return _FixedKernel(
            self.name,
            self.name,
            tuple(inputs),
            tuple(outputs),
            self.inferences,
            functools.partial(_same, words),
            lambda *_: 0,
            "",
            (),
        )


class _FixedKernel(Kernel):
    __hash__ = object.__hash__


def _same(words: Words, _random: Random, _calls: int) -> Words:
    return words


def source_text(designs: Sequence[Design]) -> str:
    """One C++ source with all designs."""
    includes = [f'#include "{header}"' for header in HEADERS]
    return "\n".join([*includes, *(design.text() for design in designs)])


def run_native(designs: Sequence[Design], work: Path) -> dict[str, Words]:
    """The words of each design's outputs; fails if a process reads an empty stream, or leaves input."""
    work.mkdir(parents=True, exist_ok=True)
    for design in designs:
        for port in design.inputs:
            lines = "".join(f"{word:x}\n" for word in design.words[port.name])
            (work / f"{design.name}_{port.name}.hex").write_text(lines)
    source = work / "native.cpp"
    source.write_text("\n".join([source_text(designs), '#include "map_main.h"', *_main(designs)]))
    hardware = hardware_dir()
    folders = (hardware / "sim" / "csim" / "native", hardware / "hls", Path(__file__).parent)
    includes = [*(f"-I{folder}" for folder in folders), "-isystem", hardware / "hls" / "llvm"]
    compiler = bundled_clang()
    arguments = [*OPTIONS, *includes, source, "-o", work / "native"]
    compiler.run(arguments, cwd=work, log=work / "native.build.log", timeout_seconds=TIMEOUT_SECONDS)
    process.run([work / "native"], cwd=work, log=work / "native.log", timeout_seconds=TIMEOUT_SECONDS)
    found = {design.name: {port.name: list[int]() for port in design.outputs} for design in designs}
    for line in (work / "native.log").read_text().splitlines():
        name, stream, word = line.split()
        found[name][stream].append(int(word, 16))
    return found


def _main(designs: Sequence[Design]) -> list[str]:
    lines = ["int main() {"]
    for design in designs:
        ports = [*design.inputs, *design.outputs]
        lines += ["  {", *(f'    static {port.c_type} {port.name}("{port.name}");' for port in ports)]
        lines += [
            f'    asn_sim::load({port.name}, "{design.name}_{port.name}.hex");' for port in design.inputs
        ]
        arguments = ", ".join(port.name for port in ports)
        lines.append(f"    for (int i = 0; i < {design.inferences}; i++)")
        lines.append(f'      asn_sim::run("{design.name}", [] {{ {design.name}({arguments}); }});')
        for ports_, call in ((design.outputs, "show"), (design.inputs, "expect_empty")):
            lines += [f'    asn_sim::{call}({port.name}, "{design.name}", "{port.name}");' for port in ports_]
        lines.append("  }")
    return [*lines, "  return 0;", "}", ""]


def synthesise(design: Design, work: Path) -> RtlDesign:
    """RTL of a design by the engine."""
    work.mkdir(parents=True, exist_ok=True)
    source = work / f"{design.name}.cpp"
    source.write_text(source_text([design]))
    return compile_project(HlsProject(work, source, (), design.name, PART, CLOCK_NS), work / "rtl")


def run_rtl(
    designs: Sequence[Design], rtl: Mapping[str, RtlDesign], expected: Mapping[str, Words], work: Path
) -> dict[bool, list[Run]]:
    """What the RTL sends, without stalls (False) and with random ones (True)."""
    modules = [
        Module(design.kernel(), design.name, rtl[design.name].verilog, rtl[design.name].memory_files)
        for design in designs
    ]
    calls = {design.name: design.inferences for design in designs}
    return simulate(modules, calls, expected, work)


def cycles_of(number: int, port: str, work: Path) -> list[int]:
    """The cycle in which each word of an output left, without stalls."""
    lines = [line.split() for line in (work / "run0.log").read_text().splitlines()]
    return [int(line[3]) for line in lines if line[:2] == [f"u{number}", port] and line[2] != "begins"]
