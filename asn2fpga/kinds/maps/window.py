"""The window that a convolution or a pool moves over a map: kernel, stride, padding, dilation.

Maps have shape (channels, height, width), or (channels, length): then the window has height 1.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import Shape

MAX_KERNEL = 7
MAX_STRIDE = 7
MAX_DILATION = 2
MAX_SIDE = 1024  # of a map that a pooling window may cover as a whole


@dataclass(frozen=True)
class Window:
    """kernel, stride, dilation: (rows, columns); padding: rows above, columns left, rows below, columns
    right.

    ceil_mode: windows that begin within the map or its first padding count, though they end beyond it.
    shared: () or the rows and columns of windows that share the map out among them, as torch's adaptive pools
    do: of n windows on a side of H number i holds floor(i H / n) up to ceil((i + 1) H / n), that one left
    out. Then `kernel` is the size of the largest, which smaller ones do not fill, and the stride is 1.
    """

    kernel: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] = (0, 0, 0, 0)
    dilation: tuple[int, ...] = (1, 1)
    ceil_mode: bool = False
    shared: tuple[int, ...] = ()

    @property
    def taps(self) -> int:
        """Positions within the window."""
        return self.kernel[0] * self.kernel[1]

    @property
    def extent(self) -> tuple[int, int]:
        """Rows and columns from its first to its last position."""
        rows, columns = ((size - 1) * step + 1 for size, step in zip(self.kernel, self.dilation, strict=True))
        return rows, columns

    @property
    def is_padded(self) -> bool:
        """Whether some windows reach beyond the map."""
        return any(self.padding) or self.ceil_mode

    def outputs(self, shape: Shape) -> tuple[int, int]:
        """Rows and columns of windows on a map of that shape; 0 or less where it is smaller than the
        window.
        """
        _, *size = image_of(shape)
        rows, columns = self.shared or (self._windows(axis, size[axis]) for axis in (0, 1))
        return rows, columns

    def _windows(self, axis: int, size: int) -> int:
        """As torch counts them: in ceil_mode a window must begin within the map or the padding before it."""
        room = size + self.padding[axis] + self.padding[axis + 2] - self.extent[axis]
        stride = self.stride[axis]
        if not self.ceil_mode or room < 0:
            return room // stride + 1
        count = -(-room // stride) + 1
        return count if (count - 1) * stride < size + self.padding[axis] else count - 1

    def columns(self, maps: npt.NDArray[np.generic], fill: float = 0) -> npt.NDArray[np.generic]:
        """maps (R, height, width, C) -> (R, rows, columns, kernel rows, kernel columns, C); `fill` beyond
        the map.
        """
        _, height, width, channels = maps.shape
        rows, columns = self.outputs((channels, height, width))
        if self.shared:
            return self._of_shared(maps, fill)
        padded = self._padded(maps, rows, columns, fill)
        views = np.lib.stride_tricks.sliding_window_view(padded, self.extent, axis=(1, 2))
        taps = views[:, :: self.stride[0], :: self.stride[1], :, :: self.dilation[0], :: self.dilation[1]]
        return taps[:, :rows, :columns].transpose(0, 1, 2, 4, 5, 3)

    def _of_shared(self, maps: npt.NDArray[np.generic], fill: float) -> npt.NDArray[np.generic]:
        """Of windows that share the map out; `fill` where one is smaller than the largest."""
        padded = np.pad(maps, [(0, 0), (0, 1), (0, 1), (0, 0)], constant_values=fill)
        rows, columns = (
            _places(size, count) for size, count in zip(maps.shape[1:3], self.shared, strict=True)
        )
        return padded[:, rows[:, None, :, None], columns[None, :, None, :]]

    def _padded(
        self, maps: npt.NDArray[np.generic], rows: int, columns: int, fill: float
    ) -> npt.NDArray[np.generic]:
        """With rows and columns beyond the map, as many as its windows reach."""
        if not self.is_padded:
            return maps
        sizes = (rows, columns)
        after = [
            max(0, (sizes[axis] - 1) * self.stride[axis] + self.extent[axis] - maps.shape[axis + 1] - before)
            for axis, before in enumerate(self.padding[:2])
        ]
        left = max(0, -self.padding[1])  # columns that no window looks at
        around = [(0, 0), (self.padding[0], after[0]), (max(0, self.padding[1]), after[1]), (0, 0)]
        return np.pad(maps[:, :, left:], around, constant_values=fill)

    def last(self, shape: Shape, row: int, column: int) -> tuple[int, int]:
        """The last row and column of the map that a window holds; less than 0 where it holds none."""
        _, *size = image_of(shape)
        ends = [
            -(-(place + 1) * size[axis] // self.shared[axis])
            if self.shared
            else min(place * self.stride[axis] - self.padding[axis] + self.extent[axis], size[axis])
            for axis, place in enumerate((row, column))
        ]
        return ends[0] - 1, ends[1] - 1

    def of_columns(self, first: int, step: int) -> Window:
        """The windows of the output columns first, first + step, ... alone.

        Where the first of them begins within the map, the padding to the left is negative.
        """
        above, left, below, right = self.padding
        rows, columns = self.stride
        padding = (above, left - first * columns, below, right)
        return dataclasses.replace(self, stride=(rows, columns * step), padding=padding)

    def inside(self, shape: Shape) -> npt.NDArray[np.bool_]:
        """(rows, columns, kernel rows, kernel columns): which positions of each window lie on the map."""
        _, height, width = image_of(shape)
        there = np.ones((1, height, width, 1), bool)
        found: npt.NDArray[np.bool_] = self.columns(there)[0, ..., 0].astype(bool)
        return found


ONE_PIXEL = Window(kernel=(1, 1), stride=(1, 1))


def shared_window(shape: Shape, rows: int, columns: int) -> Window:
    """So many windows that share a map of that shape out: of one size at equal distances where they are."""
    _, *size = image_of(shape)
    sides = [_side(have, count) for have, count in zip(size, (rows, columns), strict=True)]
    if all(step for _, step in sides):
        return Window(kernel=(sides[0][0], sides[1][0]), stride=(sides[0][1], sides[1][1]))
    return Window(kernel=(sides[0][0], sides[1][0]), stride=(1, 1), shared=(rows, columns))


def _side(size: int, windows: int) -> tuple[int, int]:
    """The size of the largest of windows that share out a side, and the distance of one from the next; 0 if
    sizes or distances differ.
    """
    places = _places(size, windows)
    first, largest = places[:, 0], places.shape[1]
    if windows == 1:
        return largest, size
    steps = np.unique(np.diff(first))
    return largest, int(steps[0]) if len(steps) == 1 and (places < size).all() else 0


def _places(size: int, windows: int) -> IntArray:
    """(windows, largest) the places of a side that each of the windows holds which share it out; where one is
    smaller than the largest, `size`.
    """
    number = np.arange(windows)
    first, end = number * size // windows, -(-(number + 1) * size // windows)
    places: IntArray = first[:, None] + np.arange((end - first).max())
    return np.where(places < end[:, None], places, size)


def image_of(shape: Shape) -> tuple[int, int, int]:
    """(channels, height, width) of a map; one of two axes has height 1."""
    channels, *size = shape
    height, width = size if len(size) == 2 else (1, *size)
    return channels, height, width


def like(shape: Shape, channels: int, rows: int, columns: int) -> Shape:
    """The shape of a map with as many axes as `shape`, which has one of rows only if that has."""
    return (channels, columns) if len(shape) == 2 else (channels, rows, columns)


def window_complaint(window: Window, shape: Shape) -> str:
    """What is wrong with the window of a convolution on a map of that shape; empty if nothing."""
    if window.shared:
        return f"windows of a convolution must be of one size, not share the map out as {list(window.shared)}"
    return _complaint(window, shape, MAX_KERNEL, MAX_STRIDE, MAX_DILATION) or _left_complaint(window)


def _left_complaint(window: Window) -> str:
    """A row of windows begins at most one stride before the map (hw/hls/maps/geometry.h)."""
    most, left = window.extent[1] - 1 + window.stride[1], window.padding[1]
    if left <= most:
        return ""
    return (
        f"padding to the left must be at most {most}, (kernel - 1) * dilation + stride, not {left}; windows "
        "further to the left see nothing of the map"
    )


def pool_complaint(window: Window, shape: Shape) -> str:
    """Likewise of a pool, which has no dilation, and of which every window holds part of the map."""
    return (
        _complaint(window, shape, MAX_SIDE, MAX_SIDE, 1)
        or _shared_complaint(window, shape)
        or empty_window_complaint(window, shape)
    )


def _shared_complaint(window: Window, shape: Shape) -> str:
    """What is wrong with windows that share the map out."""
    _, *size = image_of(shape)
    counts = window.shared
    if not counts:
        return ""
    if len(counts) != 2 or not all(1 <= count <= side for count, side in zip(counts, size, strict=True)):
        most = f"of rows in 1..{size[0]} and of columns in 1..{size[1]}"
        return f"shared must be 2 numbers, {most}, not {list(counts)}"
    largest = tuple(_side(side, count)[0] for side, count in zip(size, counts, strict=True))
    wanted = Window(kernel=largest, stride=(1, 1), shared=counts)
    if window != wanted:
        return (
            f"windows that share the map out must have kernel {list(largest)}, stride [1, 1] and nothing "
            f"else, not kernel {list(window.kernel)}, stride {list(window.stride)}, padding "
            f"{list(window.padding)}"
        )
    return ""


def _complaint(window: Window, shape: Shape, kernel: int, stride: int, dilation: int) -> str:
    if len(shape) not in (2, 3):
        return f"the input must have channels and pixels, (channels, height, width), not shape {shape}"
    for name, values, count, low, high in (
        ("kernel", window.kernel, 2, 1, kernel),
        ("stride", window.stride, 2, 1, stride),
        ("dilation", window.dilation, 2, 1, dilation),
        ("padding", window.padding, 4, 0, kernel * dilation),
    ):
        if len(values) != count or not all(low <= value <= high for value in values):
            return f"{name} must be {count} numbers in {low}..{high}, not {list(values)}"
    return _size_complaint(window, shape)


def _size_complaint(window: Window, shape: Shape) -> str:
    _, height, width = image_of(shape)
    rows, columns = window.outputs(shape)
    if rows >= 1 and columns >= 1:
        return ""
    reach = " x ".join(map(str, window.extent))
    return f"the map must be as large as the window of {reach}, not {height} x {width} with padding"


def empty_window_complaint(window: Window, shape: Shape) -> str:
    """What is wrong with windows that hold nothing of a map, where there are such; they lie on it."""
    empty = ~window.inside(shape).any(axis=(2, 3))
    if empty.any():
        y, x = (int(i) for i in np.argwhere(empty)[0])
        return f"padding must leave part of every window on the map, not none of that at y={y}, x={x}"
    return ""


@functools.lru_cache(maxsize=256)
def positions(window: Window, shape: Shape) -> IntArray:
    """(rows, columns) how many positions of each window lie on the map; not to be changed."""
    found: IntArray = window.inside(shape).sum(axis=(2, 3), dtype=np.int64)
    found.flags.writeable = False
    return found


def divisors(window: Window, shape: Shape, count_include_pad: bool) -> IntArray:
    """(rows, columns) what the sum of each window is divided by for a mean, as torch.nn.AvgPool2d does:
    its positions on the map, and in its padding if that counts.
    """
    if not count_include_pad:
        return positions(window, shape)
    channels, height, width = image_of(shape)
    above, left, below, right = window.padding
    padded = (channels, height + above + below, width + left + right)
    whole = dataclasses.replace(window, padding=(0, 0, 0, 0), ceil_mode=True)
    rows, columns = window.outputs(shape)
    return positions(whole, padded)[:rows, :columns]


def window_weights(window: Window, shape: Shape, count_include_pad: bool) -> IntArray:
    """(rows, columns) integers in proportion to 1 / divisor: 1 wherever all divisors are equal."""
    found = divisors(window, shape, count_include_pad)
    return mean_divisor(window, shape, count_include_pad) // found


def mean_divisor(window: Window, shape: Shape, count_include_pad: bool) -> int:
    """The least number that every divisor divides: a mean is sum * weight / this."""
    return math.lcm(*np.unique(divisors(window, shape, count_include_pad)).tolist())
