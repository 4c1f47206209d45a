"""Products of maps of integers, element by element: a mask may have a channel for each head, or one pixel."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.contract import IntegerNode, Values, Wiring
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.maps import product_hardware
from asn2fpga.kinds.maps.factors import MAX_PRODUCT_BITS, factor_range
from asn2fpga.kinds.maps.pace import Reads, one_by_one
from asn2fpga.kinds.maps.rules import reads_pixel_by_pixel
from asn2fpga.kinds.maps.window import image_of
from asn2fpga.kinds.ranges import partial_range, product_range
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work


def mask_complaint(image: Shape, mask: Shape) -> str:
    """What is wrong with a mask of that shape for a map of shape `image`; empty if nothing."""
    (channels, *pixels), (own, *places) = image_of(image), image_of(mask)
    if channels % own:
        return f"channels of the mask must divide the {channels} of the map, not be {own}"
    if places not in (pixels, [1, 1]):
        return f"pixels of the mask must be those of the map, {pixels}, or one, not {places}"
    return ""


def product_reads_two_maps(context: Context, node: MapProduct) -> str:
    """MapProduct: it reads a map and its mask, in the same time steps."""
    if len(node.inputs) != 2:
        return f"what is read must be a map and its mask, not {len(node.inputs)} maps"
    edges = context.edges_into(node)
    shapes = (("the map", node.image), ("the mask", node.mask))
    for (what, shape), name, edge in zip(shapes, node.inputs, edges, strict=True):
        if not edge.lanes:
            return f"{what} must be a map, not {name} of shape {edge.shape}"
        complaint = differs(f"the shape of {what}", shape, edge.shape)
        if complaint:
            return complaint
    return differs("time steps of the mask", edges[1].steps, edges[0].steps) or mask_complaint(
        node.image, node.mask
    )


def products_are_narrow(context: Context, node: MapProduct) -> str:
    """MapProduct: what is sent fits 24 bits."""
    bits = node.output(context.edges_into(node)).fixed.width_bits
    return outside("bits of a product", bits, 1, MAX_PRODUCT_BITS)


@dataclass(frozen=True, eq=False, kw_only=True)
class MapProduct(IntegerNode):
    """count[c, p] = a[c, p] * b[c // share, p], or b[c // share, 0] where the mask has one pixel.

    Inputs: a map a of shape `image` and a mask b of shape `mask`, of whose channels each serves `share`
    channels of the map, side by side. A count c of theirs stands for (base + c) / 2^frac_bits, so factors are
    base + c, and may be negative.
    """

    image: Shape
    mask: Shape

    has_branches = True
    rules = (product_reads_two_maps, reads_pixel_by_pixel, products_are_narrow)

    @property
    def kind(self) -> str:
        return "MapProduct"

    @property
    def neurons(self) -> int:
        return math.prod(self.image)

    @property
    def share(self) -> int:
        """Channels of the map for each of the mask's."""
        return self.image[0] // self.mask[0]

    @property
    def mask_is_one_pixel(self) -> bool:
        """Whether all pixels of the map meet the same one of the mask."""
        return math.prod(self.mask[1:]) == 1 and math.prod(self.image[1:]) > 1

    def output(self, inputs: Sequence[Edge]) -> Edge:
        low, high = partial_range(product_range([factor_range(edge) for edge in inputs]), 1)
        return dataclasses.replace(
            inputs[0],
            type=FixedType.for_range(low, high),
            low=low,
            high=high,
            base=0,
            frac_bits=sum(edge.frac_bits for edge in inputs),
            lanes=product_hardware.lanes_of(self, inputs)[0],
        )

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        batch, steps, _ = inputs[0].shape
        maps = inputs[0].reshape(batch, steps, -1, self.mask[0], self.share).astype(np.int64) + edges[0].base
        mask = inputs[1].reshape(batch, steps, -1, self.mask[0], 1).astype(np.int64) + edges[1].base
        sent = (maps * mask).reshape(batch, steps, -1)
        return Values(sent.astype(self.output(edges).fixed.numpy_dtype))

    # ---- hardware -----------------------------------------------------------------------------------------

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        return product_hardware.block(self, edges, wiring)

    def cost(self, edges: Sequence[Edge]) -> Resources:
        return product_hardware.cost(self, edges)

    def widest_word(self, lanes: int) -> int:
        return 0

    @property
    def lanes_from(self) -> int | None:
        return 0

    @property
    def word_by_word(self) -> tuple[int, ...]:
        return (0, 1) if self.share == 1 else ()

    @property
    def reading(self) -> Hashable:
        return self.mask_is_one_pixel, self.image

    def map_reads(self, position: int, pixel: int) -> Reads:
        if position == 1 and self.mask_is_one_pixel:
            return Reads(1, 1)
        return one_by_one(pixel, math.prod(self.image[1:]))

    @property
    def facts(self) -> Mapping[str, Any]:
        return {**super().facts, "inputs": math.prod(self.image) + math.prod(self.mask)}

    # ---- cycles -------------------------------------------------------------------------------------------

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        assert sent is not None
        pixels = math.prod(self.image[1:])
        return {"output words": inferences * (sent.pixels * self.output(edges).words_per_inference // pixels)}

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        return product_hardware.flow(self, arrivals, overheads)

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        (demand, _) = arriving
        assert demand is not None
        words = max(edge.words_per_inference for edge in (*edges, self.output(edges)))
        return np.full(len(demand.events), words + overheads.restart, np.int64)

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        """It adds nothing up."""
        events = sum(int(demand.events.sum()) for demand in arriving if demand is not None)
        return Operations(events, accumulates=0, synops=None, dense_macs=0)
