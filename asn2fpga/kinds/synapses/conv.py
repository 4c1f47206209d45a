"""Convolutions as trained: y = W * x + b on a map, as torch.nn.Conv1d and Conv2d compute it."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import ClassVar, Self

import numpy as np

from asn2fpga.graph.arrays import IntArray, RealArray, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, Rule
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.maps.window import MAX_DILATION, MAX_KERNEL, Window, image_of, like, window_complaint
from asn2fpga.kinds.real_rules import real_array
from asn2fpga.kinds.synapses.composition import composed_weight, composed_window, window_problem
from asn2fpga.kinds.synapses.convolution import Convolution, convolved
from asn2fpga.kinds.trained import Factor, RealNode, Row, TrainedSynapse, currents_of


def conv_is_finite(_: Context, node: Conv) -> str:
    """Conv: weight is (out, in / groups, rows, columns), bias (out,), of finite float64 numbers."""
    if node.weight.ndim != 4 or node.weight.size == 0:
        return f"weight must have shape (out, in / groups, rows, columns), not {node.weight.shape}"
    shape: Shape = node.weight.shape
    if shape[2:] != node.window.kernel:
        return f"weight must have the window's {node.window.kernel} rows and columns, not {shape[2:]}"
    return real_array("weight", node.weight, shape) or real_array("bias", node.bias, shape[:1])


def conv_reads_a_map(context: Context, node: Conv) -> str:
    """Conv: what it reads has channels and pixels, at least as many as its window."""
    return window_complaint(node.window, context.edge_into(node).shape)


def conv_fits_its_channels(context: Context, node: Conv) -> str:
    """Conv: groups divide the channels, and the weight has those of the input."""
    channels, outputs = context.edge_into(node).shape[0], len(node.weight)
    if node.groups < 1 or outputs % node.groups:
        return f"groups must divide the {outputs} output channels, not be {node.groups}"
    wanted = node.weight.shape[1] * node.groups
    return "" if channels == wanted else f"a convolution must get {wanted} channels, not {channels}"


def what_stands_beyond_is_finite(_: Context, node: Conv) -> str:
    """Conv: what the positions of a kernel add beyond the map is finite, and so are scales."""
    shape = (len(node.weight), *node.window.kernel)
    beyond = "" if node.beyond is None else real_array("beyond", node.beyond, shape)
    return beyond or ("" if node.scale is None else real_array("scale", node.scale, (len(node.weight),)))


@dataclass(frozen=True, eq=False, kw_only=True)
class Conv(TrainedSynapse):
    """weight: (out, in / groups, rows, columns) float64, bias: (out,) float64.

    beyond: (out, rows, columns) what a position of the kernel adds where it lies beyond the map, None for
    nothing: where other values than zeros stand there, or a BatchNorm before the convolution moves them.
    scale: (out,) where weights are integer multiples of it; then what is added beyond the map is rounded to
    multiples too, as hardware does.
    """

    weight: Array
    bias: Array
    window: Window
    groups: int = 1
    beyond: Array | None = None
    scale: Array | None = None

    gathers = True
    rules: ClassVar[tuple[Rule, ...]] = (
        conv_is_finite,
        conv_reads_a_map,
        conv_fits_its_channels,
        what_stands_beyond_is_finite,
    )

    def output(self, inputs: Sequence[Edge]) -> Edge:
        shape = inputs[0].shape
        return currents_of(inputs, like(shape, len(self.weight), *self.window.outputs(shape)))

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        """(B, time, *map) -> (B, time, *map)."""
        (values,) = inputs
        shape = values.shape[2:]
        maps = values.reshape(-1, *image_of(shape)).transpose(0, 2, 3, 1)
        found = convolved(maps, as_real(self.weight).transpose(0, 2, 3, 1), self.window, self.groups)
        found = found + as_real(self.bias)
        if self.beyond is not None:
            found = found + self._borders(shape)
        sums = found.transpose(0, 3, 1, 2)
        return sums.reshape(*values.shape[:2], *self.output([Edge(shape, "events")]).shape)

    def _borders(self, shape: Shape) -> RealArray:
        """(rows, columns, out) what the positions beyond a map of that shape add."""
        assert self.beyond is not None
        outside = (~self.window.inside(shape)).astype(np.float64)
        found: RealArray = np.einsum("yxkl,okl->yxo", outside, as_real(self.beyond))
        if self.scale is None:
            return found
        scale = as_real(self.scale)
        rounded: RealArray = scale * np.rint(found / scale)
        return rounded

    def quantised(self, rows: RealArray, scale: RealArray) -> Self:
        return self.with_rows(rows).changed(scale=None if self.beyond is None else scale)

    def integer(self, weight: IntArray, bits: int, edge: Edge) -> Convolution:
        starts = None
        if self.beyond is not None:
            assert self.scale is not None, "weights are integer multiples of it"
            multiples = np.rint(self._borders(edge.shape) / as_real(self.scale)).astype(np.int64)
            starts = multiples << edge.frac_bits if multiples.any() else None
        return Convolution(
            starts=starts,
            weight=np.ascontiguousarray(weight.reshape(self.weight.shape).transpose(0, 2, 3, 1)),
            weight_bits=bits,
            window=self.window,
            groups=self.groups,
            image=image_of(edge.shape),
        )

    def sums_of_weights(self, weight: IntArray) -> IntArray:
        """Of windows that lie on the map as a whole."""
        sums: IntArray = weight.sum(axis=1)
        return sums

    @property
    def has_columns(self) -> bool:
        return self.groups == 1

    def with_columns(self) -> Self:
        return self.changed(weight=self.ungrouped(), groups=1)

    def row_inputs(self, values: RealArray) -> RealArray | None:
        """The windows of all pixels."""
        if not self.has_columns:
            return None
        maps = values.reshape(len(values), *image_of(values.shape[1:])).transpose(0, 2, 3, 1)
        found = as_real(self.window.columns(maps)).transpose(0, 1, 2, 5, 3, 4)
        return found.reshape(-1, self.weight[0].size)

    def row_of(self, neuron: int, shape: Shape) -> Row:
        """What lies on the map of the window of one pixel, of the channels of its group."""
        channels, height, width = image_of(shape)
        outputs = (len(self.weight), *self.window.outputs(shape))
        channel, row, column = (int(i) for i in np.unravel_index(neuron, outputs))
        numbers = np.arange(channels * height * width).reshape(1, channels, height, width)
        windows = self.window.columns(numbers.transpose(0, 2, 3, 1), -1)[0, row, column]
        per_group = self.weight.shape[1]
        first = channel // (len(self.weight) // self.groups) * per_group
        elements = windows[..., first : first + per_group].transpose(2, 0, 1).reshape(-1)
        there = elements >= 0
        weights = self.rows[channel]
        bias = Fraction(float(as_real(self.bias)[channel]))
        if self.beyond is not None:
            bias += Fraction(float(self._borders(shape)[row, column, channel]))
        return Row(elements[there].astype(np.int64), weights[there], bias)

    def without_constants(self) -> Self:
        return super().without_constants().changed(beyond=None)

    def of_channels(self, first: int, count: int) -> Self | None:
        if self.groups != 1 or self.beyond is not None:
            return None
        return super().of_channels(first, count)

    def columns_of(self, first: int, count: int) -> Array:
        """Of input channels."""
        per_channel = self.weight[0, 0].size
        return np.arange(first * per_channel, (first + count) * per_channel)

    @property
    def follows_other_scales(self) -> bool:
        return bool(self.weight[0].size == 1)

    def pooled(self, pool: RealNode) -> Self | None:
        """One convolution with a larger kernel.

        y[p] = sum_k W[k] x[s p + d k - pad],  sum_j y[t q + j] = sum_jk W[k] x[s t q + (s j + d k) - pad]
        """
        window, factor = pool.window, pool.output_factor  # type: ignore[attr-defined]
        own = self.window
        plain = window.dilation == (1, 1) and not (window.is_padded or window.shared) and not own.ceil_mode
        if not plain or self.beyond is not None:
            return None
        kernel = tuple(s * (j - 1) + e for s, j, e in zip(own.stride, window.kernel, own.extent, strict=True))
        weight = np.zeros((*self.weight.shape[:2], *kernel))
        for row, column in np.ndindex(*window.kernel):
            rows = slice(row * own.stride[0], row * own.stride[0] + own.extent[0], own.dilation[0])
            columns = slice(column * own.stride[1], column * own.stride[1] + own.extent[1], own.dilation[1])
            weight[:, :, rows, columns] += as_real(self.weight)
        stride = tuple(a * b for a, b in zip(own.stride, window.stride, strict=True))
        if max(*kernel, *stride) > MAX_KERNEL:
            return None
        merged = Window(kernel, stride, own.padding)
        bias = as_real(self.bias) * window.taps
        return dataclasses.replace(self, weight=weight * factor, bias=bias * factor, window=merged)

    def enlarged(self, larger: RealNode) -> Self | None:
        """The same positions, so many times as far apart; only of a stride of 1, and not too far."""
        own, factor = self.window, larger.factor  # type: ignore[attr-defined]
        dilation = tuple(
            step * times if size > 1 else 1
            for step, times, size in zip(own.dilation, factor, own.kernel, strict=True)
        )
        padding = tuple(side * times for side, times in zip(own.padding, 2 * factor, strict=True))
        if own.stride != (1, 1) or max(dilation) > MAX_DILATION:
            return None
        return self.changed(window=dataclasses.replace(own, dilation=dilation, padding=padding))

    def followed_by(self, second: TrainedSynapse) -> TrainedSynapse | str:
        if not isinstance(second, Conv):
            return super().followed_by(second)
        inner, outer = self.ungrouped(), second.ungrouped()
        problem = window_problem(self.window, second.window)
        if problem:
            return problem
        bias = as_real(second.bias) + outer.sum(axis=(2, 3)) @ as_real(self.bias)
        return dataclasses.replace(
            second,
            inputs=self.inputs,
            source=f"{self.source} and {second.source}",
            weight=composed_weight(inner, outer, (self.window, second.window)),
            bias=bias,
            window=composed_window(self.window, second.window),
            beyond=self._composed_beyond(outer, second),
            groups=1,
        )

    def _composed_beyond(self, outer: RealArray, second: Conv) -> RealArray | None:
        """What positions of both add beyond the map.

        Where only the first one has padding, the second one weighs what its positions add. Where the second
        one has, the first sees one pixel: its bias, which is part of the sum of all positions, is missing
        where the second one looks beyond the map.
        """
        own = np.zeros((len(self.weight), *self.window.kernel)) if self.beyond is None else self.beyond
        if any(second.window.padding):
            found = -per_position(outer, as_real(self.bias))
            if second.beyond is not None:
                found = found + as_real(second.beyond)
        else:
            found = composed_weight(as_real(own)[:, None], outer, (self.window, second.window))[:, 0]
        return found if found.any() else None

    def plus(self, other: TrainedSynapse) -> Self | None:
        """One kernel may be smaller, where its windows lie within those of the other at every pixel."""
        if not isinstance(other, Conv) or self.beyond is not None or other.beyond is not None:
            return None  # they are added up as they are
        if self.is_constant != other.is_constant:
            return None  # beside a 1 all trained weights would be small
        large, small = (self, other) if self.weight[0, 0].size >= other.weight[0, 0].size else (other, self)
        offset = _offset(large.window, small.window)
        if offset is None:
            return None
        weight = large.ungrouped().copy()
        rows = slice(offset[0], offset[0] + small.window.extent[0], small.window.dilation[0])
        columns = slice(offset[1], offset[1] + small.window.extent[1], small.window.dilation[1])
        weight[:, :, rows, columns] += small.ungrouped()
        bias = as_real(self.bias) + as_real(other.bias)
        if self.groups == other.groups > 1 and large.window.kernel == small.window.kernel:
            weight = as_real(self.weight) + as_real(other.weight)
            return dataclasses.replace(self, weight=weight, bias=bias)
        return dataclasses.replace(self, weight=weight, bias=bias, window=large.window, groups=1)

    def ungrouped(self) -> RealArray:
        """(out, in, rows, columns) the weights, zeros between groups."""
        weight = as_real(self.weight)
        if self.groups == 1:
            return weight
        outputs, inputs, *kernel = weight.shape
        found = np.zeros((outputs, inputs * self.groups, *kernel))
        for group in range(self.groups):
            rows = slice(group * outputs // self.groups, (group + 1) * outputs // self.groups)
            found[rows, group * inputs : (group + 1) * inputs] = weight[rows]
        return found

    def with_input_factor(self, factor: Factor) -> Self:
        return self.changed(weight=as_real(self.weight) * self._of_channels(factor))

    def with_output_factor(self, factor: float) -> Self:
        beyond = None if self.beyond is None else as_real(self.beyond) * factor
        return super().with_output_factor(factor).changed(beyond=beyond)

    def into_producer(self, gain: RealArray, shift: RealArray) -> Self | None:
        gains, shifts = (self._per_channel(values, len(self.weight)) for values in (gain, shift))
        folded = None if gains is None or shifts is None else super().into_producer(gains, shifts)
        if folded is None or gains is None or self.beyond is None:
            return folded
        return folded.changed(beyond=as_real(self.beyond) * gains[:, None, None])

    def _per_channel(self, values: RealArray, channels: int) -> RealArray | None:
        """Values of elements as those of channels; None if they differ within one."""
        if values.size % channels:
            return None
        rows = values.reshape(channels, -1)
        return rows[:, 0] if (rows == rows[:, :1]).all() else None

    def _of_channels(self, values: Factor) -> Factor:
        """(in,) numbers, one for each input channel, as (out, in / groups, 1, 1)."""
        if isinstance(values, float) or np.ndim(values) == 0:
            return values
        groups = np.asarray(values).reshape(self.groups, -1)
        return np.repeat(groups, len(self.weight) // self.groups, axis=0)[:, :, None, None]

    def into_consumer(self, gain: RealArray, shift: RealArray) -> Self | None:
        """Zeros beyond the map are not shifted: there the shift that all positions add is missing."""
        inputs = self.weight.shape[1] * self.groups
        gains, shifts = (self._per_channel(values, inputs) for values in (gain, shift))
        if gains is None or shifts is None:
            return None
        weight = as_real(self.weight)
        shifted = (weight * self._of_channels(shifts)).sum(axis=1)
        beyond = self.beyond
        if self.window.is_padded and shifts.any():
            beyond = -shifted if beyond is None else as_real(beyond) - shifted
        bias = as_real(self.bias) + shifted.sum(axis=(1, 2))
        changed = {"weight": weight * self._of_channels(gains), "bias": bias, "beyond": beyond}
        return dataclasses.replace(self, **changed)

    def padded(self, padding: tuple[int, ...], values: RealArray) -> Self | None:
        """The same on the map without rows and columns around it that hold `values` (in,); None if its own
        padding would lie around these.
        """
        if self.window.is_padded and values.any():
            return None
        whole = tuple(a + b for a, b in zip(self.window.padding, padding, strict=True))
        beyond = per_position(self.ungrouped(), values) if values.any() else self.beyond
        return self.changed(window=dataclasses.replace(self.window, padding=whole), beyond=beyond)


def per_position(weight: RealArray, values: RealArray) -> RealArray:
    """(out, in, rows, columns) and (in,) -> (out, rows, columns) what each position adds of these values."""
    found: RealArray = (weight * values[:, None, None]).sum(axis=1)
    return found


def _offset(large: Window, small: Window) -> tuple[int, int] | None:
    """Where the positions of one window lie in another, for all pixels; None if not so."""
    if large.stride != small.stride or large.ceil_mode or small.ceil_mode:
        return None
    if large.dilation != (1, 1):
        return (0, 0) if large == small else None
    rows, columns = (large.padding[axis] - small.padding[axis] for axis in (0, 1))
    fits = rows + small.extent[0] <= large.extent[0] and columns + small.extent[1] <= large.extent[1]
    return (rows, columns) if fits and min(rows, columns) >= 0 else None
