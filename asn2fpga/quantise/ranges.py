"""Integer types from ranges: no overflow is possible, whatever the input and the order of its events."""

from __future__ import annotations

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.ir.arrays import IntArray
from asn2fpga.ir.types import FixedType

MAX_WIDTH_BITS = 48


def signed_type(low: int, high: int) -> FixedType:
    """Narrowest two's complement type, of at least 2 bits, for low..high (and 0)."""
    return FixedType.for_range(min(int(low), -1), max(int(high), 1))


def sum_range(weight: IntArray, max_count: int) -> tuple[IntArray, IntArray]:
    """Per channel the smallest and largest partial sum of weight * count in any order of events."""
    low = np.minimum(weight, 0).sum(axis=1) * max_count
    high = np.maximum(weight, 0).sum(axis=1) * max_count
    return low, high


def checked_type(layer: str, what: str, low: int, high: int) -> FixedType:
    """The type for low..high, or UnsupportedError naming the layer if it is wider than the hardware takes."""
    width = signed_type(low, high)
    if width.width_bits > MAX_WIDTH_BITS:
        raise UnsupportedError(
            f"{layer}: {what} must fit {MAX_WIDTH_BITS} bits, not {width.width_bits}; "
            "rescale the layer's weights and bias or use fewer time steps."
        )
    return width
