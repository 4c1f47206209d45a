"""Simplifications of wiring: slices, concatenations, extensions, constant shifts; bit fields of values."""

from __future__ import annotations

from bisect import bisect_left, bisect_right

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.fold.pieces import fold_piece
from asn2fpga.engine.ir.process import Op

Field = tuple[int, int]  # value (or -1 for zeros), width


def fold_slice(builder: Builder, op: Op) -> int | None:
    """A slice of a slice, an extension or a concatenation reads their sources, one of a shift its word."""
    (source,) = op.args
    inner = builder.ops[source]
    low, width = op.value, op.width
    if low == 0 and width == inner.width:
        return source
    if inner.kind == "slice":
        return builder.slice(inner.args[0], inner.value + low, width, op)
    if inner.kind in ("zext", "sext"):
        return _slice_extension(builder, op, inner)
    if inner.kind == "concat":
        return _slice_concat(builder, op, inner)
    return fold_piece(builder, op, inner) if inner.kind == "lshr" else None


def _slice_extension(builder: Builder, op: Op, inner: Op) -> int | None:
    (source,) = inner.args
    have, low, high = builder.width(source), op.value, op.value + op.width
    if high <= have:
        return builder.slice(source, low, op.width, op)
    if low < have:
        return builder.make(inner.kind, builder.slice(source, low, have - low), width=op.width, like=op)
    if inner.kind == "zext":
        return builder.constant(0, op.width)
    sign = builder.slice(source, have - 1, 1)
    return builder.make("sext", sign, width=op.width, like=op)


def _slice_concat(builder: Builder, op: Op, inner: Op) -> int | None:
    low, high = op.value, op.value + op.width
    places, parts = builder.places(inner.id), []
    for number in range(bisect_right(places, low) - 1, bisect_left(places, high)):
        first, last = max(low, places[number]), min(high, places[number + 1])
        parts.append(builder.slice(inner.args[number], first - places[number], last - first))
    return concat_of(builder, parts, op)


def concat_of(builder: Builder, parts: list[int], like: Op) -> int:
    """The concatenation of parts, lowest first; a single part is itself."""
    if len(parts) == 1:
        return parts[0]
    width = sum(builder.width(part) for part in parts)
    return builder.add(Op(0, "concat", width, tuple(parts), location=like.location, name=like.name))


def fold_concat(builder: Builder, op: Op) -> int | None:
    """Flattened, with neighbours joined; zeros on top are an extension."""
    flat: list[int] = []
    for arg in op.args:
        inner = builder.ops[arg]
        if inner.kind == "concat":
            flat += inner.args
        elif inner.kind == "zext":
            source = inner.args[0]
            flat += [source, builder.constant(0, inner.width - builder.width(source))]
        else:
            flat.append(arg)
    merged = _merge_neighbours(builder, flat)
    if len(merged) == 1:
        return merged[0]
    if builder.constant_of(merged[-1]) == 0:
        low = concat_of(builder, merged[:-1], op)
        return builder.make("zext", low, width=op.width, like=op)
    return concat_of(builder, merged, op) if tuple(merged) != op.args else None


def _merge_neighbours(builder: Builder, parts: list[int]) -> list[int]:
    merged: list[int] = []
    for part in parts:
        if merged:
            joined = _join(builder, merged[-1], part)
            if joined is not None:
                merged[-1] = joined
                continue
        merged.append(part)
    return merged


def _join(builder: Builder, low: int, high: int) -> int | None:
    first, second = builder.ops[low], builder.ops[high]
    if first.kind == second.kind == "constant":
        return builder.constant(first.value | second.value << first.width, first.width + second.width)
    touching = first.value + first.width == second.value
    if first.kind == second.kind == "slice" and first.args == second.args and touching:
        return builder.slice(first.args[0], first.value, first.width + second.width)
    return None


def fold_extension(builder: Builder, op: Op) -> int | None:
    """An extension of an extension is one."""
    (source,) = op.args
    inner = builder.ops[source]
    if inner.width == op.width:
        return source
    if inner.kind == op.kind or (op.kind == "sext" and inner.kind == "zext"):
        return builder.make(inner.kind, inner.args[0], width=op.width, like=op)
    return None


def fold_shift(builder: Builder, op: Op) -> int | None:
    """A shift by a constant is wiring."""
    amount = builder.constant_of(op.args[1])
    if amount is None:
        return None
    source, width = op.args[0], op.width
    if amount == 0:
        return source
    if op.kind == "ashr":
        kept = builder.slice(source, min(amount, width - 1), width - min(amount, width - 1))
        return builder.make("sext", kept, width=width, like=op)
    if amount >= width:
        return builder.constant(0, width)
    if op.kind == "lshr":
        return builder.make("zext", builder.slice(source, amount, width - amount), width=width, like=op)
    return concat_of(builder, [builder.constant(0, amount), builder.slice(source, 0, width - amount)], op)


def runs_of(bits: int, width: int) -> list[tuple[int, int, int]]:
    """Maximal runs of equal bits: (bit, low, length), from bit 0 up."""
    runs, low = [], 0
    while low < width:
        bit = bits >> low & 1
        length = 1
        while low + length < width and (bits >> (low + length) & 1) == bit:
            length += 1
        runs.append((bit, low, length))
        low += length
    return runs


def fields_of(builder: Builder, value: int) -> list[Field]:
    """Bit fields of a value, lowest first; constant zeros are fields of nothing."""
    op = builder.ops[value]
    if op.kind == "zext":
        inner = fields_of(builder, op.args[0])
        return [*inner, (-1, op.width - builder.width(op.args[0]))]
    if op.kind == "concat":
        return [field for arg in op.args for field in fields_of(builder, arg)]
    return [(-1 if builder.constant_of(value) == 0 else value, op.width)]


def overlay(builder: Builder, first: list[Field], second: list[Field]) -> list[Field] | None:
    """Merge two field lists of equal total width, or None if both have something at the same bit."""
    first, second, merged = first[::-1], second[::-1], []
    while first and second:
        (a, wa), (b, wb) = first.pop(), second.pop()
        width = min(wa, wb)
        if a >= 0 and b >= 0:
            return None
        if wa > width:
            first.append((a if a < 0 else builder.slice(a, width, wa - width), wa - width))
            a = a if a < 0 else builder.slice(a, 0, width)
        if wb > width:
            second.append((b if b < 0 else builder.slice(b, width, wb - width), wb - width))
            b = b if b < 0 else builder.slice(b, 0, width)
        merged.append((max(a, b), width))
    return merged
