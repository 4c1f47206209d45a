"""SystemVerilog text of pure operations."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asn2fpga.engine.ir.process import Op

_INFIX = {"and": "&", "or": "|", "xor": "^", "add": "+", "sub": "-", "eq": "==", "ult": "<", "ule": "<=",
          "udiv": "/", "urem": "%", "shl": "<<", "lshr": ">>"}  # fmt: skip
_SIGNED_INFIX = {"slt": "<", "sle": "<=", "sdiv": "/", "srem": "%"}


def expression(op: Op, args: Sequence[str], widths: Sequence[int]) -> str:
    """Right-hand side of the assignment of an operation that has a signal of its own."""
    if op.kind in _INFIX:
        return f"{args[0]} {_INFIX[op.kind]} {args[1]}"
    if op.kind in _SIGNED_INFIX:
        return f"$signed({args[0]}) {_SIGNED_INFIX[op.kind]} $signed({args[1]})"
    return _OTHER[op.kind](op, args, widths)


def _multiply(op: Op, args: Sequence[str], widths: Sequence[int]) -> str:
    factors = []
    for position, (text, width) in enumerate(zip(args, widths, strict=True)):
        signed = bool(op.value >> position & 1)
        factors.append(_factor(text, width, signed, op.width))
    return f"{factors[0]} * {factors[1]}"


def _factor(text: str, width: int, signed: bool, result: int) -> str:
    if width == result:
        return f"$signed({text})"
    operand = text if signed else f"{{1'b0, {text}}}"
    return f"{result}'($signed({operand}))"


_OTHER: dict[str, Callable[[Op, Sequence[str], Sequence[int]], str]] = {
    "not": lambda op, args, widths: f"~{args[0]}",
    "ashr": lambda op, args, widths: f"$signed({args[0]}) >>> {args[1]}",
    "select": lambda op, args, widths: f"{args[0]} ? {args[1]} : {args[2]}",
    "concat": lambda op, args, widths: "{" + ", ".join(reversed(args)) + "}",
    "mul": _multiply,
}
