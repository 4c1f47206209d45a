"""What each pure operation computes, on Python integers: the definition that folding and tests use."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asn2fpga.engine.ir.process import Op


def signed(value: int, width: int) -> int:
    """Two's complement reading of an unsigned bit pattern."""
    return value - (1 << width) if value >> (width - 1) & 1 else value


def evaluate(op: Op, args: Sequence[int], widths: Sequence[int]) -> int:
    """Value of a pure operation; arguments and result are unsigned bit patterns of the given widths."""
    return _EVALUATE[op.kind](op, args, widths) & ((1 << op.width) - 1)


def _quotient(numerator: int, denominator: int) -> int:
    if denominator == 0:
        return 0
    magnitude = abs(numerator) // abs(denominator)
    return -magnitude if (numerator < 0) != (denominator < 0) else magnitude


def _concat(op: Op, args: Sequence[int], widths: Sequence[int]) -> int:
    result, position = 0, 0
    for value, width in zip(args, widths, strict=True):
        result |= value << position
        position += width
    return result


def _multiply(op: Op, args: Sequence[int], widths: Sequence[int]) -> int:
    a = signed(args[0], widths[0]) if op.value & 1 else args[0]
    b = signed(args[1], widths[1]) if op.value & 2 else args[1]
    return a * b


_Evaluator = Callable[[Op, Sequence[int], Sequence[int]], int]
_EVALUATE: dict[str, _Evaluator] = {
    "not": lambda op, a, w: ~a[0],
    "and": lambda op, a, w: a[0] & a[1],
    "or": lambda op, a, w: a[0] | a[1],
    "xor": lambda op, a, w: a[0] ^ a[1],
    "add": lambda op, a, w: a[0] + a[1],
    "sub": lambda op, a, w: a[0] - a[1],
    "mul": _multiply,
    "udiv": lambda op, a, w: _quotient(a[0], a[1]),
    "sdiv": lambda op, a, w: _quotient(signed(a[0], w[0]), signed(a[1], w[1])),
    "urem": lambda op, a, w: a[0] - a[1] * _quotient(a[0], a[1]),
    "srem": lambda op, a, w: (
        signed(a[0], w[0]) - signed(a[1], w[1]) * _quotient(signed(a[0], w[0]), signed(a[1], w[1]))
    ),
    "shl": lambda op, a, w: a[0] << a[1] if a[1] < w[0] else 0,
    "lshr": lambda op, a, w: a[0] >> a[1] if a[1] < w[0] else 0,
    "ashr": lambda op, a, w: signed(a[0], w[0]) >> min(a[1], w[0] - 1),
    "eq": lambda op, a, w: a[0] == a[1],
    "ult": lambda op, a, w: a[0] < a[1],
    "ule": lambda op, a, w: a[0] <= a[1],
    "slt": lambda op, a, w: signed(a[0], w[0]) < signed(a[1], w[1]),
    "sle": lambda op, a, w: signed(a[0], w[0]) <= signed(a[1], w[1]),
    "select": lambda op, a, w: a[1] if a[0] else a[2],
    "zext": lambda op, a, w: a[0],
    "sext": lambda op, a, w: signed(a[0], w[0]),
    "slice": lambda op, a, w: a[0] >> op.value,
    "concat": _concat,
}
