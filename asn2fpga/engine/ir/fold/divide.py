"""Division by a constant as a product and a shift: exact for every width and both signs.

With d > 0 and e = m * d - 2^s, where 0 <= e <= d, every x from 0 to top has
    x * m / 2^s = x / d + x * e / (d * 2^s),
and the quotient is the integer part of x / d as long as top * e < 2^s: the second term is then below 1 / d,
too small to reach the next integer. `multiplier` finds the smallest s that fulfils this.

For negative x the product is below x / d by less than 1 / d, and by more than nothing if e > 0: its floor is
one below the quotient rounded towards zero, and the sign bit is added.
"""

from __future__ import annotations

from asn2fpga.engine.ir.arithmetic import signed
from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.process import Op


def multiplier(divisor: int, top: int, above: bool = False) -> tuple[int, int]:
    """(m, s) so that floor(x / divisor) = x * m >> s for x in 0..top; `above`: m * divisor > 2^s."""
    shift = 0
    while True:
        factor = (1 << shift) // divisor + 1 if above else -(-(1 << shift) // divisor)
        if top * (factor * divisor - (1 << shift)) < 1 << shift:
            return factor, shift
        shift += 1


def fold_divide(builder: Builder, op: Op) -> int | None:
    """udiv and sdiv by a constant other than 0."""
    divisor = builder.constant_of(op.args[1])
    if not divisor:
        return None
    if op.kind == "udiv":
        return _unsigned(builder, op, op.args[0], divisor)
    number = signed(divisor, op.width)
    quotient = _signed(builder, op, abs(number))
    if number > 0:
        return quotient
    return builder.make("sub", builder.constant(0, op.width), quotient, like=op)


def fold_remainder(builder: Builder, op: Op) -> int | None:
    """urem and srem by a constant other than 0: what the product of the quotient lacks, in few bits."""
    divisor = builder.constant_of(op.args[1])
    if not divisor:
        return None
    is_signed = op.kind == "srem"
    magnitude = abs(signed(divisor, op.width)) if is_signed else divisor
    if magnitude == 1:
        return builder.constant(0, op.width)
    kind = "sdiv" if is_signed else "udiv"
    if magnitude >> (op.width - is_signed):  # the smallest integer of all, as a divisor
        return None
    quotient = builder.make(kind, op.args[0], builder.constant(magnitude, op.width), like=op)
    bits = min(op.width, (magnitude - 1).bit_length() + is_signed)
    parts = [builder.slice(value, 0, bits) for value in (op.args[0], quotient)]
    product = builder.make("mul", parts[1], builder.constant(magnitude, bits), width=bits, like=op)
    return builder.resize(builder.make("sub", parts[0], product, like=op), op.width, is_signed)


def _unsigned(builder: Builder, op: Op, value: int, divisor: int) -> int:
    inner = builder.ops[value]
    if inner.kind == "zext":
        value = inner.args[0]
    bits = builder.width(value)
    factor, shift = multiplier(divisor, (1 << bits) - 1)
    return _scaled(builder, op, value, factor, shift, is_signed=False)


def _signed(builder: Builder, op: Op, divisor: int) -> int:
    """Quotient, rounded towards zero, by a positive constant."""
    value = op.args[0]
    inner = builder.ops[value]
    if inner.kind == "zext":
        return _unsigned(builder, op, value, divisor)
    if inner.kind == "sext":
        value = inner.args[0]
    if divisor == 1:
        return op.args[0]
    bits = builder.width(value)
    factor, shift = multiplier(divisor, 1 << (bits - 1), above=True)
    floor = _scaled(builder, op, value, factor, shift, is_signed=True)
    sign = builder.resize(builder.slice(value, bits - 1, 1), op.width)
    return builder.make("add", floor, sign, like=op)


def _scaled(builder: Builder, op: Op, value: int, factor: int, shift: int, is_signed: bool) -> int:
    """value * factor >> shift, as wide as the operation."""
    bits = factor.bit_length()
    wide = builder.width(value) + bits
    product = builder.make(
        "mul", value, builder.constant(factor, bits), width=wide, value=int(is_signed), like=op
    )
    low = min(shift, wide - 1) if is_signed else shift
    if low >= wide:
        return builder.constant(0, op.width)
    high = builder.slice(product, low, wide - low)
    return builder.resize(high, op.width, is_signed)
