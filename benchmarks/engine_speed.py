"""CPU seconds of every step of the embedded engine against the size of what it compiles.

    python benchmarks/engine_speed.py [lanes] [unrolled] [rom] [objects] [processes] [--sizes N ...]

For each kind of size a table: a row per step, a column per size, and the growth between the two largest sizes
as an exponent: 1.00 is linear, 2.00 quadratic. Steps under 0.05 s at the largest size are left out.

Measured on 2026-11-29, Python 3.11, llvmlite 0.50; CPU seconds, before -> after what these tables led to:

    lanes 128 and 256       LLVM's passes 1.00, 1.66; narrow 0.20, 0.39; all after parsing 1.09, 1.33
                            (256 lanes were refused before)
    unrolled 4,000, 8,000   LLVM's passes 0.48, 2.36; all after parsing 3.55, 7.80
    rom 1 and 8 Mbit        clang 0.12, 0.30; LLVM's passes 0.09, 0.53; parse 0.01, 0.10;
                            all after it 0.05, 0.32
    objects 1 and 8 Mbit    clang 0.60, 3.45; LLVM's passes 0.25, 2.15; parse 0.32, 2.43 -> 0.06, 0.43;
                            all after it 0.13, 0.92
    processes 16 and 32     all after parsing 0.15, 0.31

Above linear: LLVM's unroller from some 4,000 turns of a loop on (exponent 2.3). Tables of objects cost clang
a constructor for each word.
"""

from __future__ import annotations

import argparse
import math
import os
import random
import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from dense_graphs import dense_graph  # noqa: E402  (found through the line above)

from asn2fpga.codegen.project import generate, source_file, top_name  # noqa: E402
from asn2fpga.engine import compile as engine  # noqa: E402
from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise  # noqa: E402
from asn2fpga.engine.clang.locations import Locations  # noqa: E402
from asn2fpga.engine.clang.parse import parse_module  # noqa: E402
from asn2fpga.engine.ir.process import Process  # noqa: E402
from asn2fpga.engine.passes.pipeline import passes  # noqa: E402
from asn2fpga.engine.read.process import read_process  # noqa: E402
from asn2fpga.engine.read.top import find_calls, find_top  # noqa: E402
from asn2fpga.engine.schedule.scheduler import schedule_process  # noqa: E402
from asn2fpga.engine.target.delays import delay_model  # noqa: E402
from asn2fpga.engine.verilog.process import emit_process  # noqa: E402
from asn2fpga.passes.lanes import with_lanes  # noqa: E402
from asn2fpga.rtl import HlsProject  # noqa: E402
from asn2fpga.toolchain.cache import VARIABLE  # noqa: E402
from asn2fpga.toolchain.plan import BuildPlan  # noqa: E402

PART, CLOCK_NS = "xc7z020clg400-1", 10.0
SHORTEST = 0.05  # seconds: below, a step says nothing about growth
HEAD = """#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>
typedef hls::stream<ap_uint<32> > S;
"""
Seconds = dict[str, float]


# ---- what is compiled ----------------------------------------------------------------------------------


def lanes(size: int, folder: Path) -> tuple[Path, str]:
    """A dense network of 256 x 256 weights with so many lanes."""
    graph = with_lanes(dense_graph(256, 256, 10), {"fc1": size, "fc2": 2})
    BuildPlan(generate(graph, "0" * 64, "0")).write(folder)
    return folder / source_file(graph), top_name(graph)


def unrolled(size: int, folder: Path) -> tuple[Path, str]:
    """A loop whose body adds so many words, each XORed with a constant of its own."""
    body = (
        "  for (int turn = 0; turn < 100; turn++) {\n    HLS_PIPELINE(1)\n"
        "    const ap_uint<32> x = in.read();\n    ap_uint<32> sum = 0;\n"
        f"    HLS_UNROLL_BEFORE\n    for (int i = 0; i < {size}; i++) {{\n      HLS_UNROLL_INSIDE\n"
        "      sum += x ^ ap_uint<32>(i * 40503u + 1);\n    }\n    out.write(sum);\n  }\n"
    )
    return _written(folder, f"void top(S& in, S& out) {{\n{body}}}\n")


def rom(size: int, folder: Path) -> tuple[Path, str]:
    """A table of so many bits, in integers of 64 bits as generated C++ has them."""
    return _table("unsigned long long", 64, size, folder)


def objects(size: int, folder: Path) -> tuple[Path, str]:
    """The same in objects of 32 bits, each of which clang constructs."""
    return _table("ap_uint<32>", 32, size, folder)


