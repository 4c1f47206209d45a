"""Arrays in banks: each word lies in one bank, and an index finds it there."""

from __future__ import annotations

import math

import pytest

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.fold.rules import fold
from asn2fpga.engine.read.banks import BLOCK, COMPLETE, CYCLIC, Banks, Index, Request
from asn2fpga.engine.read.intervals import Interval

SHAPES = {  # dimensions, requests, banks, words of one
    "cyclic": ((12,), [Request(CYCLIC, 4, 1)], 4, 3),
    "cyclic, with a rest": ((13,), [Request(CYCLIC, 3, 1)], 3, 5),
    "block": ((12,), [Request(BLOCK, 4, 1)], 4, 3),
    "block, with a rest": ((13,), [Request(BLOCK, 4, 1)], 4, 4),
    "more parts than elements": ((3, 4), [Request(CYCLIC, 9, 1)], 3, 4),
    "rows": ((4, 6), [Request(COMPLETE, 0, 1)], 4, 6),
    "columns": ((4, 6), [Request(COMPLETE, 0, 2)], 6, 4),
    "the middle of three": ((3, 8, 5), [Request(CYCLIC, 4, 2)], 4, 30),
    "two dimensions": ((4, 6), [Request(COMPLETE, 0, 2), Request(BLOCK, 2, 1)], 12, 2),
}


def value_of(builder: Builder, value: int, known: dict[int, int]) -> int:
    """What an operation computes if some phis have values."""
    op = builder.ops[value]
    if op.kind == "constant":
        return op.value
    if value in known:
        return known[value]
    args = [value_of(builder, arg, known) for arg in op.args]
    return evaluate(op, args, [builder.width(arg) for arg in op.args])


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize("split", [True, False], ids=["one index a dimension", "one index"])
def test_an_index_finds_the_word_that_was_put_there(name: str, split: bool) -> None:
    counts, requests, number, depth = SHAPES[name]
    total = math.prod(counts)
    banks = Banks(total, [(count, 1) for count in counts], requests)
    assert (banks.count, banks.depth) == (number, depth)
    contents = banks.contents([word + 1 for word in range(total)])
    assert sorted(word for bank in contents for word in bank if word) == list(range(1, total + 1))

    builder = Builder(fold)
    shape = counts if split else (total,)
    phis = [builder.phi(max(1, (count - 1).bit_length())) for count in shape]
    strides = [math.prod(shape[place + 1 :]) for place in range(len(shape))]
    terms = zip(strides, phis, (Interval(0, count - 1) for count in shape), strict=True)
    bank, address = banks.locate(builder, Index(0, tuple(terms)))
    for word in range(total):
        known = {phi: word // stride % count for phi, stride, count in zip(phis, strides, shape, strict=True)}
        place = value_of(builder, bank, known), value_of(builder, address, known)
        assert contents[place[0]][place[1]] == word + 1


def test_a_constant_index_of_the_cut_dimension_tells_the_bank() -> None:
    """A[i][3] of 4 columns, each a bank, is in the last one, whatever i; so is A[i - 1][7]."""
    banks = Banks(24, [(6, 1), (4, 1)], [Request(COMPLETE, 0, 2)])
    for constant in (3, 7, -1):
        builder = Builder(fold)
        row = builder.phi(3)
        bank, _ = banks.locate(builder, Index(constant, ((4, row, Interval(1, 4)),)))
        assert builder.constant_of(bank) == 3
