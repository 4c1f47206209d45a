"""Convolutions of integers, exactly; maps lie channels last, as they travel."""

from __future__ import annotations

import dataclasses
import functools
import math
from collections.abc import Hashable
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from asn2fpga.device.binding import pair_fits_a_slice
from asn2fpga.device.parts import Memory
from asn2fpga.graph.arrays import IntArray, RealArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import differs, outside
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.contract import Multiplier, RunTimeMemory, WeightMemory
from asn2fpga.kinds.maps.demand import WindowDemand, WindowKey
from asn2fpga.kinds.maps.pace import Intake, Reads, window_intake, windowed
from asn2fpga.kinds.maps.raster import groups_of_map, scan_lanes
from asn2fpga.kinds.maps.synapse import MapSynapse
from asn2fpga.kinds.maps.window import Window, window_complaint
from asn2fpga.kinds.matmul import exact_float
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.roms import groups_of
from asn2fpga.kinds.synapses.contract import Weighted
from asn2fpga.kinds.timing import Demand

BLOCK_ELEMENTS = 1 << 23  # of windows that lie in memory at one time


def convolved(maps: npt.NDArray[Any], weight: npt.NDArray[Any], window: Window, groups: int) -> RealArray:
    """maps (R, height, width, C), weight (out, rows, columns, C / groups) -> (R, rows, columns, out).

    In the type of `maps`, or in that of the weights.
    """
    rows, columns = window.outputs((maps.shape[3], *maps.shape[1:3]))
    found = np.empty((len(maps), rows, columns, len(weight)), np.result_type(maps, weight))
    per_map = rows * columns * window.taps * maps.shape[3]
    chunk = max(1, BLOCK_ELEMENTS // per_map)
    for start in range(0, len(maps), chunk):
        part = window.columns(maps[start : start + chunk])
        found[start : start + chunk] = _products(part, weight, groups)
    return found


def _products(windows: npt.NDArray[Any], weight: npt.NDArray[Any], groups: int) -> npt.NDArray[Any]:
    """windows (R, rows, columns, kernel rows, kernel columns, C) times the weights, group by group."""
    pixels, per_group, outputs = windows.shape[:3], weight.shape[3], len(weight) // groups
    if per_group == outputs == 1:  # depthwise
        found: npt.NDArray[Any] = np.einsum("ryxklc,ckl->ryxc", windows, weight[..., 0])
        return found
    parts = []
    for group in range(groups):
        own = windows[..., group * per_group : (group + 1) * per_group].reshape(math.prod(pixels), -1)
        rows = weight[group * outputs : (group + 1) * outputs].reshape(outputs, -1)
        parts.append((own @ rows.T).reshape(*pixels, outputs))
    return np.concatenate(parts, axis=-1) if groups > 1 else parts[0]


@dataclass(frozen=True, eq=False, kw_only=True)
class Convolution(Weighted, MapSynapse):
    """Integer weights within +-(2^(weight_bits-1)-1): sum[o] = sum of weight[o, tap, c] * count over a
    window.

    weight: (out, kernel rows, kernel columns, in / groups) int64. image: (channels, height, width) read.
    Beyond the map stands what a count would be for 0, -base of what it reads, and besides sums begin with
    starts (rows, columns, out) int64, if there are some. skips_zeros: whether windows are searched for
    counts; else they are gone through tap by tap where they can be (takes_every_tap). rows: what holds
    the counts that windows reach.
    """

    title = "convolution"

    weight: Array
    weight_bits: int
    window: Window
    image: tuple[int, ...]
    groups: int = 1
    starts: Array | None = None
    memory: WeightMemory = "auto"
    products: Multiplier = "auto"
    skips_zeros: bool = True
    rows: RunTimeMemory = "auto"

    @property
    def channels(self) -> int:
        return int(self.weight.shape[0])

    @property
    def pixels(self) -> tuple[int, int]:
        return self.window.outputs(self.image)

    @property
    def inputs(self) -> int:
        return math.prod(self.image)

    @property
    def has_weights(self) -> bool:
        return bool(self.weight.any())

    @property
    def is_depthwise(self) -> bool:
        """Whether each channel has a channel of the input for itself."""
        return self.groups == self.channels == self.image[0] > 1

    def weight_memory(self, edge: Edge, lanes: int) -> Memory:
        """A word for each position, input channel and group of lanes: of the channels that one is walked
        through with, lanes without a channel included.
        """
        inputs = groups_of_map(edge) * edge.lanes // self.walked_groups(edge, lanes)
        rows = self.window.taps * (1 if self.takes_words(edge, lanes) else inputs)
        depth = rows * groups_of(self.channels, lanes)
        in_luts = self.memory == "lut"
        return Memory(depth, lanes * self.weight_bits, rom=True, in_luts=in_luts, may_split=True)

    def constant(self, edge: Edge, lanes: int) -> int | None:
        """What all lanes of all rows of the weights' ROM hold, if that is one number: then it is no memory,
        and a product by it no multiplier (sums of counts, scales that are part of thresholds).
        """
        alone = self.takes_words(edge, lanes) or self.walked_groups(edge, lanes) == self.groups
        full = self.channels % lanes == 0 and edge.image[0] % edge.lanes == 0
        return self._one_weight if alone and full else None

    @functools.cached_property
    def _one_weight(self) -> int | None:
        """The weight that is all of them."""
        first = int(self.weight.flat[0])
        return first if (self.weight == first).all() else None

    def pairs_fit(self, edge: Edge, acc_type: FixedType) -> bool:
        """Sums that start from something else than 0 do not stay within a slice."""
        fits = pair_fits_a_slice(acc_type.width_bits, self.weight_bits, edge.fixed.width_bits)
        return self.starts_from_zero(edge) and fits

    def starts_from_zero(self, edge: Edge) -> bool:
        """Whether all sums begin with 0."""
        return self.starts is None and (edge.base == 0 or not any(self.window.padding))

    def complaint(self, edge: Edge) -> str:
        if self.weight.ndim != 4 or self.weight.size == 0:
            return f"weight must have 4 axes that are not empty, not shape {self.weight.shape}"
        limit = (1 << (self.weight_bits - 1)) - 1
        return (
            integers("weight", self.weight, self.weight.shape)
            or outside("weight_bits", self.weight_bits, 2, 8)
            or outside("the largest weight", int(np.abs(as_integer(self.weight)).max()), 0, limit)
            or differs("rows and columns of the weight", self.weight.shape[1:3], self.window.kernel)
            or outside("groups", self.groups, 1, self.channels)
            or differs("output channels beyond whole groups", self.channels % self.groups, 0)
            or differs("input channels", self.weight.shape[3] * self.groups, self.image[0])
            or differs("pixels and channels", self.image, edge.image)
            or ("" if self.starts is None else integers("starts", self.starts, (*self.pixels, self.channels)))
            or window_complaint(self.window, self.image)
        )

    def sums(self, edge: Edge, values: Array) -> IntArray:
        """Sums of what lies on the map, and of what stands for 0 beyond it."""
        channels, height, width = self.image
        weight = as_integer(self.weight)
        most = int(np.abs(weight).sum(axis=(1, 2, 3)).max()) * max(abs(edge.fixed.min), edge.fixed.max)
        kind = exact_float(most)
        maps = values.reshape(len(values), height, width, channels).astype(kind)
        sums = convolved(maps, weight.astype(kind), self.window, self.groups).astype(np.int64)
        return (sums + self.borders(edge)).reshape(len(values), -1)

    def borders(self, edge: Edge) -> IntArray:
        """(rows, columns, out) what the positions beyond the map add."""
        beyond = ~self.window.inside(self.image)
        per_tap = as_integer(self.weight).sum(axis=3)  # (out, kernel rows, kernel columns)
        found: IntArray = -edge.base * np.einsum("yxkl,okl->yxo", beyond.astype(np.int64), per_tap)
        return found if self.starts is None else found + as_integer(self.starts)

    def sum_range(self, edge: Edge) -> tuple[IntArray, IntArray]:
        """(out,) over all pixels: of a border's start and any part of what lies on the map."""
        weight = as_integer(self.weight)
        inside, which = self._classes()
        negative = np.einsum("nkl,okl->no", inside, np.minimum(weight, 0).sum(axis=3))
        positive = np.einsum("nkl,okl->no", inside, np.maximum(weight, 0).sum(axis=3))
        least, most = min(0, edge.low), max(0, edge.high)
        start = self.borders(edge).reshape(-1, self.channels)[which]
        low: IntArray = (start + negative * most + positive * least).min(axis=0)
        high: IntArray = (start + positive * most + negative * least).max(axis=0)
        return low, high

    def _classes(self) -> tuple[IntArray, IntArray]:
        """The distinct sets of positions that windows have on the map, and a pixel of each.

        All pixels of one set have the same start.
        """
        inside = self.window.inside(self.image).reshape(-1, *self.window.kernel).astype(np.int64)
        distinct, which = np.unique(inside, axis=0, return_index=True)
        return distinct, which

    @property
    def reading(self) -> Hashable:
        return self.window, self.image

    def map_reads(self, pixel: int) -> Reads:
        return windowed(self.window, self.image, pixel)

    def of_columns(self, first: int, step: int) -> Self:
        starts = None if self.starts is None else self.starts[:, first::step]
        return dataclasses.replace(self, window=self.window.of_columns(first, step), starts=starts)

    # ---- cycles -------------------------------------------------------------------------------------------

    @property
    def intake(self) -> Intake:
        return window_intake(self.window, self.image)

    def walked_words(self, edge: Edge, lanes: int) -> int:
        groups = groups_of(self.channels, lanes)
        words = groups_of(edge.image[0], edge.lanes)
        if self.takes_words(edge, lanes):
            return self.window.taps * words
        parts = edge.lanes // scan_lanes(edge)
        return groups * self.window.taps * words * parts // self.walked_groups(edge, lanes)

    def counts_in_cycles(self, edge: Edge, lanes: int) -> int:
        one_a_word = self.takes_words(edge, lanes) or self.takes_every_tap(edge, lanes)
        return 1 if one_a_word else scan_lanes(edge)

    def pixel_cycles(self, edge: Edge, demand: Demand | None, lanes: int, inferences: int) -> IntArray:
        """A cycle for each event of a window, at least one, and that for each group of lanes.

        Where channels in groups are gone through group by group, each has groups of lanes of its own. Where
        whole words are taken, one that holds a count takes a cycle.
        """
        if self.takes_words(edge, lanes):
            return self._found(edge, demand, lanes).cycles
        walked = groups_of(self.channels, lanes) // self.walked_groups(edge, lanes)
        cycles: IntArray = walked * self._found(edge, demand, lanes).cycles
        return cycles

    def turn_cycles(self, edge: Edge, demand: Demand, lanes: int) -> IntArray:
        turns = self._found(edge, demand, lanes).turns
        assert turns is not None, "turns are kept for who rests between them"
        return turns

    def takes_every_tap(self, edge: Edge, lanes: int) -> bool:
        """Whether windows are gone through tap by tap, with or without counts."""
        return not self.skips_zeros and self.can_take_every_tap(edge, lanes)

    def can_take_every_tap(self, edge: Edge, lanes: int) -> bool:
        """Where a pixel's channels are one word that is scanned at once, for all channels of the output."""
        one_word = groups_of_map(edge) == 1 and scan_lanes(edge) == edge.lanes
        return one_word and not self.takes_words(edge, lanes) and self.walked_groups(edge, lanes) == 1

    def takes_words(self, edge: Edge, lanes: int) -> bool:
        """Whether each lane multiplies a count of its own, so that a word of counts takes a cycle."""
        return self.is_depthwise and lanes == edge.lanes

    def walked_groups(self, edge: Edge, lanes: int) -> int:
        """Groups of channels whose windows are walked one by one: all of them, if each has whole words, read
        and sent; else weights between groups are zeros.
        """
        inputs, outputs = edge.image[0] // self.groups, self.channels // self.groups
        return self.groups if inputs % edge.lanes == 0 and outputs % lanes == 0 else 1

    def _found(self, edge: Edge, demand: Demand | None, lanes: int) -> WindowDemand:
        assert demand is not None, "convolutions read events"
        return demand.windows[self.window_key(edge, lanes)]

    def window_key(self, edge: Edge, lanes: int) -> WindowKey:
        if self.takes_words(edge, lanes):
            return WindowKey(self.window, groups_of(self.channels, lanes), lanes)
        every_tap = self.takes_every_tap(edge, lanes)
        return WindowKey(self.window, self.walked_groups(edge, lanes), every_tap=every_tap)

    def additions(self, edge: Edge, demand: Demand | None, lanes: int) -> tuple[int, int]:
        found = self._found(edge, demand, lanes)
        outputs = self.channels // self.groups
        return int(found.events.sum()) * outputs, int(found.counts.sum()) * outputs

    @property
    def fanout(self) -> int:
        """Of an event whose windows all lie on the map."""
        per_axis = [
            -(-size // step) for size, step in zip(self.window.kernel, self.window.stride, strict=True)
        ]
        return self.channels // self.groups * math.prod(per_axis)

    @property
    def macs_per_step(self) -> int:
        rows, columns = self.pixels
        return rows * columns * self.weight.size
