"""How far a window has read the map before it when it sends a pixel: hw/hls/maps/geometry.h in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.maps.window import Window, image_of
from asn2fpga.kinds.timing import Arrival, Flow


@dataclass(frozen=True)
class Reads:
    """Pixels of an input that are read once an output pixel has left.

    least: those that it needs. most: those that the process may wait for before it lets the pixel go.
    """

    least: int
    most: int


def reads_whole_rows(window: Window, shape: Shape) -> bool:
    """Whether windows reach the last column of a map: a stride may leave some out."""
    width, columns = image_of(shape)[2], window.outputs(shape)[1]
    return (columns - 1) * window.stride[1] - window.padding[1] + window.extent[1] >= width


@cache
def last_row_read(window: Window, shape: Shape, row: int) -> int:
    """The last row of a map that windows up to those of a row hold; -1 if all of these lie beyond it."""
    height = image_of(shape)[1]
    found = -1
    for earlier in range(row + 1):
        top = earlier * window.stride[0] - window.padding[0]
        taps = range(top, top + window.extent[0], window.dilation[0])
        found = max([found, *(tap for tap in taps if tap < height)])
    return found


def row_there(flow: Flow, row: int, whole: bool) -> IntArray:
    """(B,) no sooner than when that row of a map is there, as far as windows read it."""
    if whole:
        return flow.last[:, row]
    return flow.last[:, row - 1] if row > 0 else np.zeros_like(flow.first[:, 0])


def first_rows(arrival: Arrival, step: int, row: int, bare: bool) -> IntArray:
    """(B,) when the rows up to `row` of the map of a time step are there; of a bound, when it begins."""
    first: IntArray = arrival.flow.first[:, step]
    if bare or row < 0:
        return first
    return first + (arrival.flow.last[:, step] - first) * (row + 1) // arrival.edge.image[1]


def one_by_one(pixel: int, pixels: int) -> Reads:
    """Of a process that reads a pixel for each one that it sends."""
    return Reads(min(pixel + 1, pixels), min(pixel + 2, pixels))


def last_pixel(window: Window, shape: Shape, pixel: int) -> int:
    """The last pixel of the map that the window of an output pixel holds; -1 if it holds none."""
    _, height, width = image_of(shape)
    row, column = divmod(pixel, window.outputs(shape)[1])
    bottom = min(row * window.stride[0] - window.padding[0] + window.extent[0], height) - 1
    right = min(column * window.stride[1] - window.padding[1] + window.extent[1], width) - 1
    return bottom * width + right if bottom >= 0 and right >= 0 else -1


def pooled(window: Window, shape: Shape, pixel: int) -> Reads:
    """Of a pool: an output pixel leaves with the last pixel of its window."""
    _, height, width = image_of(shape)
    last = last_pixel(window, shape, pixel)
    return Reads(last + 1, min(last + 2, height * width))


def windowed(window: Window, shape: Shape, pixel: int) -> Reads:
    """Of a window: strips of columns enter it one after the other, and pixels arrive at their pace."""
    _, height, width = image_of(shape)
    rows, columns = window.outputs(shape)
    strips = max(-(-width // window.stride[1]), columns)
    reach_height, reach_width = (extent - 1 for extent in window.extent)
    first_strip = (reach_width - window.padding[1]) // window.stride[1]
    next_row, next_column = divmod(min(pixel + 1, rows * columns - 1), columns)
    entered = next_row * strips + next_column + first_strip + 1
    wide = strips * window.stride[1]
    pace = window.stride[0] * window.stride[1]
    due = (reach_height - window.padding[0]) * wide + window.stride[1] + pace * (entered + 1)
    most = max(0, due) // wide * width + min(max(0, due) % wide, width)
    least = last_pixel(window, shape, pixel) + 1
    return Reads(least, max(least, min(most, height * width)))
