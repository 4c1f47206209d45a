"""Division as logic: for each bit of the quotient, a subtraction that counts if nothing is left over."""

from __future__ import annotations

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.operations import OPERATIONS
from asn2fpga.engine.ir.process import Op


def divide(builder: Builder, op: Op, args: list[int]) -> int:
    """Quotient or remainder as `op` says (udiv, sdiv, urem, srem); truncated towards zero as in C++."""
    signed, wants_quotient = OPERATIONS[op.kind].is_signed, op.kind.endswith("div")
    if not signed:
        quotient, remainder = _unsigned(builder, op, *args)
        return quotient if wants_quotient else remainder
    signs = [builder.slice(arg, op.width - 1, 1) for arg in args]
    magnitudes = [_negated_if(builder, op, sign, arg) for sign, arg in zip(signs, args, strict=True)]
    quotient, remainder = _unsigned(builder, op, *magnitudes)
    if wants_quotient:
        return _negated_if(builder, op, builder.make("xor", *signs), quotient)
    return _negated_if(builder, op, signs[0], remainder)


def _negated_if(builder: Builder, op: Op, condition: int, value: int) -> int:
    negative = builder.make("sub", builder.constant(0, op.width), value, like=op)
    return builder.make("select", condition, negative, value, width=op.width, like=op)


def _unsigned(builder: Builder, op: Op, dividend: int, divisor: int) -> tuple[int, int]:
    """Quotient and remainder, from the highest bit of the dividend down."""
    dividend, divisor = _without_zeros(builder, dividend), _without_zeros(builder, divisor)
    bits = builder.width(divisor)
    wide = bits + 2  # a remainder moved left by one bit, and a borrow
    subtracted = builder.resize(divisor, wide)
    rest = builder.constant(0, bits)
    quotient: list[int] = []
    for position in range(builder.width(dividend) - 1, -1, -1):
        digit = builder.slice(dividend, position, 1)
        moved = builder.resize(builder.make("concat", digit, rest, width=bits + 1), wide)
        difference = builder.make("sub", moved, subtracted, like=op)
        less = builder.slice(difference, wide - 1, 1)
        rest = builder.make(
            "select",
            less,
            builder.slice(moved, 0, bits),
            builder.slice(difference, 0, bits),
            width=bits,
            like=op,
        )
        quotient.insert(0, builder.negate(less))
    whole = builder.make("concat", *quotient, width=len(quotient), like=op)
    return builder.resize(whole, op.width), builder.resize(rest, op.width)


def _without_zeros(builder: Builder, value: int) -> int:
    """A value without the high bits that are known to be zero."""
    op = builder.ops[value]
    if op.kind == "zext":
        return op.args[0]
    if op.kind == "constant":
        return builder.constant(op.value, max(1, op.value.bit_length()))
    return value
