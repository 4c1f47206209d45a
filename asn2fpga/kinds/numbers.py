"""Complaints about the numbers of integer kinds: arrays of integers, values within their types."""

from __future__ import annotations

from asn2fpga.graph.rule import differs
from asn2fpga.graph.types import Array, FixedType, Shape


def integers(what: str, array: Array | None, shape: Shape) -> str:
    """The complaint that `array` is no int64 array of that shape, if so."""
    if array is None:
        return f"{what} must be an array of integers, not none"
    return differs(f"the shape of {what}", array.shape, shape) or differs(
        f"elements of {what}", str(array.dtype), "int64"
    )


def within(what: str, low: int, high: int, kind: FixedType) -> str:
    """The complaint that low..high is not within a type, if so."""
    if kind.min <= low and high <= kind.max:
        return ""
    return f"{what} must be in {kind.min}..{kind.max} ({kind}), not {low}..{high}"
