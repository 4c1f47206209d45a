"""BatchNorm: a gain and a shift per element, which become part of the synapses beside them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context
from asn2fpga.graph.types import Array
from asn2fpga.kinds.real_rules import real_array
from asn2fpga.kinds.trained import Affine, Factor, RealNode


def batch_norm_fits_its_input(context: Context, node: BatchNorm) -> str:
    """BatchNorm: gain and shift are finite, one number for each element of the input, or for each channel."""
    shape = context.edge_into(node).shape
    if node.gain.ndim == 1:
        shape = shape[:1]
    return real_array("gain", node.gain, shape) or real_array("shift", node.shift, shape)


def over_pixels(values: Array, axes: int) -> RealArray:
    """Values of channels, or of elements, as they stand beside maps of so many axes."""
    array = as_real(values)
    return array.reshape(len(array), *(1,) * (axes - 1)) if array.ndim == 1 < axes else array


@dataclass(frozen=True, eq=False, kw_only=True)
class BatchNorm(RealNode):
    """y = x * gain + shift, running statistics already merged; also (x - mean) / std of an input.

    gain, shift: float64 of the input's shape, or (channel,).
    """

    gain: Array
    shift: Array

    rules = (batch_norm_fits_its_input,)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return inputs[0]

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        axes = inputs[0].ndim - 2
        return inputs[0] * over_pixels(self.gain, axes) + over_pixels(self.shift, axes)

    @property
    def text(self) -> str:
        return "per channel, gain and shift"

    @property
    def acts_by_channel(self) -> bool:
        return True

    def of_channels(self, first: int, count: int) -> Self | None:
        rows = slice(first, first + count)
        return dataclasses.replace(self, gain=self.gain[rows], shift=self.shift[rows])

    @property
    def parameters(self) -> int:
        return int(self.gain.size + self.shift.size)

    @property
    def affine(self) -> Affine:
        return as_real(self.gain), as_real(self.shift)

    @property
    def takes_factors(self) -> bool:
        return True

    def with_input_factor(self, factor: Factor) -> Self:
        return dataclasses.replace(self, gain=as_real(self.gain) * factor)

    def with_output_factor(self, factor: float) -> Self:
        return dataclasses.replace(self, gain=as_real(self.gain) * factor, shift=as_real(self.shift) * factor)
