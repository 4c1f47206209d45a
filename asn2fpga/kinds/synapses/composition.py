"""Two convolutions in a row as one kernel: what window it has, and its weights."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.maps.window import MAX_KERNEL, MAX_STRIDE, Window


def composed_window(first: Window, second: Window) -> Window:
    """Of a convolution that does what both do. The second may have padding where the first sees one pixel."""
    kernel, dilation = [], []
    for axis in (0, 1):
        if second.kernel[axis] == 1:
            size, step = first.kernel[axis], first.dilation[axis]
        elif first.kernel[axis] == 1 and first.stride[axis] * second.dilation[axis] <= 2:
            size, step = second.kernel[axis], first.stride[axis] * second.dilation[axis]
        else:
            size, step = first.extent[axis] + first.stride[axis] * (second.extent[axis] - 1), 1
        kernel.append(size)
        dilation.append(step)
    stride = tuple(a * b for a, b in zip(first.stride, second.stride, strict=True))
    padding = tuple(first.padding[side] + first.stride[side % 2] * second.padding[side] for side in range(4))
    return Window(tuple(kernel), stride, padding, tuple(dilation))


def window_problem(first: Window, second: Window) -> str:
    """Why two windows do not become one, as the end of a sentence; empty if they do."""
    if any(second.padding) and (first.taps > 1 or any(first.padding)):
        return "its padding would have to be part of the first one"
    whole = composed_window(first, second)
    if max(whole.kernel) > MAX_KERNEL:
        reach = " x ".join(map(str, whole.kernel))
        return f"its kernel would be {reach}, where at most {MAX_KERNEL} x {MAX_KERNEL} are built"
    if max(whole.stride) > MAX_STRIDE:
        return f"its stride would be {max(whole.stride)}, where at most {MAX_STRIDE} is built"
    return ""


def composed_weight(first: RealArray, second: RealArray, windows: tuple[Window, Window]) -> RealArray:
    """first: (mid, in, rows, columns), second: (out, mid, rows, columns) -> (out, in, rows, columns)."""
    one, two = windows
    whole = composed_window(one, two)
    found = np.zeros((len(second), first.shape[1], *whole.kernel))
    for outer in np.ndindex(*two.kernel):
        for inner in np.ndindex(*one.kernel):
            place = tuple(
                (inner[axis] * one.dilation[axis] + one.stride[axis] * two.dilation[axis] * outer[axis])
                // whole.dilation[axis]
                for axis in (0, 1)
            )
            found[:, :, place[0], place[1]] += (
                second[:, :, outer[0], outer[1]] @ first[:, :, inner[0], inner[1]]
            )
    return found
