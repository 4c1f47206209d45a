"""Simplifications of bitwise logic and selects."""

from __future__ import annotations

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.fold.wiring import concat_of, fields_of, overlay, runs_of
from asn2fpga.engine.ir.process import Op


def fold_and(builder: Builder, op: Op) -> int | None:
    """AND with zeros, ones, itself, its complement, an OR with one of these, or a mask of few runs."""
    first, second = op.args
    if first == second:
        return first
    for value, mask in ((first, second), (second, first)):
        bits = builder.constant_of(mask)
        if bits == 0:
            return mask
        if bits == (1 << op.width) - 1:
            return value
        if bits is not None:
            runs = runs_of(bits, op.width)
            if len(runs) <= 4:
                return _masked(builder, value, runs, op)
        if builder.ops[mask].kind == "not" and builder.ops[mask].args[0] == value:
            return builder.constant(0, op.width)
        absorbed = _absorb(builder, op, value, mask, "or")
        if absorbed is not None:
            return absorbed
    return None


def _absorb(builder: Builder, op: Op, value: int, other: int, inner: str) -> int | None:
    """a AND (a OR b) is a, a AND (NOT a OR b) is a AND b; likewise with AND and OR exchanged (`inner`)."""
    if builder.ops[other].kind != inner:
        return None
    first, second = builder.ops[other].args
    for part, rest in ((first, second), (second, first)):
        if part == value:
            return value
        if _are_complements(builder, part, value):
            return builder.make(op.kind, value, rest, like=op)
    return None


def _are_complements(builder: Builder, first: int, second: int) -> bool:
    pairs = ((first, second), (second, first))
    return any(builder.ops[a].kind == "not" and builder.ops[a].args[0] == b for a, b in pairs)


def _masked(builder: Builder, value: int, runs: list[tuple[int, int, int]], op: Op) -> int:
    parts = [
        builder.slice(value, low, length) if bit else builder.constant(0, length) for bit, low, length in runs
    ]
    return concat_of(builder, parts, op)


def fold_or(builder: Builder, op: Op) -> int | None:
    """OR with zeros, ones, itself, its complement, an AND with one of these, or a value in other bits."""
    first, second = op.args
    if first == second:
        return first
    for value, other in ((first, second), (second, first)):
        bits = builder.constant_of(other)
        if bits == 0:
            return value
        if bits == (1 << op.width) - 1:
            return other
        if builder.ops[other].kind == "not" and builder.ops[other].args[0] == value:
            return builder.constant(-1, op.width)
        absorbed = _absorb(builder, op, value, other, "and")
        if absorbed is not None:
            return absorbed
    return _disjoint_or(builder, op)


def _disjoint_or(builder: Builder, op: Op) -> int | None:
    """OR of values whose non-zero fields do not overlap is a concatenation."""
    fields = [fields_of(builder, arg) for arg in op.args]
    if all(len(parts) == 1 for parts in fields):
        return None
    merged = overlay(builder, fields[0], fields[1])
    if merged is None:
        return None
    parts = [builder.constant(0, width) if value < 0 else value for value, width in merged]
    return concat_of(builder, parts, op)


def fold_xor(builder: Builder, op: Op) -> int | None:
    """XOR with zeros, ones or itself."""
    first, second = op.args
    if first == second:
        return builder.constant(0, op.width)
    for value, other in ((first, second), (second, first)):
        bits = builder.constant_of(other)
        if bits == 0:
            return value
        if bits == (1 << op.width) - 1:
            return builder.make("not", value, like=op)
    return None


def fold_not(builder: Builder, op: Op) -> int | None:
    """NOT of NOT."""
    inner = builder.ops[op.args[0]]
    return inner.args[0] if inner.kind == "not" else None


def fold_select(builder: Builder, op: Op) -> int | None:
    """A choice that is known, between equals, between constants, or of one bit."""
    condition, yes, no = op.args
    known = builder.constant_of(condition)
    if known is not None:
        return yes if known else no
    if yes == no:
        return yes
    inner = builder.ops[condition]
    if inner.kind == "not":
        return builder.make("select", inner.args[0], no, yes, width=op.width, like=op)
    if op.width == 1:
        return _select_bit(builder, condition, yes, no)
    return _select_or(builder, op) or _select_constants(builder, op)


def _select_or(builder: Builder, op: Op) -> int | None:
    """c ? x | y : x is x | (c ? y : 0), which chains of OR can be balanced from."""
    condition, yes, no = op.args
    inner = builder.ops[yes]
    if inner.kind != "or" or no not in inner.args:
        return None
    other = inner.args[1] if inner.args[0] == no else inner.args[0]
    chosen = builder.make("select", condition, other, builder.constant(0, op.width), width=op.width, like=op)
    return builder.make("or", no, chosen, like=op)


def _select_constants(builder: Builder, op: Op) -> int | None:
    """A choice between two constants is wiring of the condition, if they differ in few places."""
    condition, yes, no = op.args
    if_true, if_false = builder.constant_of(yes), builder.constant_of(no)
    if if_true is None or if_false is None:
        return None
    parts = []
    for differs, low, length in runs_of(if_true ^ if_false, op.width):
        for bit, offset, count in runs_of(if_true >> low & ((1 << length) - 1), length):
            if not differs:
                parts.append(builder.constant(if_true >> (low + offset), count))
            else:
                source = condition if bit else builder.negate(condition)
                parts.append(builder.resize(source, count, signed=True))
    return concat_of(builder, parts, op) if len(parts) <= 5 else None


def _select_bit(builder: Builder, condition: int, yes: int, no: int) -> int | None:
    if builder.constant_of(yes) == 1:
        return builder.make("or", condition, no)
    if builder.constant_of(no) == 0:
        return builder.make("and", condition, yes)
    if builder.constant_of(yes) == 0:
        return builder.make("and", builder.negate(condition), no)
    if builder.constant_of(no) == 1:
        return builder.make("or", builder.negate(condition), yes)
    return None
