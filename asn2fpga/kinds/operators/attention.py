"""Attention as trained: q (k^T v) of three layers of neurons, whose tokens are pixels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs, unsupported
from asn2fpga.kinds.maps.attention import MapAttention, heads_complaint
from asn2fpga.kinds.maps.window import image_of, like
from asn2fpga.kinds.trained import RealNode


def three_are_sent(context: Context, node: RealNode) -> str:
    """What is wrong with queries, keys and values that are not what three layers of neurons send."""
    if len(node.inputs) != 3:
        return f"attention must read queries, keys and values, not {len(node.inputs)} layers"
    for name, edge in zip(node.inputs, context.edges_into(node), strict=True):
        if edge.carries != "events":
            return unsupported(
                "queries, keys and values must be what neurons send, not currents "
                f"({context.graph[name].place}); put a neuron there"
            )
    return ""


def queries_keys_and_values_fit(context: Context, node: Attention) -> str:
    """Attention: it reads three maps of events, of fitting channels and pixels, which heads divide."""
    edges = context.edges_into(node)
    complaint = three_are_sent(context, node)
    if complaint:
        return complaint
    for name, edge in zip(node.inputs, edges, strict=True):
        if len(edge.shape) < 2:
            place = context.graph[name].place
            return f"queries, keys and values must have channels and tokens, not shape {edge.shape} ({place})"
    queries, keys, values = (image_of(edge.shape) for edge in edges)
    return (
        differs("features of the queries", queries[0], keys[0])
        or differs("tokens of the values", values[1:], keys[1:])
        or heads_complaint(node.heads, keys[0], "keys")
        or heads_complaint(node.heads, values[0], "values")
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class Attention(RealNode):
    """y[n, j] = sum_i q[n, i] * sum_m k[m, i] * v[m, j] in each head: tokens n, m, features i, j.

    Inputs: q, k, v, (channels, *pixels) each; the features of a head are channels side by side. Spikformer,
    Spikingformer and the Spike-driven Transformers V2 and V3 compute this, with a scale after it.
    """

    heads: int

    has_branches = True
    pools: ClassVar[Literal["attention"]] = "attention"
    rules = (queries_keys_and_values_fit,)

    @property
    def is_product(self) -> bool:
        return True

    @property
    def text(self) -> str:
        return f"q (k^T v), {self.heads} head{'s' * (self.heads > 1)}"

    def output(self, inputs: Sequence[Edge]) -> Edge:
        queries, _, values = inputs
        shape = like(queries.shape, values.shape[0], *image_of(queries.shape)[1:])
        steps = max(edge.time_steps for edge in inputs)
        return Edge(shape, "events", time_steps=steps, is_frame=all(edge.is_frame for edge in inputs))

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        queries, keys, values = (_by_head(array, self.heads) for array in inputs)
        found = (values @ keys.swapaxes(3, 4)) @ queries
        shape = like(inputs[0].shape[2:], inputs[2].shape[2], *image_of(inputs[0].shape[2:])[1:])
        sums: RealArray = found.reshape(*found.shape[:2], *shape)
        return sums

    def integer_pool(self, sources: Sequence[str], edges: Sequence[Edge]) -> MapAttention:
        queries, keys, values = edges
        return MapAttention(
            name=self.name,
            inputs=tuple(sources),
            source=self.source,
            heads=self.heads,
            queries=queries.shape,
            keys=keys.shape,
            values=values.shape,
        )


def _by_head(values: RealArray, heads: int) -> RealArray:
    """(B, time, channels, *pixels) -> (B, time, heads, channels of a head, pixels)."""
    return np.asarray(values, np.float64).reshape(*values.shape[:2], heads, values.shape[2] // heads, -1)
