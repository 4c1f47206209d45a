"""`#pragma HLS` in the spelling of Vitis: what stands in its place, what is warned of, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.engine.clang.pragma_words import UNUSED, USED
from asn2fpga.engine.clang.pragmas import read_pragma, translate
from asn2fpga.engine.clang.preprocess import Preprocessed
from asn2fpga.engine.compile import compile_project
from asn2fpga.errors import HlsError
from asn2fpga.rtl import HlsProject, HlsReport

HEAD = "#include <ap_int.h>\n#include <hls_stream.h>\ntypedef hls::stream<ap_uint<8> > S;\n"

TRANSLATED = {  # what follows `#pragma HLS` -> C++ in its place
    "PIPELINE": "asn_pipeline(1);",
    "pipeline ii = 3 rewind": "asn_pipeline(3);",
    "UNROLL": "asn_unroll(-1);",
    "UNROLL factor=4": "asn_unroll(4);",
    "UNROLL off": "asn_unroll(0);",
    "ARRAY_PARTITION variable=a": "asn_array_partition(&a[0], 0, 0, 1);",
    "ARRAY_PARTITION variable=a cyclic factor=2 dim=3": "asn_array_partition(&a[0], 1, 2, 3);",
    "ARRAY_PARTITION variable=a type=block factor=N dim=0": "asn_array_partition(&a[0], 2, N, 0);",
    "ARRAY_RESHAPE variable=a block factor=2 dim=2": "asn_array_partition(&a[0], 2, 2, 2);",
    "LOOP_TRIPCOUNT min=1 max=N": "asn_trip_count(1, N);",
    "LOOP_TRIPCOUNT avg=5": "asn_trip_count(5, 5);",
    "DATAFLOW": "asn_dataflow();",
    "STREAM variable=s depth=16": "asn_stream_depth(&s, 16);",
    "BIND_STORAGE variable=r type=rom_1p impl=LUTRAM": "asn_rom_lut(&r[0]);",
    "BIND_STORAGE variable=m type=ram_s2p impl=uram": "asn_ram_ultra(&m[0]);",
    "DEPENDENCE variable=m inter false": "asn_dependence_distance(&m[0], 1048576);",
    "DEPENDENCE variable=m type=inter direction=RAW distance=4 true": "asn_dependence_distance(&m[0], 4);",
    "INTERFACE axis port=in": "(void)(in);",
    "INTERFACE ap_none port=n": "(void)(n);",
    "INTERFACE mode=ap_ctrl_hs port=return": "asn_control_handshake();",
    "INTERFACE ap_ctrl_none port=return": "",
    "INLINE": "",
}
HAS_NO_EFFECT = {  # what follows `#pragma HLS` -> the warning after `k.cpp:7: #pragma HLS `
    "PIPELINE off": "PIPELINE off has no effect: every innermost loop is pipelined",
    "PIPELINE style=frp": "PIPELINE: 'style' has no effect",
    "UNROLL skip_exit_check": "UNROLL: 'skip_exit_check' has no effect",
    "STREAM variable=s": "STREAM without depth= has no effect",
    "BIND_STORAGE variable=a type=ram_2p impl=bram": "BIND_STORAGE of a has no effect: the size of an array "
    "says "
    "what it is made of; only type=rom_... impl=lutram and type=ram_... impl=uram are asked for",
    "DEPENDENCE variable=a intra false": "DEPENDENCE has no effect: only type=inter of one variable, read "
    "after it "
    "was written, is asked for",
    "INLINE off": "INLINE off has no effect: functions are inlined unless they are processes",
    "LOOP_TRIPCOUNT min=1": "LOOP_TRIPCOUNT without max= or avg= has no effect",
    "ARRAY_RESHAPE variable=a object": "ARRAY_RESHAPE: 'object' has no effect",
    "INTERFACE s_axilite port=return": "INTERFACE mode=s_axilite port=return has no effect: the design runs "
    "by "
    "itself; ap_ctrl_hs makes ap_start, ap_done, ap_ready and ap_idle",
    "INTERFACE axis port=x register_mode=both": "INTERFACE: 'register_mode' has no effect",
    "LATENCY max=3": "LATENCY has no effect",
}
REFUSED = {  # what follows `#pragma HLS` -> the message after `k.cpp:7: #pragma HLS `
    "PIPELIN": "PIPELIN: there is no such directive",
    "UNROLL faktor=2": "UNROLL: there is no 'faktor=2' in it; known are factor=, off, region, "
    "skip_exit_check",
    "ARRAY_PARTITION variable=a round factor=2": "ARRAY_PARTITION: there is no 'round' in it; known are "
    "dim=, "
    "factor=, type=, variable=, block, complete, cyclic, off",
    "ARRAY_PARTITION complete": "ARRAY_PARTITION: variable= is missing",
    "ARRAY_PARTITION variable=a cyclic": "ARRAY_PARTITION: factor= is missing",
    "ARRAY_PARTITION variable=a type=odd": "ARRAY_PARTITION: type must be complete, cyclic or block, not "
    "'odd'",
    "INTERFACE m_axi port=p": "INTERFACE mode=m_axi: memory ports are not built; send the words of p through "
    "a hls::stream",
    "INTERFACE s_axilite port=n": "INTERFACE mode=s_axilite: registers are not built; pass n by value "
    "(mode=ap_none) and drive it from registers",
    "INTERFACE mode=ap_vld port=n": "INTERFACE mode=ap_vld: a value has no handshake; pass n by value "
    "(mode=ap_none), or through a hls::stream",
}


@pytest.mark.parametrize("text", TRANSLATED)
def test_a_directive_becomes_calls_of_markers(text: str) -> None:
    translation = translate(read_pragma(f"#pragma HLS {text}", "k.cpp:7"))
    assert (translation.code, translation.warnings) == (TRANSLATED[text], ())


@pytest.mark.parametrize("text", HAS_NO_EFFECT)
def test_what_has_no_effect_is_a_warning(text: str) -> None:
    translation = translate(read_pragma(f"#pragma HLS {text}", "k.cpp:7"))
    assert translation.warnings == (f"k.cpp:7: #pragma HLS {HAS_NO_EFFECT[text]}",)


@pytest.mark.parametrize("text", REFUSED)
def test_what_vitis_does_not_know_is_refused(text: str) -> None:
    with pytest.raises(HlsError) as caught:
        translate(read_pragma(f"#pragma HLS {text}", "k.cpp:7"))
    assert str(caught.value) == f"k.cpp:7: #pragma HLS {REFUSED[text]}"


def test_no_directive_is_both_used_and_unused() -> None:
    assert not UNUSED & USED.keys()


def test_lines_keep_their_numbers_and_macros_are_read() -> None:
    lines = [
        '# 4 "dir/k.h"',
        "#define N (2 * M)",
        "#define M 3",
        "void f() {",
        "#pragma HLS PIPELINE II=N",
        "}",
    ]
    found = Preprocessed("\n".join(lines))
    assert found.text.split("\n") == [lines[0], "", "", lines[3], "asn_pipeline((2*3));", "}"]
    assert found.pragmas == {"k.h:7": "#pragma HLS PIPELINE"}


def test_a_directive_takes_no_statements_place() -> None:
    with pytest.raises(HlsError) as caught:
        Preprocessed('# 1 "k.cpp"\nvoid f() { for (;;)\n#pragma HLS UNROLL\n  g(); }')
    assert str(caught.value) == (
        "k.cpp:2: #pragma HLS UNROLL stands between a statement and its body; put the body in braces, and "
        "the "
        "directive in it"
    )


def report_of(code: str, work: Path) -> HlsReport:
    (work / "k.cpp").write_text(HEAD + code)
    project = HlsProject(work, work / "k.cpp", (), "top", "xc7z020clg400-1", 10.0)
    return compile_project(project, work / "out").report


PRODUCT = """void top(S& a, S& b, hls::stream<ap_uint<20> >& c) {
  ap_uint<8> A[8][8], B[8][8];
#pragma HLS ARRAY_PARTITION variable=A complete dim=2
#pragma HLS ARRAY_PARTITION variable=B complete dim=1
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) {
      A[i][j] = a.read();
      B[i][j] = b.read();
    }
  for (int i = 0; i < 8; i++)
    for (int j = 0; j < 8; j++) {
#pragma HLS PIPELINE II=1
      ap_uint<20> sum = 0;
      for (int k = 0; k < 8; k++) sum += A[i][k] * B[k][j];
      c.write(sum);
    }
}
"""


def test_a_matrix_product_reads_a_row_and_a_column_each_cycle(tmp_path: Path) -> None:
    report = report_of(PRODUCT, tmp_path)
    assert [loop.initiation_interval for loop in report.loops] == [1, 1]
    banks = [f"top_body.{array}_{bank}" for array in "AB" for bank in range(8)]
    assert [(memory.name, memory.depth) for memory in report.memories] == [(bank, 8) for bank in banks]


def test_a_loop_whose_turns_are_not_known_is_not_pipelined(tmp_path: Path) -> None:
    code = """void top(S& in, S& out) {
  for (int i = 0; i < 8; i++) {
#pragma HLS PIPELINE
    const ap_uint<8> n = in.read();
    for (int k = 0; k < n; k++) out.write(k);
  }
}
"""
    assert report_of(code, tmp_path).warnings == (
        "k.cpp:8: the number of turns of this loop is not a constant, so the loop or function around it is "
        "not "
        "pipelined; only this loop is",
    )


def test_the_innermost_pipelined_loop_counts(tmp_path: Path) -> None:
    code = """void top(S& in, S& out) {
  for (int i = 0; i < 8; i++) {
#pragma HLS PIPELINE II=4
    for (int k = 0; k < 3; k++) {
#pragma HLS PIPELINE II=2
      out.write(in.read() + k);
    }
  }
}
"""
    report = report_of(code, tmp_path)
    assert [loop.initiation_interval for loop in report.loops] == [2]
    assert report.warnings == ("k.cpp:6: PIPELINE has no effect, because a loop within says it, too",)


def test_warnings_are_part_of_the_report(tmp_path: Path) -> None:
    code = """void top(S& in, S& out) {
#pragma HLS LATENCY max=3
#pragma HLS UNROLL
  out.write(in.read());
}
"""
    assert report_of(code, tmp_path).warnings == (
        "k.cpp:5: #pragma HLS LATENCY has no effect",
        "k.cpp:6: UNROLL stands in no loop and has no effect; put it in the loop's body",
    )
