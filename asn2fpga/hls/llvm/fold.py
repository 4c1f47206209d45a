"""Local simplifications, applied whenever an operation is made. Each rule returns an equal value or None."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from asn2fpga.hls.llvm.evaluate import evaluate, signed
from asn2fpga.hls.llvm.ir import Op

if TYPE_CHECKING:
    from asn2fpga.hls.llvm.builder import Builder

Rule = Callable[["Builder", Op], "int | None"]
Field = tuple[int, int]  # value (or -1 for zeros), width


def fold(builder: Builder, op: Op) -> int | None:
    """The first rule that applies wins."""
    constants = [builder.constant_of(arg) for arg in op.args]
    if op.kind not in ("phi", "load") and op.args and None not in constants:
        widths = [builder.width(arg) for arg in op.args]
        return builder.constant(evaluate(op, [value or 0 for value in constants], widths), op.width)
    rule = _RULES.get(op.kind)
    return rule(builder, op) if rule else None


def _slice(builder: Builder, op: Op) -> int | None:
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
    return None


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
    parts, position = [], 0
    low, high = op.value, op.value + op.width
    for part in inner.args:
        width = builder.width(part)
        first, last = max(low, position), min(high, position + width)
        if first < last:
            parts.append(builder.slice(part, first - position, last - first))
        position += width
    return _concat_of(builder, parts, op)


def _concat_of(builder: Builder, parts: list[int], like: Op) -> int:
    if len(parts) == 1:
        return parts[0]
    width = sum(builder.width(part) for part in parts)
    return builder.add(Op(0, "concat", width, tuple(parts), location=like.location, name=like.name))


def _concat(builder: Builder, op: Op) -> int | None:
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
        low = _concat_of(builder, merged[:-1], op)
        return builder.make("zext", low, width=op.width, like=op)
    return _concat_of(builder, merged, op) if tuple(merged) != op.args else None


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


def _extend(builder: Builder, op: Op) -> int | None:
    (source,) = op.args
    inner = builder.ops[source]
    if inner.width == op.width:
        return source
    if inner.kind == op.kind or (op.kind == "sext" and inner.kind == "zext"):
        return builder.make(inner.kind, inner.args[0], width=op.width, like=op)
    return None


def _shift_by_constant(builder: Builder, op: Op) -> int | None:
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
    return _concat_of(builder, [builder.constant(0, amount), builder.slice(source, 0, width - amount)], op)


def _and(builder: Builder, op: Op) -> int | None:
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
            runs = _runs(bits, op.width)
            if len(runs) <= 4:
                return _masked(builder, value, runs, op)
        if builder.ops[mask].kind == "not" and builder.ops[mask].args[0] == value:
            return builder.constant(0, op.width)
    return None


def _runs(bits: int, width: int) -> list[tuple[int, int, int]]:
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


def _masked(builder: Builder, value: int, runs: list[tuple[int, int, int]], op: Op) -> int:
    parts = [
        builder.slice(value, low, length) if bit else builder.constant(0, length) for bit, low, length in runs
    ]
    return _concat_of(builder, parts, op)


def _or(builder: Builder, op: Op) -> int | None:
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
    return _disjoint_or(builder, op)


def _disjoint_or(builder: Builder, op: Op) -> int | None:
    """OR of values whose non-zero fields do not overlap is a concatenation."""
    fields = [_fields(builder, arg) for arg in op.args]
    if all(len(parts) == 1 for parts in fields):
        return None
    merged = _overlay(builder, fields[0], fields[1])
    if merged is None:
        return None
    parts = [builder.constant(0, width) if value < 0 else value for value, width in merged]
    return _concat_of(builder, parts, op)


def _fields(builder: Builder, value: int) -> list[Field]:
    op = builder.ops[value]
    if op.kind == "zext":
        inner = _fields(builder, op.args[0])
        return [*inner, (-1, op.width - builder.width(op.args[0]))]
    if op.kind == "concat":
        return [field for arg in op.args for field in _fields(builder, arg)]
    return [(-1 if builder.constant_of(value) == 0 else value, op.width)]


def _overlay(builder: Builder, first: list[Field], second: list[Field]) -> list[Field] | None:
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


def _xor(builder: Builder, op: Op) -> int | None:
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


def _not(builder: Builder, op: Op) -> int | None:
    inner = builder.ops[op.args[0]]
    return inner.args[0] if inner.kind == "not" else None


def _add(builder: Builder, op: Op) -> int | None:
    for value, other in (op.args, op.args[::-1]):
        if builder.constant_of(other) == 0:
            return value
    return None


def _sub(builder: Builder, op: Op) -> int | None:
    if op.args[0] == op.args[1]:
        return builder.constant(0, op.width)
    return op.args[0] if builder.constant_of(op.args[1]) == 0 else None


def _multiply(builder: Builder, op: Op) -> int | None:
    for value, other in (op.args, op.args[::-1]):
        bits = builder.constant_of(other)
        if bits is not None and bits > 0 and bits & (bits - 1) == 0 and builder.width(value) == op.width:
            shift = builder.constant(bits.bit_length() - 1, op.width)
            return builder.make("shl", value, shift, like=op)
        if bits == 0:
            return builder.constant(0, op.width)
    return None


def _select(builder: Builder, op: Op) -> int | None:
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
    for differs, low, length in _runs(if_true ^ if_false, op.width):
        for bit, offset, count in _runs(if_true >> low & ((1 << length) - 1), length):
            if not differs:
                parts.append(builder.constant(if_true >> (low + offset), count))
            else:
                source = condition if bit else builder.negate(condition)
                parts.append(builder.resize(source, count, signed=True))
    return _concat_of(builder, parts, op) if len(parts) <= 5 else None


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


def _equal(builder: Builder, op: Op) -> int | None:
    first, second = op.args
    if first == second:
        return builder.constant(1, 1)
    if builder.constant_of(first) is not None:
        first, second = second, first
    bits = builder.constant_of(second)
    if bits is None:
        return None
    if builder.width(first) == 1:
        return first if bits else builder.negate(first)
    return _equal_fields(builder, first, bits, op)


def _equal_fields(builder: Builder, value: int, bits: int, op: Op) -> int | None:
    """Compare only the fields that are not constant zeros."""
    fields = _fields(builder, value)
    if len(fields) == 1:
        return None
    result, position = builder.constant(1, 1), 0
    for field, width in fields:
        part = bits >> position & ((1 << width) - 1)
        if field < 0 and part:
            return builder.constant(0, 1)
        if field >= 0:
            same = builder.make("eq", field, builder.constant(part, width), like=op)
            result = builder.make("and", result, same)
        position += width
    return result


def _unsigned_less(builder: Builder, op: Op) -> int | None:
    first, second = op.args
    if first == second:
        return builder.constant(op.kind == "ule", 1)
    against_power = _less_than_power(builder, op)
    if against_power is not None:
        return against_power
    width = max(_significant(builder, first), _significant(builder, second), 1)
    if width < builder.width(first):
        return builder.make(op.kind, builder.slice(first, 0, width), builder.slice(second, 0, width), like=op)
    return None


def _less_than_power(builder: Builder, op: Op) -> int | None:
    """x < 2^k asks whether the bits from k up are zero; likewise the other three forms."""
    first, second = op.args
    below, above = builder.constant_of(second), builder.constant_of(first)
    inclusive = op.kind == "ule"
    limit, value = (below + inclusive, first) if below is not None else ((above or 0) + 1 - inclusive, second)
    if (below is None and above is None) or limit <= 0 or limit & (limit - 1):
        return None
    bit = limit.bit_length() - 1
    if bit >= builder.width(value):
        return builder.constant(below is not None, 1)
    high = builder.slice(value, bit, builder.width(value) - bit)
    small = builder.make("eq", high, builder.constant(0, builder.width(high)), like=op)
    return small if below is not None else builder.negate(small)


def _signed_less(builder: Builder, op: Op) -> int | None:
    first, second = op.args
    if first == second:
        return builder.constant(op.kind == "sle", 1)
    top = builder.width(first) - 1
    if op.kind == "slt" and builder.constant_of(second) == 0:
        return builder.slice(first, top, 1, op)
    if (op.kind, builder.constant_of(first)) in (("sle", 0), ("slt", (2 << top) - 1)):
        return builder.negate(builder.slice(second, top, 1, op))
    width = max(_signed_bits(builder, first), _signed_bits(builder, second))
    if width < builder.width(first):
        return builder.make(op.kind, builder.slice(first, 0, width), builder.slice(second, 0, width), like=op)
    return None


def _signed_bits(builder: Builder, value: int) -> int:
    """Low bits that determine a value read as two's complement, as far as the operation itself shows."""
    op = builder.ops[value]
    if op.kind == "constant":
        value_ = signed(op.value, op.width)
        return max(value_, ~value_).bit_length() + 1
    if op.kind in ("zext", "sext"):
        return builder.width(op.args[0]) + (op.kind == "zext")
    return op.width


def _significant(builder: Builder, value: int) -> int:
    """Low bits that may be non-zero, as far as the operation itself shows."""
    op = builder.ops[value]
    if op.kind == "constant":
        return op.value.bit_length()
    return builder.width(op.args[0]) if op.kind == "zext" else op.width


_RULES: dict[str, Rule] = {
    "slice": _slice,
    "concat": _concat,
    "zext": _extend,
    "sext": _extend,
    "shl": _shift_by_constant,
    "lshr": _shift_by_constant,
    "ashr": _shift_by_constant,
    "and": _and,
    "or": _or,
    "xor": _xor,
    "not": _not,
    "add": _add,
    "sub": _sub,
    "mul": _multiply,
    "select": _select,
    "eq": _equal,
    "ult": _unsigned_less,
    "ule": _unsigned_less,
    "slt": _signed_less,
    "sle": _signed_less,
}
