"""Types from ranges, refused by the layer's name where they are wider than the hardware takes."""

from __future__ import annotations

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.ranges import signed_type
from asn2fpga.graph.types import FixedType

MAX_WIDTH_BITS = 48


def checked_type(layer: str, what: str, low: int, high: int) -> FixedType:
    """The type for low..high, or UnsupportedError naming the layer if it is wider than the hardware takes."""
    width = signed_type(low, high)
    if width.width_bits > MAX_WIDTH_BITS:
        raise UnsupportedError(
            f"{layer}: {what} must fit {MAX_WIDTH_BITS} bits, not {width.width_bits}; "
            "rescale the layer's weights and bias or use fewer time steps."
        )
    return width
