"""Pooling as trained: the largest, the smallest or the mean of the values in a window of a map."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Literal, Self

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, Rule
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.maps.pool import MapPool
from asn2fpga.kinds.maps.relayed import relayed
from asn2fpga.kinds.maps.window import (
    Window,
    image_of,
    like,
    pool_complaint,
    window_complaint,
    window_weights,
)
from asn2fpga.kinds.real_rules import real_array
from asn2fpga.kinds.trained import RealNode


def pool_fits_its_map(context: Context, node: Pool) -> str:
    """MaxPool, AvgPool: the window lies on the map that it reads."""
    shape = context.edge_into(node).shape
    return pool_complaint(node.window, shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class Pool(RealNode):
    """What both kinds share: one value for each window and channel."""

    window: Window

    rules: ClassVar[tuple[Rule, ...]] = (pool_fits_its_map,)

    @property
    def acts_by_channel(self) -> bool:
        return True

    def of_channels(self, first: int, count: int) -> Self | None:
        return self

    def output(self, inputs: Sequence[Edge]) -> Edge:
        shape = inputs[0].shape
        return dataclasses.replace(inputs[0], shape=like(shape, shape[0], *self.window.outputs(shape)))

    def _windows(self, values: RealArray, fill: float) -> RealArray:
        """(B, time, *map) -> (B * time, rows, columns, positions, C)."""
        maps = values.reshape(-1, *image_of(values.shape[2:])).transpose(0, 2, 3, 1)
        found = self.window.columns(maps, fill)
        return found.reshape(*found.shape[:3], self.window.taps, found.shape[5]).astype(np.float64)

    def _as_map(self, found: RealArray, values: RealArray) -> RealArray:
        """(B * time, rows, columns, C) -> (B, time, *map)."""
        shape = like(values.shape[2:], found.shape[3], *found.shape[1:3])
        return found.transpose(0, 3, 1, 2).reshape(*values.shape[:2], *shape)

    def _elements(self, shape: Shape, index: int) -> list[int]:
        """The elements of a map of that shape, in C order, that one window of one channel holds."""
        numbers = np.arange(math.prod(shape), dtype=np.float64).reshape(1, 1, *shape)
        found = self._windows(numbers, -1.0)
        channel, place = divmod(index, found.shape[1] * found.shape[2])
        held = found.reshape(-1, *found.shape[3:])[place, :, channel]
        return [int(element) for element in held.tolist() if element >= 0]

    @property
    def text(self) -> str:
        rows, columns = self.window.kernel
        if self.window.shared:
            return f"to {self.window.shared[0]} x {self.window.shared[1]}"
        return f"{rows} x {columns}, stride {self.window.stride[0]} x {self.window.stride[1]}"


def smallest_is_a_sign(context: Context, node: MaxPool) -> str:
    """MaxPool: where channels differ, there is 1 (the largest) or -1 (the smallest) for each of them."""
    if node.signs is None:
        return ""
    complaint = real_array("signs", node.signs, context.edge_into(node).shape[:1])
    return complaint or ("" if set(np.unique(node.signs)) <= {-1.0, 1.0} else "signs must be 1 or -1")


@dataclass(frozen=True, eq=False, kw_only=True)
class MaxPool(Pool):
    """The largest value of each window; padding never counts.

    signs: (C,) 1, or -1 for channels of which the smallest value is taken: a BatchNorm after the pool with a
    negative gain has moved to before it. None: the largest of all.
    """

    signs: Array | None = None

    pools: ClassVar[Literal["largest"]] = "largest"
    rules = (pool_fits_its_map, smallest_is_a_sign)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        (values,) = inputs
        largest = self._windows(values, -math.inf).max(axis=3)
        if self.signs is not None:
            smallest = self._windows(values, math.inf).min(axis=3)
            largest = np.where(as_real(self.signs) < 0, smallest, largest)
        return self._as_map(largest, values)

    def integer_pool(self, sources: Sequence[str], edges: Sequence[Edge]) -> MapPool:
        return MapPool(
            name=self.name,
            inputs=tuple(sources),
            source=self.source,
            operation="max",
            window=self.window,
            image=edges[0].shape,
            signs=None if self.signs is None else self.signs.astype(np.int64),
        )

    def exactly(self, shape: Shape, index: int, read: Callable[[int], Fraction]) -> Fraction:
        elements = self._elements(shape, index)
        channel = elements[0] // (math.prod(shape) // shape[0])
        reversed_ = self.signs is not None and self.signs[channel] < 0
        return (min if reversed_ else max)(read(element) for element in elements)

    def after(self, source: str, signs: RealArray | None) -> Self:
        return dataclasses.replace(self, inputs=(source,), signs=signs)


@dataclass(frozen=True, eq=False, kw_only=True)
class AvgPool(Pool):
    """The sum of each window, padding counting as zeros, times its weight and `factor`.

    factor: with it the sums are means, as long as it is not part of the weights that read them.
    count_include_pad: whether padding adds to the number that a mean is divided by.
    """

    factor: float = 1.0
    count_include_pad: bool = True

    pools: ClassVar[Literal["mean"]] = "mean"

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        (values,) = inputs
        sums = self._windows(values, 0.0).sum(axis=3)
        weights = window_weights(self.window, values.shape[2:], self.count_include_pad)
        return self._as_map(sums * weights[..., None] * self.factor, values)

    def integer_pool(self, sources: Sequence[str], edges: Sequence[Edge]) -> IntegerNode:
        """Sums; where padding stands for other counts than 0 by a convolution, whose borders know that."""
        pool = MapPool(
            name=self.name,
            inputs=tuple(sources),
            source=self.source,
            operation="sum",
            window=self.window,
            image=edges[0].shape,
            count_include_pad=self.count_include_pad,
        )
        is_plain = bool((pool.weights == 1).all()) and not window_complaint(self.window, edges[0].shape)
        if is_plain and pool.starts(edges[0]).any():
            return relayed(self.name, self.source, sources, edges, self.window)
        return pool

    def after(self, source: str, signs: RealArray | None) -> Self:
        return dataclasses.replace(self, inputs=(source,))

    @property
    def output_factor(self) -> float:
        return self.factor

    def without_factor(self) -> Self:
        return dataclasses.replace(self, factor=1.0)

    def with_output_factor(self, factor: float) -> Self:
        return dataclasses.replace(self, factor=self.factor * factor)

    def exactly(self, shape: Shape, index: int, read: Callable[[int], Fraction]) -> Fraction:
        weights = window_weights(self.window, shape, self.count_include_pad)
        weight = Fraction(self.factor) * int(weights.flat[index % weights.size])
        return weight * sum((read(element) for element in self._elements(shape, index)), Fraction(0))
