"""A piece of a word, chosen by a shift: LLVM makes `word >> (c ? 8 : 0)` of `c ? word >> 8 : word`."""

from __future__ import annotations

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.process import Op


def fold_piece(builder: Builder, op: Op, shift: Op) -> int | None:
    """A slice of a word that is shifted right by one of several constants: a choice of slices, not a shifter.

    Only where all the slices together are no wider than the word: then each bit has its place in one choice.
    """
    word, amount = shift.args
    pieces = _constants(builder, amount)
    if pieces < 2 or pieces * op.width > shift.width:
        return None
    return _chosen(builder, op, word, amount)


def _constants(builder: Builder, amount: int) -> int:
    """How many constants a value is chosen from; 0 if it may be something else."""
    op = builder.ops[amount]
    if op.kind == "constant":
        return 1
    if op.kind == "zext":
        return _constants(builder, op.args[0])
    if op.kind != "select":
        return 0
    first, second = (_constants(builder, arg) for arg in op.args[1:])
    return first + second if first and second else 0


def _chosen(builder: Builder, op: Op, word: int, amount: int) -> int:
    choice = builder.ops[amount]
    if choice.kind == "zext":
        return _chosen(builder, op, word, choice.args[0])
    if choice.kind == "select":
        condition, yes, no = choice.args
        first, second = (_chosen(builder, op, word, arg) for arg in (yes, no))
        return builder.make("select", condition, first, second, width=op.width, like=op)
    low = choice.value + op.value
    width = builder.width(word)
    if low >= width:
        return builder.constant(0, op.width)
    piece = builder.slice(word, low, min(op.width, width - low), op)
    return builder.resize(piece, op.width, like=op)
