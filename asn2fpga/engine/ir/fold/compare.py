"""Simplifications of comparisons."""

from __future__ import annotations

from asn2fpga.engine.ir.arithmetic import signed
from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.fold.wiring import fields_of
from asn2fpga.engine.ir.process import Op


def fold_equal(builder: Builder, op: Op) -> int | None:
    """Equality with itself, of one bit, or with a constant: without copies of the sign, field by field."""
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
    if builder.ops[first].kind == "sext":
        return _equal_extended(builder, builder.ops[first], bits, op)
    return _equal_fields(builder, first, bits, op)


def _equal_extended(builder: Builder, extension: Op, bits: int, op: Op) -> int:
    """Compare what was sign extended."""
    (value,) = extension.args
    width = builder.width(value)
    if signed(bits, extension.width) != signed(bits & ((1 << width) - 1), width):
        return builder.constant(0, 1)
    return builder.make("eq", value, builder.constant(bits, width), like=op)


def _equal_fields(builder: Builder, value: int, bits: int, op: Op) -> int | None:
    """Compare only the fields that are not constant zeros."""
    fields = fields_of(builder, value)
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


def fold_unsigned_less(builder: Builder, op: Op) -> int | None:
    """Unsigned comparison with itself, with a power of two, or of short values."""
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


def fold_signed_less(builder: Builder, op: Op) -> int | None:
    """Signed comparison with itself, with zero, or of short values."""
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
