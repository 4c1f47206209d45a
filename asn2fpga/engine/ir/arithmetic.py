"""Integer arithmetic on bit patterns, as the operations of the IR define it."""

from __future__ import annotations

from collections.abc import Sequence


def signed(value: int, width: int) -> int:
    """Two's complement reading of an unsigned bit pattern."""
    return value - (1 << width) if value >> (width - 1) & 1 else value


def quotient(numerator: int, denominator: int) -> int:
    """Rounded towards zero; 0 for a division by 0."""
    if denominator == 0:
        return 0
    magnitude = abs(numerator) // abs(denominator)
    return -magnitude if (numerator < 0) != (denominator < 0) else magnitude


def remainder(numerator: int, denominator: int) -> int:
    """What the product of the quotient lacks; the numerator for a division by 0."""
    return numerator - denominator * quotient(numerator, denominator)


def joined(values: Sequence[int], widths: Sequence[int]) -> int:
    """Bit patterns side by side, the first one lowest."""
    result, position = 0, 0
    for value, width in zip(values, widths, strict=True):
        result |= value << position
        position += width
    return result


def product(values: Sequence[int], widths: Sequence[int], signs: int) -> int:
    """Product of two factors; bits 0 and 1 of `signs` say which of them are signed."""
    first, second = (
        signed(value, width) if signs >> position & 1 else value
        for position, (value, width) in enumerate(zip(values, widths, strict=True))
    )
    return first * second
