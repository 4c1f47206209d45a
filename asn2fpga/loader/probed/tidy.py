"""The number that somebody wrote, of one that was measured."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.arrays import RealArray

DIGITS = 8


def tidy(value: float, tolerance: float) -> float:
    """The tidiest number that lies within `tolerance` (relative) of `value`; itself if there is none.

    Few decimals are tidy, then a small fraction, then what float32 holds: nobody measures such by chance.
    """
    if value == 0 or not np.isfinite(value):
        return value
    for candidate in _candidates(value):
        if abs(candidate - value) <= tolerance * abs(value):
            return candidate
    return value


def _candidates(value: float) -> list[float]:
    decimals = [round(value, digits) for digits in range(DIGITS + 1)]
    fractions = [round(value * n) / n for n in range(3, 65)]
    inverses = [1.0 / whole for whole in [round(1 / value, digits) for digits in range(4)] if whole]
    return [*decimals, *fractions, *inverses, float(np.float32(value))]


def tidied(values: RealArray, tolerance: float) -> RealArray:
    """All of them."""
    found, places = np.unique(values, return_inverse=True)
    return np.array([tidy(float(value), tolerance) for value in found])[places].reshape(values.shape)
