"""How far a window has read the map before it when it sends a pixel: hw/hls/maps/geometry.h in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.maps.window import Window, image_of
from asn2fpga.kinds.timing import Arrival


@dataclass(frozen=True, eq=False)
class Intake:
    """How a process takes a map in, (P,) each for every pixel that it sends, in pixels of that map.

    needed: those that must be there. begun: those that are read before it works on the pixel. ahead: those
    that it reads meanwhile, a word a cycle, waiting for each.
    """

    needed: IntArray
    begun: IntArray
    ahead: IntArray


@dataclass(frozen=True)
class Reads:
    """Pixels of an input that are read once an output pixel has left.

    least: those that it needs. most: those that the process may wait for before it lets the pixel go.
    """

    least: int
    most: int


def first_rows(arrival: Arrival, step: int, row: int, bare: bool) -> IntArray:
    """(B,) when the rows up to `row` of the map of a time step are there; of a bound, when it begins."""
    first: IntArray = arrival.flow.first[:, step]
    if bare:
        return first
    return first + (arrival.flow.last[:, step] - first) * (row + 1) // arrival.edge.image[1]


def one_by_one(pixel: int, pixels: int) -> Reads:
    """Of a process that reads a pixel for each one that it sends."""
    return Reads(min(pixel + 1, pixels), min(pixel + 2, pixels))


def last_pixel(window: Window, shape: Shape, pixel: int) -> int:
    """The last pixel of the map that the window of an output pixel holds; -1 if it holds none."""
    width = shape[-1]
    bottom, right = window.last(shape, *divmod(pixel, window.outputs(shape)[1]))
    return bottom * width + right if bottom >= 0 and right >= 0 else -1


def pooled(window: Window, shape: Shape, pixel: int) -> Reads:
    """Of a pool: an output pixel leaves with the last pixel of its window."""
    _, height, width = image_of(shape)
    last = last_pixel(window, shape, pixel)
    return Reads(last + 1, min(last + 2, height * width))


def windowed(window: Window, shape: Shape, pixel: int) -> Reads:
    """Of a window: strips of columns enter it one after the other, and pixels arrive at their pace. A pixel
    leaves when the next one is worked on.
    """
    rows, columns = window.outputs(shape)
    following = min(pixel + 1, rows * columns - 1)
    least = last_pixel(window, shape, pixel) + 1
    return Reads(least, max(least, _read(window, shape, following, 1)))


def _read(window: Window, shape: Shape, pixel: int, strips: int) -> int:
    """Pixels that have arrived before so many strips after that of an output pixel may enter."""
    _, height, width = image_of(shape)
    columns = window.outputs(shape)[1]
    band = max(-(-width // window.stride[1]), columns)
    reach_height, reach_width = (extent - 1 for extent in window.extent)
    first_strip = (reach_width - window.padding[1]) // window.stride[1]
    row, column = divmod(pixel, columns)
    entered = row * band + column + first_strip + 1 + strips
    wide = band * window.stride[1]
    pace = window.stride[0] * window.stride[1]
    due = max(0, (reach_height - window.padding[0]) * wide + window.stride[1] + pace * entered)
    return min(due // wide * width + min(due % wide, width), height * width)


@cache
def window_intake(window: Window, shape: Shape) -> Intake:
    """Of a window. The arrays are not to be changed."""
    rows, columns = window.outputs(shape)
    pixels = range(rows * columns)
    needed = [last_pixel(window, shape, pixel) + 1 for pixel in pixels]
    begun, ahead = ([_read(window, shape, pixel, strips) for pixel in pixels] for strips in (-1, 1))
    return _in_order(np.array(needed), np.array(begun), np.array(ahead))


def pixel_intake(pixels: int) -> Intake:
    """Of a process that reads a pixel for each one that it sends, and nothing ahead."""
    read = np.arange(1, pixels + 1)
    return Intake(read, read, read)


def _in_order(needed: IntArray, begun: IntArray, ahead: IntArray) -> Intake:
    """Pixels leave in order, so what one of them needs all later ones do."""
    needed, begun, ahead = (np.maximum.accumulate(read) for read in (needed, begun, ahead))
    begun = np.maximum(begun, needed)
    return Intake(needed, begun, np.maximum(ahead, begun))
