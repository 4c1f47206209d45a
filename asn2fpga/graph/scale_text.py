"""Scales as people write them: 1/255, not 0.00392157."""

from __future__ import annotations

from fractions import Fraction


def show_scale(scale: float) -> str:
    """`1/255` for its float value, else up to six digits."""
    fraction = Fraction(scale).limit_denominator(1 << 16)
    if fraction.numerator == 1 < fraction.denominator and float(fraction) == scale:
        return f"1/{fraction.denominator}"
    return f"{scale:g}"
