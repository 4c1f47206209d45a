"""Pooling of integer maps: the largest, the smallest or the sum of the counts in a window."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.contract import IntegerNode, Values, Wiring
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.maps import pool_hardware
from asn2fpga.kinds.maps.pace import Reads, pooled
from asn2fpga.kinds.maps.window import (
    Window,
    divisors,
    image_of,
    like,
    mean_divisor,
    pool_complaint,
    positions,
    window_weights,
)
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

MAX_POOLED_BITS = 32  # of a count: all that an edge can have
BELOW_ALL = -(1 << 40)  # stands in padding, which is never the largest count


def pool_reads_its_map(context: Context, node: MapPool) -> str:
    """MapPool: it reads a map of its image's shape, on which its windows lie."""
    edge = context.edge_into(node)
    if not edge.lanes:
        return f"what is read must be a map, not {node.inputs[0]} of shape {edge.shape}"
    return differs("image", node.image, edge.shape) or pool_complaint(node.window, edge.shape)


def signs_are_signs(context: Context, node: MapPool) -> str:
    """MapPool: where channels differ, there is 1 (the largest) or -1 (the smallest) for each of them."""
    if node.signs is None:
        return ""
    if node.operation == "sum":
        return "a sum must have no signs"
    complaint = integers("signs", node.signs, node.image[:1])
    return complaint or ("" if set(np.unique(node.signs)) <= {-1, 1} else "signs must be 1 or -1")


def counts_are_narrow(context: Context, node: MapPool) -> str:
    """MapPool: sums of counts fit 32 bits."""
    bits = node.output(context.edges_into(node)).fixed.width_bits
    return outside("bits of a count", bits, 1, MAX_POOLED_BITS)


@dataclass(frozen=True, eq=False, kw_only=True)
class MapPool(IntegerNode):
    """One count for each window and channel of a map.

    image: the shape read, (channels, height, width) or (channels, length). max: the largest count, or where
    signs (C,) is -1 the smallest; what lies beyond the map never counts. sum: of the counts, in padding of
    those that stand for 0, times a weight for each window, so that the mean is the sum over one number;
    count_include_pad: whether padding adds to the number that a mean is divided by.
    """

    operation: Literal["max", "sum"]
    window: Window
    image: Shape
    count_include_pad: bool = True
    signs: Array | None = None

    works_by_step = True
    rules = (pool_reads_its_map, signs_are_signs, counts_are_narrow)

    @property
    def kind(self) -> str:
        return f"MapPool, {self.operation}"

    @property
    def shape(self) -> Shape:
        """Of the map that it sends."""
        return like(self.image, self.image[0], *self.window.outputs(self.image))

    @property
    def neurons(self) -> int:
        return math.prod(self.shape)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        (edge,) = inputs
        if self.operation == "max":
            return dataclasses.replace(edge, shape=self.shape)
        low, high = self._sum_range(edge)
        divisor = mean_divisor(self.window, self.image, self.count_include_pad)
        return dataclasses.replace(
            edge,
            shape=self.shape,
            type=FixedType.for_range(low, high),
            low=low,
            high=high,
            base=edge.base * divisor,
        )

    @property
    def weights(self) -> IntArray:
        """(rows, columns) what the sum of each window is multiplied by."""
        return window_weights(self.window, self.image, self.count_include_pad)

    def starts(self, edge: Edge) -> IntArray:
        """(rows, columns) what the padding adds that counts, before the weight."""
        beyond = divisors(self.window, self.image, self.count_include_pad) - self._on_the_map
        found: IntArray = -edge.base * beyond
        return found

    @property
    def _on_the_map(self) -> IntArray:
        found: IntArray = positions(self.window, self.image)
        return found

    def _sum_range(self, edge: Edge) -> tuple[int, int]:
        """Of all sums, and 0."""
        start, taken = self.starts(edge), self._on_the_map
        low = self.weights * (start + taken * min(0, edge.low))
        high = self.weights * (start + taken * max(0, edge.high))
        return min(0, int(low.min())), max(0, int(high.max()))

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        (edge,), (values,) = edges, inputs
        batch, steps, _ = values.shape
        channels, height, width = image_of(self.image)
        maps = values.reshape(-1, height, width, channels)
        found = self._largest(maps) if self.operation == "max" else self._sums(maps, edge)
        sent = self.output(edges)
        return Values(found.astype(sent.fixed.numpy_dtype).reshape(batch, steps, sent.size))

    def _largest(self, maps: Array) -> IntArray:
        integers = as_integer(maps)
        largest: IntArray = self.window.columns(integers, BELOW_ALL).max(axis=(3, 4))
        if self.signs is None:
            return largest
        smallest = self.window.columns(integers, -BELOW_ALL).min(axis=(3, 4))
        return np.where(as_integer(self.signs) < 0, smallest, largest)

    def _sums(self, maps: Array, edge: Edge) -> IntArray:
        sums = self.window.columns(as_integer(maps)).sum(axis=(3, 4))
        found: IntArray = (sums + self.starts(edge)[..., None]) * self.weights[..., None]
        return found

    # ---- hardware -----------------------------------------------------------------------------------------

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        return pool_hardware.block(self, edges, wiring)

    def cost(self, edges: Sequence[Edge]) -> Resources:
        return pool_hardware.cost(self, edges)

    def widest_word(self, lanes: int) -> int:
        return 0

    @property
    def reading(self) -> Hashable:
        return self.window, self.image

    def map_reads(self, position: int, pixel: int) -> Reads:
        return pooled(self.window, self.image, pixel)

    @property
    def facts(self) -> Mapping[str, Any]:
        return {**super().facts, "inputs": math.prod(self.image)}

    # ---- cycles -------------------------------------------------------------------------------------------

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        (edge,) = edges
        assert sent is not None
        _, height, width = image_of(self.image)
        read = self.map_reads(0, sent.pixels - 1).least
        return {"input words": inferences * (read * edge.words_per_inference // (height * width))}

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        return pool_hardware.flow(self, arrivals, overheads)

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        (edge,), (demand,) = edges, arriving
        assert demand is not None
        cycles = edge.words_per_inference + edge.rounds * overheads.restart
        return np.full(len(demand.events), cycles, np.int64)

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        """It adds or compares counts, which is no accumulate: no weight is read."""
        (demand,) = arriving
        assert demand is not None
        return Operations(int(demand.events.sum()), accumulates=0, synops=None, dense_macs=0)
