"""Arrays that are declared in a loop do not live on from one turn to the next."""

from __future__ import annotations

from pathlib import Path

import pytest

from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.lifetimes import forget_nothing, nothing_at_birth
from asn2fpga.rtl import HlsProject

STRUCTS = """%"struct.a::Sums" = type <{ [2 x %struct.N], i8 }>
%struct.N = type { i16 }
"""
FUNCTION = """define void @f() {{
entry:
  %x = alloca {kind}, align 2
  call void @llvm.lifetime.start.p0(ptr nonnull %x) #7, !dbg !29
  ret void
}}
"""
ROUNDS = """#include <ap_int.h>
#include <hls_stream.h>
static void sums(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<16> >& out) {
  ap_uint<16> sum[4];
  bool fresh = true;
  while (true) {
#pragma HLS PIPELINE
    const ap_uint<8> word = in.read();
    for (int lane = 0; lane < 4; lane++) {
#pragma HLS UNROLL
      sum[lane] = (fresh ? ap_uint<16>(0) : sum[lane]) + word * (lane + 3);
    }
    fresh = word == 1;
    if (word == 0) break;
  }
  out.write(sum[0] ^ sum[1] ^ sum[2] ^ sum[3]);
}
void rounds(hls::stream<ap_uint<8> >& in, hls::stream<ap_uint<16> >& out) {
  for (int round = 0; round < 3; round++) sums(in, out);
}
"""


@pytest.mark.parametrize(
    ("kind", "begins"),
    [
        ('%"struct.a::Sums"', True),
        ("[4 x %struct.N]", True),
        ("%struct.N", False),
        ("i32", False),
        ("[1000 x %struct.N]", False),
        ("[16 x i8]", False),
        ("{ [2 x %struct.N], [9 x i8] }", False),
    ],
)
def test_small_arrays_begin_with_nothing(kind: str, begins: bool) -> None:
    text = STRUCTS + FUNCTION.format(kind=kind)
    born = nothing_at_birth(text)
    assert (f"store {kind} %asn.nothing.0, ptr %x" in born) == begins
    assert (f"declare {kind} @asn.nothing.0()" in born) == begins
    forgotten = forget_nothing(born)
    assert "@asn.nothing" not in forgotten
    assert (f"select i1 true, {kind} undef, {kind} undef" in forgotten) == begins


def test_nothing_is_carried_from_one_turn_of_the_loop_to_the_next(tmp_path: Path) -> None:
    source = tmp_path / "rounds.cpp"
    source.write_text(ROUNDS)
    project = HlsProject(tmp_path, source, (), "rounds", "xc7z020clg400-1", 10.0)
    text = optimise(compile_to_llvm(project, tmp_path / "work"))
    assert text.count("= phi i16 ") == 4, "of the inner loop alone"
