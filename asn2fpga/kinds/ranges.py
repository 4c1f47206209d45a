"""Types from ranges of integers."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import product

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import FixedType

MAX_WIDTH_BITS = 48


def signed_type(low: int, high: int) -> FixedType:
    """Narrowest two's complement type, of at least 2 bits, for low..high (and 0)."""
    return FixedType.for_range(min(int(low), -1), max(int(high), 1))


def checked_type(layer: str, what: str, low: int, high: int) -> FixedType:
    """The type for low..high, or UnsupportedError naming the layer if it is wider than the hardware takes."""
    width = signed_type(low, high)
    if width.width_bits > MAX_WIDTH_BITS:
        raise UnsupportedError(
            f"{layer}: {what} must fit {MAX_WIDTH_BITS} bits, not {width.width_bits}; "
            "rescale the layer's weights and bias or use fewer time steps."
        )
    return width


def weighted_range(weight: IntArray, low: int, high: int) -> tuple[IntArray, IntArray]:
    """Per row (N,) the smallest and largest partial sum of weight * count, counts low..high, in any order."""
    negative, positive = np.minimum(weight, 0).sum(axis=1), np.maximum(weight, 0).sum(axis=1)
    least, most = min(0, low), max(0, high)
    smallest: IntArray = negative * most + positive * least
    largest: IntArray = positive * most + negative * least
    return smallest, largest


def product_range(ranges: Sequence[tuple[int, int]]) -> tuple[int, int]:
    """Of the product of one number of each of these ranges."""
    ends = [math.prod(numbers) for numbers in product(*ranges)]
    return min(ends), max(ends)


def partial_range(of_one: tuple[int, int], terms: int) -> tuple[int, int]:
    """Of a sum of at most so many terms of a range, none included."""
    return min(0, terms * of_one[0]), max(0, terms * of_one[1])


def hull(low: IntArray, high: IntArray) -> tuple[int, int]:
    """The range of all of them."""
    return int(low.min()), int(high.max())
