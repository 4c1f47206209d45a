"""Products and divisions that are too wide to be built in a reasonable time, and in a reasonable area."""

from __future__ import annotations

from collections.abc import Sequence

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.errors import HlsError

_MOST_PRODUCT = 2048  # bits of each operand
_MOST_DIVIDEND = 1024
_NAMES = {"mul": "product", "udiv": "division", "sdiv": "division", "urem": "remainder", "srem": "remainder"}


def check_size(builder: Builder, opcode: str, args: Sequence[int]) -> None:
    """Refuse a product or division of very wide integers.

    Raises:
        HlsError: how wide it is, and what to write instead; without the place.
    """
    if opcode not in _NAMES or any(_is_power_of_two(builder, arg) for arg in args[1:]):
        return
    most = _MOST_PRODUCT if opcode == "mul" else _MOST_DIVIDEND
    widths = [_bits(builder, arg) for arg in args]
    if widths[0] <= most and (opcode != "mul" or widths[1] <= most):
        return
    raise HlsError(
        f"a {_NAMES[opcode]} of {max(widths)} bits is too wide, {most} are built; "
        "split it into words and compute it in a loop"
    )


def _bits(builder: Builder, value: int) -> int:
    """Bits that a value has before it was extended."""
    op = builder.ops[value]
    if op.kind == "constant":
        return op.value.bit_length()
    return builder.width(op.args[0]) if op.kind in ("zext", "sext") else op.width


def _is_power_of_two(builder: Builder, value: int) -> bool:
    constant = builder.constant_of(value)
    return constant is not None and constant & (constant - 1) == 0
