"""Nests become one loop whose last iteration does something: results equal, iterations counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from fuzz.interpret import interpret

from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.ir.process import NOTHING, Process
from asn2fpga.engine.passes.flatten import flatten
from asn2fpga.engine.passes.look_ahead import look_ahead
from asn2fpga.engine.passes.narrow import narrow
from asn2fpga.engine.passes.pipeline import simplify
from asn2fpga.engine.passes.thread_exits import thread_exits
from asn2fpga.engine.read.process import read_process
from asn2fpga.engine.read.top import find_calls, find_top
from asn2fpga.engine.target.delays import delay_model
from asn2fpga.rtl import HlsProject

DELAYS = delay_model("xc7z020clg400-1", 10.0)
HEAD = '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\n'
STREAMS = "hls::stream<ap_uint<16> >& in, hls::stream<ap_uint<32> >& out"
WORDS = [(7 * number * number + 3) % 65536 for number in range(400)]
NESTS = {  # name -> (C++, loops left, of them flattened, iterations for WORDS until the input ends)
    "one loop": ("for (int x = 0; x < 9; x++) out.write(in.read() + x);", 1, 0, 400),
    "a nest": (
        "for (int y = 0; y < 5; y++) for (int x = 0; x < 8; x++) out.write(in.read() * y + x);",
        1, 1, 400,
    ),
    "sums of rows": (
        "for (int y = 0; y < 5; y++) { ap_uint<32> s = y; for (int x = 0; x < 8; x++) s += in.read() * x;\n"
        "out.write(s); }", 1, 1, 400,
    ),
    "three deep": (
        "for (int z = 0; z < 5; z++) for (int y = 0; y < 4; y++) for (int x = 0; x < 5; x++)\n"
        "out.write(in.read() + x * y + z);", 1, 1, 400,
    ),
    "a triangle": (
        "for (int y = 0; y < 5; y++) for (int x = 0; x < y; x++) out.write(in.read() * y + x);", 1, 1, 441,
    ),
    "bounds from the stream": (
        "const int h = in.read() & 3, w = in.read() & 3; for (int y = 0; y < h; y++)\n"
        "for (int x = 0; x < w; x++) out.write(in.read() + y * x); out.write(5);", 1, 1, 0,
    ),
    "a read for every row": (
        "for (int y = 0; y < 5; y++) { const ap_uint<16> r = in.read();\n"
        "for (int x = 0; x < 7; x++) out.write(in.read() + r * x); }", 1, 1, 0,
    ),
    "an early end": (
        "for (int y = 0; y < 5; y++) for (int x = 0; x < 8; x++) { const ap_uint<16> w = in.read();\n"
        "if (w[4]) break; out.write(w + x + y); }", 1, 1, 0,
    ),
    "two loops in a loop": (
        "for (int y = 0; y < 5; y++) { for (int x = 0; x < 3; x++) out.write(in.read() + y);\n"
        "for (int x = 0; x < 5; x++) out.write(in.read() * x); }", 2, 0, 400,
    ),
    "an array": (
        "static ap_uint<32> a[64]; for (int y = 0; y < 8; y++) for (int x = 0; x < 8; x++)\n"
        "{ a[y * 8 + x] = a[x * 8 + y] + in.read(); out.write(a[x]); }", 1, 1, 400,
    ),
}  # fmt: skip


def read(body: str, work: Path) -> Process:
    """The process of a body, ready for passes on its loops."""
    source = work / "work.cpp"
    top = f"void top({STREAMS}) {{\n  HLS_DATAFLOW\n  work(in, out);\n}}\n"
    source.write_text(f"{HEAD}HLS_PROCESS void work({STREAMS}) {{\n{body}\n}}\n{top}")
    module = parse_module(optimise(compile_to_llvm(HlsProject(work, source, (), "top", "", 10.0), work)))
    locations = Locations(module)
    (call,) = find_calls(module, find_top(module, "top"), locations)
    return thread_exits(narrow(read_process(module, call.function, locations, endless=True)))


@pytest.mark.parametrize("name", NESTS)
def test_a_nest_becomes_one_loop(name: str, tmp_path: Path) -> None:
    body, loops, flattened, iterations = NESTS[name]
    process = read(body, tmp_path)
    expected = interpret(process, {"in": WORDS})
    simplified = simplify(process, DELAYS)
    assert interpret(simplified, {"in": WORDS}) == expected
    left = [region for region in simplified.regions if region.is_loop]
    assert (len(left), sum(region.flattened for region in left)) == (loops, flattened)
    assert 0 < iterations_of(simplified) <= (iterations or iterations_of(process))


def iterations_of(process: Process) -> int:
    """Times that loop bodies run until the input ends: each counts itself in a memory of the interpreter."""
    counted: dict[str, int] = {}
    interpret(process, {"in": WORDS}, counted)
    return sum(counted.get(region.name, 0) for region in process.regions if region.is_loop)


def test_either_transformation_alone_keeps_results(tmp_path: Path) -> None:
    for number, (body, *_) in enumerate(NESTS.values()):
        work = tmp_path / str(number)
        work.mkdir()
        process = read(body, work)
        expected = interpret(process, {"in": WORDS})
        for name in [region.name for region in process.regions if region.is_loop]:
            for change in (look_ahead, flatten):
                changed = change(process, name)
                assert changed is None or interpret(changed, {"in": WORDS}) == expected


def test_promised_distances_hold_within_one_run_of_a_loop(tmp_path: Path) -> None:
    body = """static ap_uint<32> a[64];
for (int y = 0; y < 8; y++) for (int x = 0; x < 8; x++) { HLS_DEPENDENCE_DISTANCE(a, 8)
a[x] = a[x] + in.read(); out.write(a[x]); }"""
    process = read(body, tmp_path)
    (loop,) = [region for region in process.regions if region.is_loop]
    assert flatten(process, loop.name) is None


def test_a_loop_that_waits_for_its_input_is_left_as_it_is(tmp_path: Path) -> None:
    """The test at the head needs the next word: it cannot be made one iteration ahead."""
    process = read("while (in.read() != 3) out.write(1);", tmp_path)
    (loop,) = [region for region in process.regions if region.is_loop]
    assert all(exit_.condition != NOTHING for exit_ in loop.exits)
    assert look_ahead(process, loop.name) is None
