"""Pad: rows and columns of constants around a map, which become padding of the convolution that reads it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.maps.window import MAX_KERNEL, image_of, like
from asn2fpga.kinds.real_rules import real_array
from asn2fpga.kinds.trained import RealNode


def pad_fits_its_map(context: Context, node: Pad) -> str:
    """Pad: it reads a map, and has a finite value for each channel and a width for each side."""
    shape = context.edge_into(node).shape
    if len(shape) not in (2, 3):
        return f"the input must have channels and pixels, (channels, height, width), not shape {shape}"
    if len(node.padding) != 4 or not all(0 <= side <= MAX_KERNEL for side in node.padding):
        return f"padding must be 4 numbers in 0..{MAX_KERNEL}, not {list(node.padding)}"
    return real_array("values", node.values, shape[:1])


@dataclass(frozen=True, eq=False, kw_only=True)
class Pad(RealNode):
    """A map with rows above, columns left, rows below and columns right of it that hold `values` (C,)."""

    padding: tuple[int, ...]
    values: Array

    rules = (pad_fits_its_map,)

    @property
    def text(self) -> str:
        return " x ".join(map(str, self.padding)) + " constants around"

    @property
    def surroundings(self) -> tuple[tuple[int, ...], RealArray]:
        return self.padding, as_real(self.values)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return dataclasses.replace(inputs[0], shape=self._shape(inputs[0].shape))

    def _shape(self, shape: Shape) -> Shape:
        channels, height, width = image_of(shape)
        above, left, below, right = self.padding
        return like(shape, channels, above + height + below, left + width + right)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        (values,) = inputs
        shape = values.shape[2:]
        channels, height, width = image_of(shape)
        above, left, _, _ = self.padding
        size = image_of(self._shape(shape))
        found = np.empty((*values.shape[:2], *size))
        found[:] = as_real(self.values)[:, None, None]
        inner = values.reshape(*values.shape[:2], channels, height, width)
        found[..., above : above + height, left : left + width] = inner
        return found.reshape(*values.shape[:2], *self._shape(shape))
