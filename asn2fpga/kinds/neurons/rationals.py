"""Exact rounding of rational numbers. A float64 is taken as the rational number it is."""

from __future__ import annotations

from fractions import Fraction


def round_half_even(value: Fraction) -> int:
    """Nearest integer, ties to the even one (torch.round, numpy.rint)."""
    return round(value)


def round_half_up(value: Fraction) -> int:
    """floor(value + 1/2)."""
    return (value + Fraction(1, 2)).__floor__()


def ceiling(value: Fraction) -> int:
    """Smallest integer not below `value`."""
    return value.__ceil__()


def first_above(value: Fraction) -> int:
    """Smallest integer greater than `value`."""
    return value.__floor__() + 1
