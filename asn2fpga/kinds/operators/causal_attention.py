"""Causal attention as trained: tokens are time steps, and each sees those before it and itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs
from asn2fpga.kinds.event_attention import EventAttention
from asn2fpga.kinds.maps.attention import heads_complaint
from asn2fpga.kinds.operators.attention import three_are_sent
from asn2fpga.kinds.trained import RealNode


def vectors_of_one_size_are_read(context: Context, node: CausalAttention) -> str:
    """CausalAttention: it reads three layers of neurons with as many features, which heads divide."""
    edges = context.edges_into(node)
    complaint = three_are_sent(context, node)
    if complaint:
        return complaint
    for name, edge in zip(node.inputs, edges, strict=True):
        if len(edge.shape) != 1:
            place = context.graph[name].place
            return (
                f"queries, keys and values must have one axis of features, not shape {edge.shape} ({place})"
            )
    sizes = [edge.size for edge in edges]
    return differs("features of queries, keys and values", sizes, 3 * sizes[:1]) or heads_complaint(
        node.heads, sizes[0], "keys"
    )


@dataclass(frozen=True, eq=False, kw_only=True)
class CausalAttention(RealNode):
    """y[t, j] = sum_i q[t, i] * sum of k[s, i] * v[s, j] over the steps s <= t, in each head.

    Inputs: q, k, v, of one axis each; the features of a head stand side by side.
    """

    heads: int

    has_branches = True
    pools: ClassVar[Literal["attention"]] = "attention"
    joins_maps = False
    rules = (vectors_of_one_size_are_read,)

    @property
    def is_product(self) -> bool:
        return True

    @property
    def text(self) -> str:
        return f"q (k^T v) over time, {self.heads} head{'s' * (self.heads > 1)}"

    def output(self, inputs: Sequence[Edge]) -> Edge:
        return Edge(inputs[0].shape, "events", time_steps=max(edge.time_steps for edge in inputs))

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        """Sample by sample: (q k^T) v with zeros for later steps, which is the same and quicker."""
        found = [
            _attended(*(array.reshape(len(array), self.heads, -1) for array in one))
            for one in zip(*inputs, strict=True)
        ]
        return np.stack(found).reshape(inputs[0].shape)

    def remembers(self, time_steps: int) -> bool:
        return time_steps > 1

    def integer_pool(self, sources: Sequence[str], edges: Sequence[Edge]) -> EventAttention:
        return EventAttention(
            name=self.name,
            inputs=tuple(sources),
            source=self.source,
            heads=self.heads,
            size=edges[0].size,
        )


def _attended(queries: RealArray, keys: RealArray, values: RealArray) -> RealArray:
    """(T, heads, features of a head) each -> the same."""
    asked = np.tril(np.einsum("tha,sha->hts", queries, keys, optimize=True))
    found: RealArray = np.einsum("hts,shb->thb", asked, values, optimize=True)
    return found
