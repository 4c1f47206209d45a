"""Loops of thousands of turns: what two steps of unrolling leave is what one step leaves."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from asn2fpga.engine.clang import long_loops
from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise
from asn2fpga.engine.clang.long_loops import copies, in_two_steps
from asn2fpga.rtl import HlsProject

HEAD = """#include "engine.h"
#include <ap_int.h>
#include <hls_stream.h>
typedef hls::stream<ap_uint<32> > S;
"""
LOOP = """define void @f() {
entry:
  br label %%loop
loop:
  %%i = phi i32 [ 0, %%entry ], [ %%next, %%loop ]
  %%next = add i32 %%i, 1
  %%more = icmp samesign ult i32 %%next, %d
  br i1 %%more, label %%loop, label %%end, !llvm.loop !0
end:
  ret void
}
!0 = distinct !{!0, !1}
!1 = !{!"llvm.loop.unroll.full"}
"""
_NAME = re.compile(r"%[\w.]+")


def llvm_of(body: str, folder: Path) -> str:
    source = folder / "long.cpp"
    source.write_text(f"{HEAD}void top(S& in, S& out) {{\n{body}}}\n")
    return compile_to_llvm(HlsProject(folder, source, (), "top", "xc7z020clg400-1", 10.0), folder / "llvm")


def sums(turns: int) -> str:
    """A loop of so many turns within a pipelined one; the last turn but 9 leaves it by `break`."""
    return (
        "  for (int turn = 0; turn < 3; turn++) {\n    HLS_PIPELINE(1)\n    ap_uint<32> sum = in.read();\n"
        f"    for (int i = 0; i < {turns}; i++) {{\n      HLS_UNROLL_INSIDE\n"
        f"      if (i == {turns - 9}) break;\n      sum = (sum ^ (i * 40503u + 1)) * 3u;\n    }}\n"
        "    out.write(sum);\n  }\n"
    )


def operations(text: str) -> list[str]:
    """Operations with their constants; names aside."""
    found = re.findall(r"^\s+(?:%[\w.]+ = )?(\w+) ([^!\n]*)", text, re.MULTILINE)
    return [f"{word} {_NAME.sub('%', rest)}" for word, rest in found]


@pytest.mark.parametrize("turns", [600, 1009])
def test_two_steps_leave_what_one_leaves(turns: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = llvm_of(sums(turns), tmp_path)
    in_two = optimise(text)
    monkeypatch.setattr(long_loops, "FEWEST_TURNS", 10**9)
    assert operations(in_two) == operations(optimise(text))
    assert len(re.findall(r"= xor ", in_two)) == turns - 9


def test_order_of_stream_accesses(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = (
        "  ap_uint<32> last = 7;\n  for (int i = 0; i < 12; i++) {\n    HLS_UNROLL_INSIDE\n"
        "    if (i % 3) last = last + in.read();\n    else out.write(last + i);\n  }\n"
    )
    text = llvm_of(body, tmp_path)
    found = []
    for fewest in (4, 10**9):
        monkeypatch.setattr(long_loops, "FEWEST_TURNS", fewest)
        found.append(operations(optimise(text)))
    assert found[0] == found[1]


@pytest.mark.parametrize(("fewer", "steps"), [(0, 2), (1, 1)])
def test_loops_of_how_many_turns_are_unrolled_in_two_steps(fewer: int, steps: int) -> None:
    text = in_two_steps(LOOP % (long_loops.FEWEST_TURNS - fewer))
    assert text.count("llvm.loop.unroll.count") == text.count("followup_unrolled") == steps - 1


def test_copies_divide_the_turns_where_a_divisor_is_near_the_root() -> None:
    assert [copies(turns) for turns in (600, 1009, 1024, 100_000)] == [24, 31, 32, 250]
