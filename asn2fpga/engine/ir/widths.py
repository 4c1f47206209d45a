"""Rules of widths: what the width of an operation must be, given those of its arguments.

A rule gives what is wrong as a sentence, or "" if nothing is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from asn2fpga.engine.ir.process import Op

WidthRule = Callable[[Op, Sequence[int]], str]


def any_width(op: Op, widths: Sequence[int]) -> str:
    """The width says itself what it is."""
    return ""


def same_width(op: Op, widths: Sequence[int]) -> str:
    """Arguments and result are equally wide."""
    if set(widths) == {op.width}:
        return ""
    return f"the result must be as wide as the arguments, not u{op.width} of {_listed(widths)}"


def one_bit(op: Op, widths: Sequence[int]) -> str:
    """Equally wide arguments are compared; the answer is one bit."""
    if len(set(widths)) > 1:
        return f"what is compared must be equally wide, not {_listed(widths)}"
    return "" if op.width == 1 else f"the result must be u1, not u{op.width}"


def choice(op: Op, widths: Sequence[int]) -> str:
    """One bit chooses between two values as wide as the result."""
    if widths[0] != 1:
        return f"the condition must be u1, not u{widths[0]}"
    if set(widths[1:]) == {op.width}:
        return ""
    return f"the result must be as wide as what is chosen, not u{op.width} of {_listed(widths[1:])}"


def extended(op: Op, widths: Sequence[int]) -> str:
    """The result is no narrower than the argument."""
    if widths[0] <= op.width:
        return ""
    return f"the result must be at least as wide as the argument, not u{op.width} of {_listed(widths)}"


def part(op: Op, widths: Sequence[int]) -> str:
    """The result lies within the argument."""
    if op.value >= 0 and op.value + op.width <= widths[0]:
        return ""
    high = op.value + op.width - 1
    return f"the bits must lie within the argument, not be {high}..{op.value} of {_listed(widths)}"


def sum_of_widths(op: Op, widths: Sequence[int]) -> str:
    """The result is as wide as all arguments together."""
    total = sum(widths)
    if op.width == total:
        return ""
    return f"the result must be as wide as the arguments together, not u{op.width} of {_listed(widths)}"


def fits(op: Op, widths: Sequence[int]) -> str:
    """The number fits."""
    if 0 <= op.value < 1 << op.width:
        return ""
    return f"the number must fit in u{op.width}, not be {op.value}"


def word(op: Op, widths: Sequence[int]) -> str:
    """The last argument is what is written."""
    if op.width == widths[-1]:
        return ""
    return f"what is written must be as wide as the operation, not u{op.width} of {_listed(widths[-1:])}"


def _listed(widths: Sequence[int]) -> str:
    return " ".join(f"u{width}" for width in widths)