def _table(type_: str, bits: int, size: int, folder: Path) -> tuple[Path, str]:
    rng = random.Random(size)
    words = ", ".join(f"{rng.getrandbits(bits)}ull" for _ in range(size // bits))
    body = (
        f"  static const {type_} table[{size // bits}] = {{{words}}};\n"
        "  out.write(ap_uint<32>(table[in.read()]));\n"
    )
    return _written(folder, f"void top(S& in, S& out) {{\n{body}}}\n")


def processes(size: int, folder: Path) -> tuple[Path, str]:
    """A chain of so many processes, each with a loop and a memory."""
    lines, streams = [], ["in", *(f"s{number}" for number in range(size - 1)), "out"]
    for number in range(size):
        lines.append(
            f"HLS_PROCESS void p{number}(S& a, S& b) {{\n  static ap_uint<32> kept[64];\n"
            "  for (int i = 0; i < 64; i++) {\n    HLS_PIPELINE(1)\n    const ap_uint<32> x = a.read();\n"
            f"    b.write(kept[i] * {number + 3} + x);\n    kept[i] = x;\n  }}\n}}"
        )
    lines.append("void top(S& in, S& out) {\n  HLS_DATAFLOW")
    lines += [f"  HLS_STREAM(S, {name}, 4)" for name in streams[1:-1]]
    lines += [f"  p{number}({streams[number]}, {streams[number + 1]});" for number in range(size)]
    return _written(folder, "\n".join([*lines, "}\n"]))


def _written(folder: Path, text: str) -> tuple[Path, str]:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "speed.cpp").write_text(HEAD + text)
    return folder / "speed.cpp", "top"


CASES: dict[str, tuple[Callable[[int, Path], tuple[Path, str]], tuple[int, ...]]] = {
    "lanes": (lanes, (8, 16, 32, 64, 128, 256)),
    "unrolled": (unrolled, (1_000, 10_000, 30_000)),
    "rom": (rom, (10_000, 100_000, 1_000_000, 8_000_000)),
    "objects": (objects, (10_000, 100_000, 1_000_000, 8_000_000)),
    "processes": (processes, (1, 4, 16, 32)),
}


# ---- measuring -----------------------------------------------------------------------------------------


@contextmanager
def timed(seconds: Seconds, step: str) -> Iterator[None]:
    """Add the CPU seconds of the block, those of the programs that it starts included."""
    start = _cpu_seconds()
    yield
    seconds[step] = seconds.get(step, 0.0) + _cpu_seconds() - start


def _cpu_seconds() -> float:
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def measure(source: Path, top: str, folder: Path) -> Seconds:
    """CPU seconds by step."""
    seconds: Seconds = {}
    project = HlsProject(source.parent, source, (), top, PART, CLOCK_NS)
    with timed(seconds, "clang"):
        text = compile_to_llvm(project, folder / "work")
    with timed(seconds, "LLVM's passes"):
        text = optimise(text)
    with timed(seconds, "parse"):
        module = parse_module(text)
    with timed(seconds, "read"):
        locations = Locations(module)
        function = find_top(module, top)
        calls = {call.function.name: call.function for call in find_calls(module, function, locations)}
        read = [read_process(module, each, locations, endless=True) for each in calls.values()]
    for process in read:
        measure_process(process, seconds)
    start = _cpu_seconds()
    engine.synthesise_module(module, top, delay_model(PART, CLOCK_NS), folder / "rtl")
    seconds["all after parsing"] = _cpu_seconds() - start
    return seconds


def measure_process(process: Process, seconds: Seconds) -> None:
    """Passes, schedule and Verilog of a process."""
    delays = delay_model(PART, CLOCK_NS)
    for step in passes(delays):
        with timed(seconds, step.__name__):
            process = step(process)
    with timed(seconds, "schedule"):
        schedules = schedule_process(process, delays)
    with timed(seconds, "emit"):
        emit_process(process, schedules)


def exponent(sizes: tuple[int, ...], seconds: list[float]) -> float:
    """Of the power law through the two largest sizes."""
    return math.log(max(seconds[-1], 1e-6) / max(seconds[-2], 1e-6)) / math.log(sizes[-1] / sizes[-2])


def print_table(name: str, sizes: tuple[int, ...], columns: list[Seconds]) -> None:
    """A row per step."""
    print(f"\n{name:18}" + "".join(f"{size:>11,}" for size in sizes) + "   growth")
    for step in columns[-1]:
        row = [column.get(step, 0.0) for column in columns]
        if row[-1] >= SHORTEST:
            print(f"{step:18}" + "".join(f"{each:11.2f}" for each in row) + f"{exponent(sizes, row):9.2f}")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory so far: {peak:.0f} MB", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("cases", nargs="*", metavar="CASE", help=", ".join(CASES))
    parser.add_argument("--sizes", type=int, nargs="+", help="other sizes, smallest first")
    options = parser.parse_args()
    for name in options.cases or CASES:
        write, sizes = CASES[name]
        sizes = tuple(options.sizes or sizes)
        columns = []
        for size in sizes:
            with tempfile.TemporaryDirectory() as folder:
                os.environ[VARIABLE] = folder  # nothing is known from before
                source, top = write(size, Path(folder) / "hls")
                columns.append(measure(source, top, Path(folder)))
        print_table(name, sizes, columns)


if __name__ == "__main__":
    main()
