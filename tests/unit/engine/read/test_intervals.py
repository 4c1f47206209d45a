"""Between which integers LLVM's values lie: counters, masks and the tests that lead to a block."""

from __future__ import annotations

import pytest

from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.clang.syntax import IntType, Local, Typed
from asn2fpga.engine.read.intervals import Interval, Intervals

LOOP = """
define void @f(i32 %w) {{
entry:
  br label %head
head:
  %i = phi i32 [ {start}, %entry ], [ %next, %body ]
  %go = icmp {test}
  br i1 %go, label %body, label %end
body:
  %wide = sext i32 %i to i64
  %next = add i32 %i, {step}
  br label %head
end:
  ret void
}}
"""
STRAIGHT = """
define void @f(i32 %w, i1 %c) {{
entry:
  {before}
  br i1 %test, label %yes, label %no
yes:
  ret void
no:
  ret void
}}
"""


def interval(text: str, name: str, width: int, block: str) -> Interval:
    function = parse_module(text).functions["f"]
    return Intervals(function).of(Typed(IntType(width), Local(name)), block)


@pytest.mark.parametrize(
    "start, test, step, low, high",
    [
        (0, "ult i32 %i, 8", 1, 0, 7),
        (-4, "slt i32 %i, 0", 1, -4, -1),
        (-4, "ne i32 %i, 0", 1, -4, -1),
        (7, "sgt i32 %i, -1", -1, 0, 7),
        (9, "ne i32 %i, 2", -1, 3, 9),
        (0, "ult i32 %i, 7", 3, 0, 6),
        (4, "sle i32 %i, 9", 2, 4, 9),
        (0, "slt i32 %i, %w", 1, -(1 << 31), (1 << 31) - 1),  # an end that is not known
        (0, "ne i32 %i, 9", 2, -(1 << 31), (1 << 31) - 1),  # jumps over it
        (0, "ugt i32 %i, 3", -1, -(1 << 31), (1 << 31) - 1),  # takes no step
    ],
)
def test_counters(start: int, test: str, step: int, low: int, high: int) -> None:
    text = LOOP.format(start=start, test=test, step=step)
    found = interval(text, "wide", 64, "body")
    assert found == Interval(low, high)


@pytest.mark.parametrize(
    "before, block, low, high",
    [
        ("%x = and i32 %w, 12\n  %test = icmp ult i32 %x, 9", "yes", 0, 8),
        ("%x = and i32 %w, 12\n  %test = icmp ult i32 %x, 9", "no", 9, 12),
        ("%x = lshr i32 %w, 28\n  %test = icmp eq i32 %x, 5", "yes", 5, 5),
        ("%x = urem i32 %w, 5\n  %m = add i32 %x, -3\n  %test = icmp ult i32 %m, 2", "yes", 3, 4),
        ("%y = urem i32 %w, 5\n  %x = shl i32 %y, 2\n  %test = icmp eq i32 %w, 0", "no", 0, 16),
        ("%x = select i1 %c, i32 3, i32 7\n  %test = icmp ne i32 %x, 7", "yes", 3, 6),
        ("%y = urem i32 %w, 5\n  %x = sub i32 2, %y\n  %test = icmp slt i32 %x, 0", "yes", -2, -1),
    ],
)
def test_operations_and_tests(before: str, block: str, low: int, high: int) -> None:
    assert interval(STRAIGHT.format(before=before), "x", 32, block) == Interval(low, high)
