"""Complaints about the numbers of real-valued kinds."""

from __future__ import annotations

import math

import numpy as np

from asn2fpga.graph.types import Array, Shape

MAX_MAGNITUDE = 1e9  # of weights and scales; beyond it a network is broken, and thresholds get absurdly wide
MIN_SCALE = 1e-9


def in_range(what: str, value: float, low: float, high: float) -> str:
    """The complaint that `value` is not in low..high, if so. Integers of a file can be beyond every float."""
    return "" if low <= value <= high else f"{what} must be in {low:g}..{high:g}, not {_as_float(value):g}"


def is_scale(what: str, value: float) -> str:
    """The complaint that `value` is no positive factor of a sane size, if so."""
    return in_range(what, value, MIN_SCALE, MAX_MAGNITUDE)


def real_array(what: str, array: Array, shape: Shape) -> str:
    """The complaint that `array` is not of that shape, of float64, finite and of a sane size, if so."""
    if array.shape != shape or len(shape) == 0:
        return f"{what} must have shape {shape}, not {array.shape}"
    if array.dtype != np.float64:
        return f"{what} must be float64, not {array.dtype}"
    if not np.isfinite(array).all():
        return f"{what} must hold finite numbers, not NaN or infinity; the training has diverged"
    largest = float(np.abs(array).max(initial=0.0))
    if largest > MAX_MAGNITUDE:
        return f"{what} must be within +-{MAX_MAGNITUDE:g}, not as large as {largest:g}"
    return ""


def _as_float(value: float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf
