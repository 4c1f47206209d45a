"""Initiation intervals and what limits them; how memories are built; determinism."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.engine.compile import compile_project
from asn2fpga.rtl import HlsProject, HlsReport, RtlDesign

HEAD = '#include "engine.h"\n#include <ap_int.h>\n#include <hls_stream.h>\n'
STREAMS = "hls::stream<ap_uint<32> >& in, hls::stream<ap_uint<32> >& out"
LOOPS = {
    "a stream to a stream": (
        "for (int i = 0; i < 9; i++) { HLS_PIPELINE(1) out.write(in.read() * 3); }",
        (1, ""),
    ),
    "two reads of one stream": (
        "for (int i = 0; i < 9; i++) { HLS_PIPELINE(1) out.write(in.read() ^ (in.read() << 1)); }",
        (2, "the accesses of stream in in one iteration (work.cpp:5)"),
    ),
    "one of two writes": (
        "for (int i = 0; i < 9; i++) { HLS_PIPELINE(1) const ap_uint<32> w = in.read();\n"
        "if (w[3]) out.write(w * 3); else out.write(w >> 2); }",
        (1, ""),
    ),
    "one of three writes, or the end": (
        "while (true) { HLS_PIPELINE(1) const ap_uint<32> w = in.read();\n"
        "if (w[3]) { out.write(w * 3); if (w[4]) break; continue; }\n"
        "if (w[5]) { out.write(7); continue; } out.write(w >> 2); }",
        (1, ""),
    ),
    "one of several reads": (
        "ap_uint<32> w = 0; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "switch (int(w & 3)) { case 0: w = in.read() + 1; break; case 1: w = in.read() ^ 5; break;\n"
        "default: w = w >> 1; } out.write(w); }",
        (1, ""),
    ),
    "a write between the reads": (
        "ap_uint<32> w = 0; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "if (w[0]) w = in.read(); out.write(w); if (!w[0]) w ^= in.read(); }",
        (2, "the accesses of stream in in one iteration (work.cpp:6)"),
    ),
    "one of two stores": (
        "static ap_uint<32> a[256]; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "const ap_uint<32> w = in.read(); if (w[9]) a[ap_uint<8>(w)] = 1; else a[ap_uint<8>(w >> 8)] = w; }\n"
        "out.write(a[4]);",
        (1, ""),
    ),
    "two words of a wide array": (
        "static ap_uint<32> a[256]; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "const ap_uint<32> w = in.read(); out.write(a[ap_uint<8>(w)] ^ a[ap_uint<8>(w >> 8)]); a[i] = w; }",
        (2, "the accesses of a in one iteration (work.cpp:6)"),
    ),
    "a histogram": (
        "static ap_uint<32> a[256]; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "const ap_uint<8> w = in.read(); a[w] = a[w] + 1; out.write(w); }\nout.write(a[3]);",
        (2, "a is read 1 iteration(s) after it is written (work.cpp:6)"),
    ),
    "a histogram with bypass": (
        "static ap_uint<32> a[256]; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1) HLS_BYPASS(a)\n"
        "const ap_uint<8> w = in.read(); a[w] = a[w] + 1; out.write(w); }\nout.write(a[3]);",
        (1, ""),
    ),
    "a bypass does not hurry two products": (
        "static ap_uint<32> a[256]; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1) HLS_BYPASS(a)\n"
        "const ap_uint<8> w = in.read(); a[w] = ap_uint<32>(a[w] * w) * 77777; out.write(w); }\n"
        "out.write(a[3]);",
        (3, "a is read 1 iteration(s) after it is written (work.cpp:6)"),
    ),
    "four accesses of a small array": (
        "static ap_uint<32> a[8]; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "const ap_uint<32> w = in.read(); out.write(a[ap_uint<3>(w)] ^ a[ap_uint<3>(w >> 8)]);\n"
        "a[ap_uint<3>(w >> 3)] = w; a[ap_uint<3>(w >> 5)] = ~w; }",
        (1, ""),
    ),
    "two words of a partitioned array": (
        "static ap_uint<32> a[256]; HLS_PARTITION(a) for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "const ap_uint<32> w = in.read(); out.write(a[ap_uint<8>(w)] ^ a[ap_uint<8>(w >> 8)]); a[i] = w; }",
        (1, ""),
    ),
    "two words of a table": (
        "static const unsigned short t[300] = {1, 2, 3}; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "const ap_uint<32> w = in.read(); out.write(t[ap_uint<8>(w)] ^ t[ap_uint<8>(w >> 8)]); }",
        (1, ""),
    ),
    "three words of a table": (
        "static const unsigned short t[300] = {1, 2, 3}; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "const ap_uint<32> w = in.read();\n"
        "out.write(t[ap_uint<8>(w)] ^ t[ap_uint<8>(w >> 8)] ^ t[ap_uint<8>(w >> 9)]); }",
        (2, "the accesses of t in one iteration (work.cpp:7)"),
    ),
    "a ring": (
        "static ap_uint<32> a[256]; ap_uint<8> w = 0; for (int i = 0; i < 99; i++) { HLS_PIPELINE(1)\n"
        "HLS_DEPENDENCE_DISTANCE(a, 30) a[w] = a[w] + in.read(); w = w == 29 ? 0 : int(w) + 1; }\n"
        "out.write(a[3]);",
        (1, ""),
    ),
    "a read after a late write": (
        "ap_uint<32> s = 1; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "out.write(ap_uint<32>(s * s) * 77777); s = in.read(); }",
        (3, "in follows out (work.cpp:6)"),
    ),
    "a sum of many terms and the last sum": (
        "ap_uint<32> sum = 0; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "const ap_uint<32> w = in.read();\nHLS_UNROLL_BEFORE\n"
        "for (int k = 0; k < 15; k++) { HLS_UNROLL_INSIDE\n"
        "sum += ap_uint<32>(w.range(16 + k, k)); } }\nout.write(sum);",
        (1, ""),
    ),
    "a product of the last product": (
        "ap_uint<32> p = 1; for (int i = 0; i < 9; i++) { HLS_PIPELINE(1)\n"
        "const ap_uint<32> w = in.read(); p = ap_uint<32>(ap_uint<32>(p * w) ^ w) * 77777; }\nout.write(p);",
        (3, "the value of p from the last iteration: mul, add, add, xor, mul (work.cpp:6)"),
    ),
}


def synthesise(body: str, work: Path) -> RtlDesign:
    source = work / "work.cpp"
    top = f"void top({STREAMS}) {{\n  HLS_DATAFLOW\n  work(in, out);\n}}\n"
    source.write_text(f"{HEAD}HLS_PROCESS void work({STREAMS}) {{\n{body}\n}}\n{top}")
    return compile_project(HlsProject(work, source, (), "top", "xc7z020clg400-1", 10.0), work / "out")


@pytest.mark.parametrize("name", LOOPS)
def test_interval_and_what_limits_it(name: str, tmp_path: Path) -> None:
    body, expected = LOOPS[name]
    (loop,) = synthesise(body, tmp_path).report.loops
    assert (loop.initiation_interval, loop.limited_by) == expected


def memories(report: HlsReport) -> list[tuple[str, str, str, int, int]]:
    return [(each.name, each.kind, each.style, each.depth, each.width_bits) for each in report.memories]


def test_arrays_are_split_where_indices_are_constant(tmp_path: Path) -> None:
    body = """
  static const unsigned char slices[2][256] = {{1, 2, 3}, {4, 5, 6}};
  static ap_uint<20> banks[2][128];
  static ap_uint<9> few[3];
  const ap_uint<32> w = in.read();
  banks[0][ap_uint<7>(w)] = w;
  banks[1][ap_uint<7>(w >> 7)] = w >> 3;
  few[0] = few[1] + few[0] + slices[0][ap_uint<8>(w)];
  few[1] = few[0] ^ slices[1][ap_uint<8>(w)];
  out.write(banks[0][ap_uint<7>(w >> 9)] + banks[1][ap_uint<7>(w)] + few[0]);"""
    assert memories(synthesise(body, tmp_path).report) == [
        ("work.banks_0", "ram", "block", 128, 20),
        ("work.banks_1", "ram", "block", 128, 20),
        ("work.few_0", "register", "register", 1, 9),
        ("work.few_1", "register", "register", 1, 9),
        ("work.slices", "rom", "block", 256, 5),  # both slices are read at one address: one wide ROM
    ]


def test_the_report_says_which_memories_have_a_bypass(tmp_path: Path) -> None:
    report = synthesise(LOOPS["a histogram with bypass"][0], tmp_path).report
    assert [(each.name, each.style, each.ports) for each in report.memories] == [
        ("work.a", "block", "read, write, bypass")
    ]


def test_the_port_that_writes_reads_in_a_loop_without_stores(tmp_path: Path) -> None:
    body = """
  static ap_uint<32> a[256];
  for (int i = 0; i < 256; i++) { HLS_PIPELINE(1) a[i] = in.read(); }
  for (int i = 0; i < 99; i++) {
    HLS_PIPELINE(1)
    const ap_uint<32> w = in.read();
    out.write(a[ap_uint<8>(w)] + a[ap_uint<8>(w >> 8)]);
  }"""
    report = synthesise(body, tmp_path).report
    assert [loop.initiation_interval for loop in report.loops] == [1, 1]
    assert [each.ports for each in report.memories] == ["read, read or write"]


def test_the_same_source_gives_the_same_bytes(tmp_path: Path) -> None:
    body = LOOPS["a histogram"][0]
    texts = []
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
        texts.append([path.read_text() for path in synthesise(body, tmp_path / name).verilog])
    assert texts[0] == texts[1]


def test_what_does_not_fit_the_clock_is_said(tmp_path: Path) -> None:
    body = """  const ap_uint<32> w = in.read();
  const ap_uint<100> a = ap_uint<100>(w) << 68, b = ap_uint<100>(in.read()) * w;
  out.write(a / (b | 1));"""
    assert synthesise(body, tmp_path).report.warnings == (
        "work.cpp:7: udiv of 100 bits takes 445.0 ns, between two registers there are 9.1 ns; "
        "use fewer bits or a slower clock",
        "top: the estimated critical path must be at most the clock period of 10 ns, not 446.1 ns; "
        "use a slower clock",
    )


def test_a_nest_is_one_loop_in_the_report(tmp_path: Path) -> None:
    body = "for (int y = 0; y < 5; y++) for (int x = 0; x < 8; x++) { HLS_PIPELINE(1) out.write(in.read()); }"
    (loop,) = synthesise(body, tmp_path).report.loops
    assert (loop.flattened, loop.initiation_interval, loop.depth) == (True, 1, 1)
