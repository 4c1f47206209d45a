"""Larger maps of integers: each pixel several times, or once with zeros around it."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.contract import IntegerNode, Values, Wiring
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.maps import upsample_hardware
from asn2fpga.kinds.maps.pace import Reads
from asn2fpga.kinds.maps.window import image_of, like
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

Between = Literal["copies", "zeros"]
MAX_FACTOR = 32


def factor_complaint(factor: tuple[int, ...], shape: Shape) -> str:
    """What is wrong with a factor of rows and one of columns on a map of that shape; empty if nothing."""
    if len(shape) not in (2, 3):
        return f"the input must have channels and pixels, (channels, height, width), not shape {shape}"
    if len(factor) != 2 or not all(1 <= number <= MAX_FACTOR for number in factor):
        return f"factor must be 2 numbers in 1..{MAX_FACTOR}, not {list(factor)}"
    return differs("factor of rows, where there is one row,", factor[0], 1) if len(shape) == 2 else ""


def upsampled_shape(shape: Shape, factor: tuple[int, ...], between: Between) -> Shape:
    """Of the larger map: zeros stand between pixels, not after the last one."""
    channels, *size = image_of(shape)
    last = 0 if between == "copies" else 1
    rows, columns = ((have - last) * times + last for have, times in zip(size, factor, strict=True))
    return like(shape, channels, rows, columns)


def upsampled(
    maps: npt.NDArray[Any], factor: tuple[int, ...], between: Between, fill: int
) -> npt.NDArray[Any]:
    """maps (R, height, width, C) -> (R, rows, columns, C); `fill` stands for zero."""
    if between == "copies":
        found: npt.NDArray[Any] = maps.repeat(factor[0], axis=1).repeat(factor[1], axis=2)
        return found
    count, height, width, channels = maps.shape
    _, rows, columns = upsampled_shape((channels, height, width), factor, between)
    found = np.full((count, rows, columns, channels), fill, maps.dtype)
    found[:, :: factor[0], :: factor[1]] = maps
    return found


def upsample_reads_its_map(context: Context, node: MapUpsample) -> str:
    """MapUpsample: it reads a map of its image's shape, and has a whole factor for each axis of pixels."""
    edge = context.edge_into(node)
    if not edge.lanes:
        return f"what is read must be a map, not {node.inputs[0]} of shape {edge.shape}"
    return differs("image", node.image, edge.shape) or factor_complaint(node.factor, edge.shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class MapUpsample(IntegerNode):
    """A map with `factor` (rows, columns) times as many pixels.

    image: the shape read. between: `copies` of each pixel, or `zeros`: counts that stand for 0.
    """

    factor: tuple[int, ...]
    image: Shape
    between: Between = "copies"

    works_by_step = True
    rules = (upsample_reads_its_map,)

    @property
    def kind(self) -> str:
        return f"MapUpsample, {self.between}"

    @property
    def shape(self) -> Shape:
        """Of the map that it sends."""
        return upsampled_shape(self.image, self.factor, self.between)

    @property
    def neurons(self) -> int:
        return math.prod(self.shape)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        (edge,) = inputs
        if self.between == "copies":
            return dataclasses.replace(edge, shape=self.shape)
        low, high = min(edge.low, self.fill(edge)), max(edge.high, self.fill(edge))
        type_ = FixedType.for_range(min(edge.fixed.min, low), max(edge.fixed.max, high))
        return dataclasses.replace(edge, shape=self.shape, type=type_, low=low, high=high)

    def fill(self, edge: Edge) -> int:
        """The count that stands between pixels."""
        return -edge.base if self.between == "zeros" else 0

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        (edge,), (values,) = edges, inputs
        batch, steps, _ = values.shape
        channels, height, width = image_of(self.image)
        maps = values.reshape(-1, height, width, channels).astype(self.output(edges).fixed.numpy_dtype)
        found = upsampled(maps, self.factor, self.between, self.fill(edge))
        return Values(found.reshape(batch, steps, -1))

    # ---- hardware -----------------------------------------------------------------------------------------

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        return upsample_hardware.block(self, edges, wiring)

    def cost(self, edges: Sequence[Edge]) -> Resources:
        return upsample_hardware.cost(self, edges)

    def widest_word(self, lanes: int) -> int:
        return 0

    @property
    def reading(self) -> Hashable:
        return self.factor, self.image, self.shape

    def map_reads(self, position: int, pixel: int) -> Reads:
        """Of a row that stands again, all pixels have been read."""
        _, height, width = image_of(self.image)
        row, column = divmod(pixel, image_of(self.shape)[2])
        whole, again = divmod(row, self.factor[0])
        least = whole * width + (width if again else column // self.factor[1] + 1)
        return Reads(least, min(least + 1, height * width))

    @property
    def facts(self) -> Mapping[str, Any]:
        return {**super().facts, "inputs": math.prod(self.image)}

    # ---- cycles -------------------------------------------------------------------------------------------

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        """Words of the pixels that readers need, and of those that these are made of."""
        (edge,) = edges
        assert sent is not None
        per_pixel = edge.words_per_inference // math.prod(self.image[1:])
        read = self.map_reads(0, sent.pixels - 1).least
        return {
            "input words": inferences * read * per_pixel,
            "output words": inferences * sent.pixels * per_pixel,
        }

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        return upsample_hardware.flow(self, arrivals, overheads)

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        (demand,) = arriving
        assert demand is not None
        words = self.output(edges).words_per_inference
        return np.full(len(demand.events), words + overheads.restart, np.int64)

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        """None: counts go to other places."""
        (demand,) = arriving
        assert demand is not None
        return Operations(int(demand.events.sum()), accumulates=0, synops=None, dense_macs=0)
