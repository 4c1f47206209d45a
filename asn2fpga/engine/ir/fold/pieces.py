"""A piece of a word, chosen by a shift: LLVM makes `word >> (c ? 8 : 0)` of `c ? word >> 8 : word`."""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.process import Op


@dataclass(frozen=True)
class _Choice:
    """Numbers that a value may be: of those of two trees, chosen by a condition."""

    condition: int
    yes: _Tree
    no: _Tree


_Tree = int | _Choice


def fold_piece(builder: Builder, op: Op, shift: Op) -> int | None:
    """A slice of a word that is shifted right by one of several constants: a choice of slices, not a shifter.

    Only where all the slices together are no wider than the word: then each bit has its place in one choice.
    """
    word, amount = shift.args
    tree = _tree(builder, amount)
    if not isinstance(tree, _Choice) or _leaves(tree) * op.width > shift.width:
        return None
    return _chosen(builder, op, word, tree)


def _tree(builder: Builder, amount: int) -> _Tree | None:
    """The constants that a value is chosen from; None if it may be something else."""
    op = builder.ops[amount]
    if op.kind == "constant":
        return op.value
    if op.kind == "zext":
        return _tree(builder, op.args[0])
    if op.kind != "select":
        return _wired(builder, op.args if op.kind == "concat" else (amount,))
    yes, no = (_tree(builder, arg) for arg in op.args[1:])
    return None if yes is None or no is None else _Choice(op.args[0], yes, no)


def _wired(builder: Builder, parts: tuple[int, ...]) -> _Choice | None:
    """Of the wiring that a choice between two constants has become: constants, and copies of one bit."""
    condition, yes, no, low = None, 0, 0, 0
    for part in parts:
        op, ones = builder.ops[part], (1 << builder.width(part)) - 1
        if op.kind == "constant":
            if_true = if_false = op.value
        else:
            bit = op.args[0] if op.kind == "sext" else part
            if builder.width(bit) != 1:
                return None
            inverted = builder.ops[bit].kind == "not"
            source = builder.ops[bit].args[0] if inverted else bit
            if condition not in (None, source):
                return None
            condition = source
            if_true, if_false = (0, ones) if inverted else (ones, 0)
        yes, no, low = yes | if_true << low, no | if_false << low, low + builder.width(part)
    return None if condition is None else _Choice(condition, yes, no)


def _leaves(tree: _Tree) -> int:
    return _leaves(tree.yes) + _leaves(tree.no) if isinstance(tree, _Choice) else 1


def _chosen(builder: Builder, op: Op, word: int, tree: _Tree) -> int:
    if isinstance(tree, _Choice):
        yes, no = (_chosen(builder, op, word, part) for part in (tree.yes, tree.no))
        return builder.make("select", tree.condition, yes, no, width=op.width, like=op)
    low = tree + op.value
    width = builder.width(word)
    if low >= width:
        return builder.constant(0, op.width)
    piece = builder.slice(word, low, min(op.width, width - low), op)
    return builder.resize(piece, op.width, like=op)
