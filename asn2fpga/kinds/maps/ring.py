"""Words that the window of a convolution or a pool keeps: the ring of hw/hls/maps/geometry.h, in numbers."""

from __future__ import annotations

from functools import cache

from asn2fpga.kinds.maps.raster import bits_for
from asn2fpga.kinds.maps.window import Window

LARGEST_POWER = 512  # words: up to there a ring is a power of two, which wraps for nothing


@cache
def ring_words(window: Window, image: tuple[int, ...], columns: int, pixel_words: int) -> int:
    """Words of the ring of windows with so many output columns on a map (channels, height, width)."""
    held = pixel_words * _held_pixels(window, image, columns)
    return 1 << bits_for(held) if held <= LARGEST_POWER else held


def _held_pixels(window: Window, image: tuple[int, ...], columns: int) -> int:
    """From the oldest pixel of the last window to the newest that may arrive while this one is worked on."""
    _, height, width = image
    rows, step = window.stride
    left, reach = window.padding[1], window.extent[1] - 1
    strips = max(-(-width // step), columns)
    row, pace, first = strips * step, rows * step, (reach - left) // step

    def newest(strip: int) -> int:
        pixels = (window.extent[0] - 1) * row + step + (strip + 1) * pace
        return pixels // row * width + min(pixels % row, width)

    def oldest(column: int) -> int:
        begins = max(0, (column if column >= 0 else columns - 1) * step - left)
        return begins if column >= 0 else begins - rows * width

    entered = [*range(1, columns), strips]  # that many strips at the next window
    held = (newest(after + first + 1) - oldest(x - 1) for x, after in enumerate(entered))
    return min(max(held), height * width)
