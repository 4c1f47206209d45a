"""Attention between maps of integers, without a softmax: q (k^T v), head by head, exactly.

Tokens are the pixels of a map. As nothing lies between the two products, (q k^T) v is the same.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self

import numpy as np

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.contract import IntegerNode, Values, Wiring
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.maps import attention_hardware, attention_timing, scores_hardware, scores_timing
from asn2fpga.kinds.maps.demand import WindowKey
from asn2fpga.kinds.maps.factors import MAX_PRODUCT_BITS, factor_range
from asn2fpga.kinds.maps.pace import Reads, windowed
from asn2fpga.kinds.maps.rules import reads_pixel_by_pixel
from asn2fpga.kinds.maps.window import ONE_PIXEL, image_of, like
from asn2fpga.kinds.ranges import partial_range, product_range
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

Order = Literal["memory", "scores"]


def attention_reads_three_maps(context: Context, node: MapAttention) -> str:
    """MapAttention: queries, keys and values are maps of its shapes, in the same time steps."""
    if len(node.inputs) != 3:
        return f"what is read must be queries, keys and values, not {len(node.inputs)} maps"
    edges = context.edges_into(node)
    shapes = (("queries", node.queries), ("keys", node.keys), ("values", node.values))
    for (what, shape), name, edge in zip(shapes, node.inputs, edges, strict=True):
        if not edge.lanes:
            return f"{what} must be a map, not {name} of shape {edge.shape}"
        complaint = differs(f"the shape of {what}", shape, edge.shape) or differs(
            f"time steps of {what}", edge.steps, edges[0].steps
        )
        if complaint:
            return complaint
    return ""


def heads_fit(_: Context, node: MapAttention) -> str:
    """MapAttention: queries have the channels of keys, keys the pixels of values, and heads divide both."""
    queries, keys, values = (image_of(shape) for shape in (node.queries, node.keys, node.values))
    return (
        differs("channels of queries", queries[0], keys[0])
        or differs("pixels of values", values[1:], keys[1:])
        or outside("heads", node.heads, 1, min(keys[0], values[0]))
        or heads_complaint(node.heads, keys[0], "keys")
        or heads_complaint(node.heads, values[0], "values")
    )


def heads_complaint(heads: int, channels: int, what: str) -> str:
    """What is wrong with so many heads of so many channels; empty if nothing."""
    return (
        ""
        if channels % heads == 0
        else f"heads must divide the {channels} channels of {what}, not be {heads}"
    )


def sums_are_narrow(context: Context, node: MapAttention) -> str:
    """MapAttention: what is sent fits 24 bits."""
    bits = node.output(context.edges_into(node)).fixed.width_bits
    return outside("bits of a sum", bits, 1, MAX_PRODUCT_BITS)


class AttentionHardware(Protocol):
    """How one order is made; a module of it."""

    def block(self, node: MapAttention, edges: Sequence[Edge], wiring: Wiring) -> Block: ...
    def cost(self, node: MapAttention, edges: Sequence[Edge]) -> Resources: ...


class AttentionTiming(Protocol):
    """When one order does what; a module of it."""

    def window_key(self, node: MapAttention, edge: Edge) -> WindowKey | None: ...
    def work(
        self,
        node: MapAttention,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand,
        inferences: int,
    ) -> Work: ...
    def busy(
        self,
        node: MapAttention,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        overheads: Overheads,
    ) -> IntArray: ...
    def flow(
        self, node: MapAttention, arrivals: Sequence[Arrival], overheads: Overheads
    ) -> tuple[Flow, Flow]: ...
    def operations(
        self, node: MapAttention, edges: Sequence[Edge], arriving: Sequence[Demand | None]
    ) -> Operations: ...


@dataclass(frozen=True, eq=False, kw_only=True)
class MapAttention(IntegerNode):
    """sum[n, j] = sum_i q[n, i] * M[i, j] with M[i, j] = sum_m k[m, i] * v[m, j], of each head and time step.

    n, m: pixels; i, j: channels of a head, of which each has as many, side by side. Inputs: q, k, v; a count
    c of theirs stands for (base + c) / 2^frac_bits, so factors are base + c, and may be negative.
    queries, keys, values: the shapes of the maps. The lanes are those of the values, or as many of them as
    divide the channels of a head. order: whether hardware makes the memory k^T v first, or the scores q k^T,
    which takes fewer cycles where tokens are few.
    """

    heads: int
    queries: Shape
    keys: Shape
    values: Shape
    order: Order = "memory"

    has_branches = True
    rules = (attention_reads_three_maps, reads_pixel_by_pixel, heads_fit, sums_are_narrow)

    @property
    def kind(self) -> str:
        return "MapAttention"

    @property
    def shape(self) -> Shape:
        """Of the map that it sends: the pixels of the queries, the channels of the values."""
        return like(self.queries, self.values[0], *image_of(self.queries)[1:])

    @property
    def neurons(self) -> int:
        return math.prod(self.shape)

    @property
    def key_channels(self) -> int:
        """Of a head: rows of its memory."""
        return self.keys[0] // self.heads

    @property
    def value_channels(self) -> int:
        """Of a head: columns of its memory."""
        return self.values[0] // self.heads

    @property
    def tokens(self) -> int:
        """Pixels of keys and values."""
        return math.prod(self.keys[1:])

    def memory_range(self, edges: Sequence[Edge]) -> tuple[int, int]:
        """Of what a word of the memory can hold, on the way too."""
        return partial_range(product_range([factor_range(edge) for edge in edges[1:]]), self.tokens)

    def score_range(self, edges: Sequence[Edge]) -> tuple[int, int]:
        """Of a score of a query and a key, on the way too."""
        return partial_range(product_range([factor_range(edge) for edge in edges[:2]]), self.key_channels)

    def sum_range(self, edges: Sequence[Edge]) -> tuple[int, int]:
        """Of the sums that are sent, on the way too."""
        return partial_range(
            product_range([factor_range(edges[0]), self.memory_range(edges)]), self.key_channels
        )

    def output(self, inputs: Sequence[Edge]) -> Edge:
        low, high = self.sum_range(inputs)
        return dataclasses.replace(
            inputs[2],
            shape=self.shape,
            type=FixedType.for_range(low, high),
            low=low,
            high=high,
            base=0,
            frac_bits=sum(edge.frac_bits for edge in inputs),
            lanes=attention_hardware.lanes_of_heads(inputs[2].lanes, self.value_channels, self.heads),
        )

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        """In float64: all sums are integers far below 2^53."""
        batch, steps, _ = inputs[0].shape
        shapes = (self.queries, self.keys, self.values)
        queries, keys, values = (
            _by_head(counts, edge, shape[0], self.heads)
            for counts, edge, shape in zip(inputs, edges, shapes, strict=True)
        )
        sums = queries @ (keys.swapaxes(2, 3) @ values)
        sent = sums.swapaxes(1, 2).reshape(batch, steps, -1)
        return Values(sent.astype(self.output(edges).fixed.numpy_dtype))

    # ---- hardware -----------------------------------------------------------------------------------------

    @property
    def _hardware(self) -> AttentionHardware:
        return scores_hardware if self.order == "scores" else attention_hardware

    @property
    def _timing(self) -> AttentionTiming:
        return scores_timing if self.order == "scores" else attention_timing

    @property
    def other_forms(self) -> Sequence[Self]:
        others: tuple[Order, ...] = ("memory", "scores")
        return [dataclasses.replace(self, order=order) for order in others if order != self.order]

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        return self._hardware.block(self, edges, wiring)

    def cost(self, edges: Sequence[Edge]) -> Resources:
        return self._hardware.cost(self, edges)

    def widest_word(self, lanes: int) -> int:
        return 0

    @property
    def lanes_from(self) -> int | None:
        return 2

    def works_for_long(self, position: int) -> bool:
        return True

    def map_intake(self) -> Iterator[tuple[Reads, ...]]:
        """Keys and values come in side by side."""
        for token in range(self.tokens):
            taken = windowed(ONE_PIXEL, self.keys, token)
            yield Reads(0, 0), taken, taken

    @property
    def reading(self) -> Hashable:
        return self.tokens, self.queries, self.keys

    def map_reads(self, position: int, pixel: int) -> Reads:
        """Sums need all keys and values."""
        if position == 0:
            return windowed(ONE_PIXEL, self.queries, pixel)
        return Reads(self.tokens, self.tokens)

    @property
    def facts(self) -> Mapping[str, Any]:
        return {**super().facts, "inputs": sum(map(math.prod, (self.queries, self.keys, self.values)))}

    # ---- cycles -------------------------------------------------------------------------------------------

    def window_key(self, position: int, edge: Edge) -> WindowKey | None:
        return None if position == 2 else self._timing.window_key(self, edge)

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        assert sent is not None
        return self._timing.work(self, edges, arriving, sent, inferences)

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        return self._timing.flow(self, arrivals, overheads)

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        return self._timing.busy(self, edges, arriving, overheads)

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        return self._timing.operations(self, edges, arriving)


def _by_head(counts: Array, edge: Edge, channels: int, heads: int) -> RealArray:
    """(B, T, N) by address -> (B * T, heads, pixels, channels of a head), what the counts stand for."""
    found = counts.reshape(counts.shape[0] * counts.shape[1], -1, heads, channels // heads)
    by_head: RealArray = found.swapaxes(1, 2).astype(np.float64) + edge.base
    return by_head
