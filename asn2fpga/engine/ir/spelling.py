"""SystemVerilog text of operations, as the table of operations lists it."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asn2fpga.engine.ir.process import Op

Spelling = Callable[[Op, Sequence[str], Sequence[int]], str]
"""Right-hand side of an assignment: (operation, texts of its arguments, their widths)."""


def infix(symbol: str) -> Spelling:
    """`a SYMBOL b`."""
    return lambda op, args, widths: f"{args[0]} {symbol} {args[1]}"


def signed_infix(symbol: str) -> Spelling:
    """`a SYMBOL b`, both read as two's complement."""
    return lambda op, args, widths: f"$signed({args[0]}) {symbol} $signed({args[1]})"


def product(op: Op, args: Sequence[str], widths: Sequence[int]) -> str:
    """A product whose factors are signed each for itself."""
    first, second = (
        _factor(text, width, bool(op.value >> position & 1), op.width)
        for position, (text, width) in enumerate(zip(args, widths, strict=True))
    )
    return f"{first} * {second}"


def _factor(text: str, width: int, signed: bool, result: int) -> str:
    if width == result:
        return f"$signed({text})"
    operand = text if signed else f"{{1'b0, {text}}}"
    return f"{result}'($signed({operand}))"
