"""Product as trained: what two layers of neurons send, multiplied element by element."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, unsupported
from asn2fpga.kinds.maps.product import MapProduct, mask_complaint
from asn2fpga.kinds.trained import RealNode


def mask_fits_the_map(context: Context, node: Product) -> str:
    """Product: it reads two maps of events, the second with the pixels of the first or with one."""
    edges = context.edges_into(node)
    if len(edges) != 2:
        return f"a product must read two layers, not {len(edges)}"
    for name, edge in zip(node.inputs, edges, strict=True):
        place = context.graph[name].place
        if edge.carries != "events":
            return unsupported(
                f"a product must be of what neurons send, not of currents ({place}); put a neuron there"
            )
        if len(edge.shape) < 2:
            return unsupported(f"a product must be of maps, not of shape {edge.shape} ({place})")
    return mask_complaint(edges[0].shape, edges[1].shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class Product(RealNode):
    """y[c, p] = a[c, p] * b[c // share, p]: a map and a mask, whose channels serve `share` of the map's each.

    A mask of one pixel serves all. The Spike-driven Transformer V1 multiplies queries by what keys and values
    leave of all tokens, QKFormer keys by a token's or a channel's mask.
    """

    has_branches = True
    pools: ClassVar[Literal["product"]] = "product"
    rules = (mask_fits_the_map,)

    @property
    def is_product(self) -> bool:
        return True

    @property
    def text(self) -> str:
        return "element by element"

    def output(self, inputs: Sequence[Edge]) -> Edge:
        steps = max(edge.time_steps for edge in inputs)
        is_frame = all(edge.is_frame for edge in inputs)
        return Edge(inputs[0].shape, "events", time_steps=steps, is_frame=is_frame)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        maps, mask = inputs
        channels, own = maps.shape[2], mask.shape[2]
        pixels = math.prod(maps.shape[3:])
        found = maps.reshape(*maps.shape[:2], own, channels // own, pixels) * mask.reshape(
            *mask.shape[:2], own, 1, -1
        )
        product: RealArray = found.reshape(maps.shape)
        return product

    def integer_pool(self, sources: Sequence[str], edges: Sequence[Edge]) -> MapProduct:
        maps, mask = edges
        return MapProduct(
            name=self.name,
            inputs=tuple(sources),
            source=self.source,
            image=maps.shape,
            mask=mask.shape,
        )
