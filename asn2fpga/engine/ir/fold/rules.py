"""Local simplifications, applied whenever an operation is made. Each rule returns an equal value or None."""

from __future__ import annotations

from collections.abc import Callable

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.fold.compare import fold_equal, fold_signed_less, fold_unsigned_less
from asn2fpga.engine.ir.fold.divide import fold_divide, fold_remainder
from asn2fpga.engine.ir.fold.logic import fold_and, fold_not, fold_or, fold_select, fold_xor
from asn2fpga.engine.ir.fold.wiring import fold_concat, fold_extension, fold_shift, fold_slice
from asn2fpga.engine.ir.operations import PURE
from asn2fpga.engine.ir.process import Op

Rule = Callable[[Builder, Op], int | None]


def fold(builder: Builder, op: Op) -> int | None:
    """The first rule that applies wins."""
    ops = builder.ops
    if op.kind in PURE and op.args and all(ops[arg].kind == "constant" for arg in op.args):
        widths = [ops[arg].width for arg in op.args]
        return builder.constant(evaluate(op, [ops[arg].value for arg in op.args], widths), op.width)
    rule = _RULES.get(op.kind)
    return rule(builder, op) if rule else None


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
    for position, value in enumerate(op.args):
        bits = builder.constant_of(op.args[1 - position])
        if bits == 0:
            return builder.constant(0, op.width)
        if bits is None or bits.bit_count() != 1 or builder.width(value) != op.width:
            continue
        place = bits.bit_length() - 1
        is_negative = op.value >> (1 - position) & 1 and place == builder.width(op.args[1 - position]) - 1
        if not is_negative:
            return builder.make("shl", value, builder.constant(place, op.width), like=op)
    return None


_RULES: dict[str, Rule] = {
    "slice": fold_slice,
    "concat": fold_concat,
    "zext": fold_extension,
    "sext": fold_extension,
    "udiv": fold_divide,
    "sdiv": fold_divide,
    "urem": fold_remainder,
    "srem": fold_remainder,
    "shl": fold_shift,
    "lshr": fold_shift,
    "ashr": fold_shift,
    "and": fold_and,
    "or": fold_or,
    "xor": fold_xor,
    "not": fold_not,
    "add": _add,
    "sub": _sub,
    "mul": _multiply,
    "select": fold_select,
    "eq": fold_equal,
    "ult": fold_unsigned_less,
    "ule": fold_unsigned_less,
    "slt": fold_signed_less,
    "sle": fold_signed_less,
}
