"""Arrays that are declared in a loop do not live on from one turn to the next."""

from __future__ import annotations

import re
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
    ("kind", "parts"),
    [
        ('%"struct.a::Sums"', ["i16 0 0 0 0", "i16 0 0 1 0", "i8 0 1"]),
        ("[3 x %struct.N]", ["i16 0 0 0", "i16 0 1 0", "i16 0 2 0"]),
        ("[2 x [16 x i8]]", ["i128 0 0", "i128 0 1"]),
        ("{ %struct.N, [5 x i8], [9 x i8] }", ["i16 0 0 0", "i72 0 2"]),
        ("%struct.N", []),
        ("i32", []),
        ("[16 x i8]", []),
        ("[1000 x %struct.N]", []),
    ],
)
def test_each_number_of_a_small_variable_begins_with_nothing(kind: str, parts: list[str]) -> None:
    born = nothing_at_birth(STRUCTS + FUNCTION.format(kind=kind))
    assert _parts(born, kind) == parts
    assert len(set(re.findall(r"^declare .+? (@asn.nothing.\d+)", born, re.MULTILINE))) == len(
        {part.split()[0] for part in parts}
    )
    forgotten = forget_nothing(born)
    assert "@asn.nothing" not in forgotten
    assert [f"{kind} undef" in forgotten for kind in ("i16", "i72")] == [
        any(part.startswith(kind) for part in parts) for kind in ("i16", "i72")
    ]


def _parts(text: str, kind: str) -> list[str]:
    """Type and indices of what is stored in x."""
    places = re.findall(
        rf"(%asn.part.\d+) = getelementptr inbounds {re.escape(kind)}, ptr %x((?:, i32 \d+)+)\n"
        r"  (%asn.nothing.\d+) = call (.+?) @.*\n"
        r"  store \4 \3, ptr \1, align 1\n",
        text,
    )
    return [f"{stored}{indices.replace(', i32', '')}" for _, indices, _, stored in places]


def test_nothing_is_carried_from_one_turn_of_the_loop_to_the_next(tmp_path: Path) -> None:
    source = tmp_path / "rounds.cpp"
    source.write_text(ROUNDS)
    project = HlsProject(tmp_path, source, (), "rounds", "xc7z020clg400-1", 10.0)
    text = optimise(compile_to_llvm(project, tmp_path / "work"))
    assert text.count("= phi i16 ") == 4, "of the inner loop alone"
