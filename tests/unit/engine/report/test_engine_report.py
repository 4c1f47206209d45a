"""What the report says of loops, processes, operators, memories and the critical path."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest
from needs import need

from asn2fpga.engine.compile import compile_project
from asn2fpga.engine.report.listing import format_report
from asn2fpga.rtl import HlsProject, LoopReport, RtlDesign
from asn2fpga.toolchain import process

HEAD = (
    '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\n'
    "typedef hls::stream<ap_uint<32> > S;\n"
)
TURNS = {  # body -> iterations, least, most, cycles
    "one loop": ("for (int i = 0; i < 64; i++) out.write(in.read());", ("64", 64, 64, "64")),
    "down by three": ("for (ap_uint<8> i = 100; i > 9; i -= 3) out.write(in.read());", ("31", 31, 31, "31")),
    "a nest": (
        "for (int y = 0; y < 5; y++) for (int x = 0; x < 8; x++) out.write(in.read() * y + x);",
        ("40", 40, 40, "41"),
    ),
    "a triangle": (
        "for (int y = 1; y < 6; y++) for (int x = 0; x < y; x++) out.write(in.read() + x);",
        ("15", 15, 15, "15"),
    ),
    "a million": (
        "ap_uint<32> s = 0; for (int i = 0; i < 1000000; i++) s += in.read();\nout.write(s);",
        ("1000000", 1000000, 1000000, "1000000"),
    ),
    "a billion by seven": (
        "ap_uint<32> s = 0; for (int i = 3; i < 1000000000; i += 7) s += in.read();\nout.write(s);",
        ("142857143", 142857143, 142857143, "142857143"),
    ),
    "a way out": (
        "ap_uint<32> s = 0; for (int i = 0; i < 9; i++) { s += in.read(); if (s[7]) break; }\nout.write(s);",
        ("1 to 9", 1, 9, "1 to 9"),
    ),
    "until a word": (
        "ap_uint<32> w = 0; do { w = in.read(); out.write(w); } while (!w[0]);",
        ("data dependent", 1, None, "1 + (n - 1)"),
    ),
    "as many as a word says": (
        "const ap_uint<6> n = in.read(); ap_uint<32> s = 0; for (int i = 0; i < n; i++) s += in.read();\n"
        "out.write(s);",
        ("data dependent", 1, None, "1 + (n - 1)"),
    ),
    "every second cycle": (
        "static ap_uint<32> a[256]; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "const ap_uint<8> w = in.read(); a[w] = a[w] + 1; out.write(w); }\nout.write(a[3]);",
        ("9", 9, 9, "18"),
    ),
    "every second cycle, until a word": (
        "static ap_uint<32> a[256]; ap_uint<8> w; do { HLS_PIPELINE(1)\n"
        "w = in.read(); a[w] = a[w] + 1; out.write(w); } while (!w[0]);\nout.write(a[3]);",
        ("data dependent", 1, None, "2 + 2 * (n - 1)"),
    ),
}


def compiled(body: str, tmp_path: Path, clock_ns: float = 10.0) -> RtlDesign:
    (tmp_path / "work.cpp").write_text(f"{HEAD}void top(S& in, S& out) {{\n{body}\n}}\n")
    return compile_project(
        HlsProject(tmp_path, tmp_path / "work.cpp", (), "top", "xc7z020clg400-1", clock_ns), tmp_path / "rtl"
    )


@pytest.mark.parametrize("case", TURNS)
def test_iterations_and_cycles_of_a_loop(case: str, tmp_path: Path) -> None:
    body, expected = TURNS[case]
    (loop,) = compiled(body, tmp_path).report.loops
    assert (loop.trip_count, loop.min_trips, loop.max_trips, loop.latency) == expected


SAID = {  # body -> iterations of the last loop of the source, its cycles
    "a nest after a loop of any turns": (
        "for (int i = 0; i < w; i++) out.write(i);\n"
        "for (int y = 0; y < 8; y++) { ap_uint<32> s = 0; for (int x = 0; x < 8; x++) s += in.read();\n"
        "out.write(s); }",
        ("64", 64, 64, "64"),
    ),
    "two of three loops after a choice": (
        "if (w == 3) out.write(9);\n"
        "for (int z = 0; z < 3; z++) for (int y = 0; y < 8; y++) for (int x = 0; x < 5; x++)\n"
        "{ a[x] += in.read(); out.write(y); }",
        ("40", 40, 40, "40"),
    ),
    "turns that are said": (
        "for (int i = 0; i < w; i++) {\n#pragma HLS LOOP_TRIPCOUNT min=2 max=15\nout.write(i); }",
        ("2 to 15", 2, 15, "2 to 15"),
    ),
    "said of a loop that tests at its end": (
        "do {\n#pragma HLS LOOP_TRIPCOUNT avg=7\nout.write(3); } while (in.read() != 3);",
        ("7", 7, 7, "7"),
    ),
    "said of four copies": (
        "for (int i = 0; i < w; i++) {\n#pragma HLS LOOP_TRIPCOUNT max=15\n#pragma HLS UNROLL factor=4\n"
        "a[i] = 0; }\nout.write(a[w]);",
        ("1 to 4", 1, 4, "1 to 4"),
    ),
    "said of both loops of a nest": (
        "for (int y = 0; y < h; y++) {\n#pragma HLS LOOP_TRIPCOUNT min=2 max=15\nap_uint<32> s = 0;\n"
        "for (int x = 0; x < w; x++) {\n#pragma HLS LOOP_TRIPCOUNT min=1 max=12\ns += in.read(); }\n"
        "out.write(s); }",
        ("2 to 180", 2, 180, "2 to 180"),
    ),
    "said of the inner loop": (
        "for (int y = 0; y < 8; y++) {\nap_uint<32> s = 0;\n"
        "for (int x = 0; x < w; x++) {\n#pragma HLS LOOP_TRIPCOUNT min=1 max=12\ns += in.read(); }\n"
        "out.write(s); }",
        ("8 to 96", 8, 96, "8 to 96"),
    ),
    "said of the outer loop": (
        "for (int y = 0; y < w; y++) {\n#pragma HLS LOOP_TRIPCOUNT min=1 max=12\nap_uint<32> s = 0;\n"
        "for (int x = 0; x < 9; x++) s += in.read();\nout.write(s); }",
        ("9 to 108", 9, 108, "9 to 108"),
    ),
    "said where it is known": (
        "for (int i = 0; i < 6; i++) {\n#pragma HLS LOOP_TRIPCOUNT max=50\nout.write(w); }",
        ("6", 6, 6, "6"),
    ),
}


@pytest.mark.parametrize("case", SAID)
def test_iterations_after_what_depends_on_data(case: str, tmp_path: Path) -> None:
    body, expected = SAID[case]
    head = "static ap_uint<32> a[16]; const ap_uint<4> w = in.read(), h = in.read();\n"
    loops = compiled(head + body, tmp_path).report.loops
    loop = max(loops, key=lambda loop: int(loop.location.partition(":")[2]))
    assert (loop.trip_count, loop.min_trips, loop.max_trips, loop.latency) == expected


RUNS = {  # one word out in a run
    "a loop": (
        "ap_uint<32> s = 0; for (int i = 0; i < 20; i++) { HLS_PIPELINE(1) s += in.read(); }\nout.write(s);"
    ),
    "two loops": (
        "static ap_uint<32> a[100]; for (int i = 0; i < 100; i++) { HLS_PIPELINE(1) a[i] = in.read(); }\n"
        "ap_uint<32> s = 0; for (int i = 0; i < 50; i++) { HLS_PIPELINE(1) s ^= a[2 * i] * 7; }\n"
        "out.write(s);"
    ),
    "every third cycle": (
        "ap_uint<32> p = 1; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "p = ap_uint<32>(ap_uint<32>(p * in.read()) ^ p) * 77777; }\nout.write(p);"
    ),
    "no loop": "out.write(in.read() / 3);",
}


@pytest.mark.parametrize("case", RUNS)
def test_cycles_of_a_run_are_those_of_the_rtl(case: str, tmp_path: Path) -> None:
    need("iverilog")
    design = compiled(RUNS[case], tmp_path)
    (run,) = design.report.processes
    files = [*design.verilog, Path(__file__).with_name("runs.sv")]
    iverilog, vvp = (process.find_program(name, f"ASN2FPGA_{name.upper()}") for name in ("iverilog", "vvp"))
    command = [iverilog, "-g2012", "-s", "runs", "-o", tmp_path / "simulation", *files]
    process.run(command, cwd=tmp_path, log=tmp_path / "build.log", timeout_seconds=60)
    process.run(
        [vvp, tmp_path / "simulation"], cwd=design.directory, log=tmp_path / "run.log", timeout_seconds=60
    )
    lines = (tmp_path / "run.log").read_text().splitlines()
    cycles = [int(line.split()[1]) for line in lines if line.startswith("out ")]
    assert len(cycles) > 2
    assert {later - earlier for earlier, later in pairwise(cycles)} == {run.min_cycles} == {run.max_cycles}


def test_a_run_with_a_choice_is_a_range(tmp_path: Path) -> None:
    body = (
        "const ap_uint<32> w = in.read();\nif (w[0]) {\n"
        "  for (int i = 0; i < 40; i++) { HLS_PIPELINE(1) out.write(in.read()); }\n}\nout.write(w);"
    )
    (run,) = compiled(body, tmp_path).report.processes
    assert (run.latency, run.max_cycles and run.max_cycles - run.min_cycles) == (
        f"{run.min_cycles} to {run.max_cycles}", 40,
    )  # fmt: skip


def test_a_run_whose_length_is_in_the_data(tmp_path: Path) -> None:
    (run,) = compiled(TURNS["until a word"][0], tmp_path).report.processes
    assert (run.latency, run.max_cycles) == (f"{run.min_cycles} or more", None)


LIMITS = {
    "a stream twice": (
        "out.write(in.read() ^ (in.read() << 1));",
        "the accesses of stream in in one iteration (work.cpp:8)",
        "access in once in an iteration: a struct or a wider word holds what goes together",
    ),
    "an array twice": (
        "const ap_uint<32> w = in.read();\nout.write(a[ap_uint<8>(w)] ^ a[ap_uint<8>(w >> 8)]); a[i] = w;",
        "the accesses of a in one iteration (work.cpp:9)",
        "make registers of a small array by HLS_PARTITION(a), put words that go together into one wider "
        "word, or use two arrays",
    ),
    "a word used again": (
        "const ap_uint<8> w = in.read();\na[w] = a[w] + 1; out.write(w);",
        "a is read 1 iteration(s) after it is written (work.cpp:9)",
        "shorten what leads from the word read of a to the word written, say HLS_BYPASS(a) if any word may "
        "follow any other, or HLS_DEPENDENCE_DISTANCE(a, N) if a word comes back after N iterations at "
        "the earliest",
    ),
    "a word used again with bypass": (
        "HLS_BYPASS(a) const ap_uint<8> w = in.read();\na[w] = ap_uint<32>(a[w] * w) * 77777; out.write(w);",
        "a is read 1 iteration(s) after it is written (work.cpp:9)",
        "shorten what leads from the word read of a to the word written",
    ),
    "a variable": (
        "const ap_uint<32> w = in.read();\np = ap_uint<32>(ap_uint<32>(p * w) ^ w) * 77777; out.write(p);",
        "the value of p from the last iteration: mul, add, add, xor, mul (work.cpp:9)",
        "shorten what leads from one iteration's value to the next one's: fewer bits, several partial sums "
        "that are added after the loop, or work that does not need the value before it",
    ),
    "a read after a late write": (
        "out.write(ap_uint<32>(p * p) * 77777);\np = in.read();",
        "in follows out (work.cpp:8, work.cpp:9)",
        "read in before you write out, unless one word is an answer to the other",
    ),
}


@pytest.mark.parametrize("case", LIMITS)
def test_what_limits_a_loop_and_what_to_write_instead(case: str, tmp_path: Path) -> None:
    body, reason, advice = LIMITS[case]
    design = compiled(
        "static ap_uint<32> a[256]; ap_uint<32> p = 1;\n"
        f"for (int i = 0; i < 30; i++) {{ HLS_PIPELINE(1)\n{body}\n}}\nout.write(a[3]);",
        tmp_path,
    )
    (loop,) = design.report.loops
    assert (loop.limited_by, loop.advice, loop.asked_interval) == (reason, advice, 1)
    assert loop.initiation_interval > 1
    line = f"{loop.location}: II = {loop.initiation_interval}, limited by {reason}\n  instead: {advice}\n"
    assert line in format_report(design.report, 10.0)


def test_the_end_of_a_loop_may_limit_it(tmp_path: Path) -> None:
    body = (
        "ap_uint<32> w = 1;\nwhile (true) { HLS_PIPELINE(1)\nw = in.read(); out.write(w);\n"
        "if (ap_uint<32>(ap_uint<32>(w * w) * w) == 77) break; }"
    )
    (loop,) = compiled(body, tmp_path).report.loops
    assert loop.advice == "let the end of the loop depend on less, or on what is known one iteration before"
    assert loop.limited_by.startswith("the exit condition is known too late")


MIXED = """static const ap_uint<9> rom[600] = {1, 2, 3};
static ap_uint<16> ram[40];
for (int i = 0; i < 100; i++) {
  HLS_PIPELINE(1)
  const ap_uint<32> w = in.read();
  const ap_uint<16> a = w, b = w >> 16;
  const ap_uint<16> q = a / ap_uint<8>(b | 1);
  ram[w & 31] = q;
  out.write(a * b + rom[w % 600] + (a < b ? ram[w & 31] : q));
}"""


def test_operators_and_memories(tmp_path: Path) -> None:
    report = compiled(MIXED, tmp_path, 20.0).report
    multipliers = [op for op in report.operators if op.kind == "multiplier"]
    assert [(op.shape, op.made_of, op.dsp, op.count) for op in multipliers if op.width_bits == 32] == [
        ("16 x 16", "DSP", 1, 1)
    ]
    assert {op.kind for op in report.operators} >= {"adder", "subtractor", "comparator", "multiplexer"}
    memories = {memory.name: (memory.bits, memory.capacity_bits) for memory in report.memories}
    assert (memories["top_body.ram"], memories["top_body.q"]) == ((640, 1024), (16, 16))
    (rom,) = (memory for memory in report.memories if memory.kind == "rom")
    assert rom.bits == rom.depth * rom.width_bits <= rom.capacity_bits


def test_the_critical_path_has_its_operations_and_lines(tmp_path: Path) -> None:
    report = compiled(MIXED, tmp_path).report
    path = report.critical_path
    assert path[-1].operation in ("register", "handshake") and path[-1].at_ns == report.critical_path_ns
    assert [step.at_ns for step in path] == sorted(step.at_ns for step in path)
    assert all(step.location.startswith("work.cpp:") for step in path[:-1]) and len(path) > 1
    assert f"{path[-1].at_ns:6.2f} ns  to the {path[-1].operation}\n" in format_report(report, 10.0) + "\n"


def test_names_of_any_length_leave_the_tables_readable() -> None:
    from asn2fpga.rtl import HlsReport

    loop = LoopReport("p" * 3000, "work.cpp:1", True, 1, 1)
    text = format_report(HlsReport("llvm", (loop,)), 10.0)
    assert max(map(len, text.splitlines())) < 160
