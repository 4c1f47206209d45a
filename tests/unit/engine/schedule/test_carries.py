"""Sums of sums in one stage: the second chain starts with the low bits of the first."""

from __future__ import annotations

import pytest

from asn2fpga.engine.ir.process import Op, Process, Region
from asn2fpga.engine.schedule.carries import leads
from asn2fpga.engine.schedule.operators import find_operators
from asn2fpga.engine.schedule.placement import Placement
from asn2fpga.engine.target.delays import delay_model

DELAYS = delay_model("xc7z020clg400-1", 20.0)
FIGURES = DELAYS.figures


def process_of(*ops: Op) -> tuple[Process, Region]:
    phis = tuple(op.id for op in ops if op.kind == "phi")
    block = Region("block", False, phis, tuple(op.id for op in ops if op.kind != "phi"), ())
    return Process("work", (), (), {op.id: op for op in ops}, (block,)), block


WORDS = (Op(0, "phi", 32), Op(1, "phi", 32))
SUM = Op(2, "add", 32, (0, 1))


def after_the_sum(*ops: Op) -> float:
    """Time from the sum's high bits to the last operation's."""
    process, region = process_of(*WORDS, SUM, *ops)
    placement = Placement(process, region, DELAYS, find_operators(process, region, DELAYS))
    return placement.time[ops[-1].id] - placement.time[2]


def test_the_way_along_the_chain_counts_once() -> None:
    again = after_the_sum(Op(3, "add", 32, (2, 0)))
    assert again == pytest.approx(FIGURES.lut + FIGURES.carry)


def test_through_wiring_that_keeps_the_low_bits() -> None:
    ops = (Op(3, "zext", 40, (2,)), Op(4, "zext", 40, (0,)), Op(5, "sub", 40, (3, 4)))
    assert after_the_sum(*ops) == pytest.approx(FIGURES.lut + FIGURES.carry + 8 * FIGURES.carry_per_bit)


def test_the_high_bits_of_a_sum_are_late() -> None:
    ops = (Op(3, "slice", 16, (2,), value=16), Op(4, "slice", 16, (0,)), Op(5, "add", 16, (3, 4)))
    assert after_the_sum(*ops) == pytest.approx(DELAYS.sum_of(16))


def test_a_sum_that_comes_both_ways_is_late() -> None:
    ops = (Op(3, "slice", 16, (2,), value=16), Op(4, "slice", 16, (2,)), Op(5, "add", 16, (3, 4)))
    assert after_the_sum(*ops) == pytest.approx(DELAYS.sum_of(16))


def test_only_sums_and_comparisons_have_chains() -> None:
    process, _ = process_of(*WORDS, SUM, Op(3, "mul", 32, (2, 0)))
    assert leads(process, process.ops[3], (0, 2), 0.03) == ()
    assert leads(process, Op(4, "ult", 1, (2, 0)), (0, 2), 0.03) == pytest.approx((0.0, 32 * 0.03))


def test_a_comparison_of_single_bits_is_a_table_and_has_no_chain() -> None:
    ops = (Op(3, "slice", 1, (2,)), Op(4, "slice", 1, (0,)), Op(5, "ult", 1, (3, 4)))
    assert after_the_sum(*ops) == pytest.approx(FIGURES.lut)
