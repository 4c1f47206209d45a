"""Arrays with known element types, for arithmetic on the fields of layers."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from asn2fpga.graph.types import Array

RealArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def as_real(array: Array) -> RealArray:
    """`array` as float64 (no copy if it is already)."""
    return np.asarray(array, dtype=np.float64)


def as_integer(array: Array) -> IntArray:
    """An integer `array` as int64 (no copy if it is already)."""
    return np.asarray(array, dtype=np.int64)


def sum_of(arrays: Iterable[IntArray]) -> IntArray:
    """The sum of one array or more."""
    first, *others = arrays
    total = first
    for array in others:
        total = total + array
    return total
