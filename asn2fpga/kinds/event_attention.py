"""Causal attention over time on integers: a memory k^T v that is kept from step to step, and q times it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs, outside, unsupported
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds import event_attention_hardware, event_attention_timing
from asn2fpga.kinds.contract import IntegerNode, Values, Wiring
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.ranges import partial_range, product_range
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

MAX_SUM_BITS = 24


def attention_reads_three_layers(context: Context, node: EventAttention) -> str:
    """EventAttention: queries, keys and values are events of as many elements, in the same time steps."""
    if len(node.inputs) != 3:
        return f"what is read must be queries, keys and values, not {len(node.inputs)} layers"
    edges = context.edges_into(node)
    for name, edge in zip(node.inputs, edges, strict=True):
        complaint = (
            differs("elements of queries, keys and values", edge.size, node.size)
            or differs("time steps of queries, keys and values", edge.steps, edges[0].steps)
            or ("" if not edge.lanes else f"what is read must be no map, not {name} of shape {edge.shape}")
        )
        if complaint:
            return complaint
        if edge.base:
            return unsupported(
                f"levels of queries, keys and values must begin at 0, not at {edge.base}, which all elements "
                "would send at every time step; train with alpha 0 (learn_alpha=False)"
            )
    return ""


def heads_divide(_: Context, node: EventAttention) -> str:
    """EventAttention: each head has as many elements."""
    if node.heads < 1 or node.size % node.heads:
        return f"heads must divide the {node.size} elements, not be {node.heads}"
    return ""


def sums_are_narrow(context: Context, node: EventAttention) -> str:
    """EventAttention: what is sent fits 24 bits."""
    bits = node.output(context.edges_into(node)).fixed.width_bits
    return outside("bits of a sum", bits, 1, MAX_SUM_BITS)


@dataclass(frozen=True, eq=False, kw_only=True)
class EventAttention(IntegerNode):
    """sum[t, j] = sum_i q[t, i] * M[t, i, j] with M[t, i, j] = sum of k[s, i] * v[s, j] over steps s <= t.

    i, j: elements of a head, of which each has size / heads, side by side. Inputs: q, k, v, in this order.
    The memory M begins an inference with zeros.
    """

    heads: int
    size: int

    has_branches = True
    rules = (attention_reads_three_layers, heads_divide, sums_are_narrow)

    @property
    def kind(self) -> str:
        return "EventAttention"

    @property
    def neurons(self) -> int:
        return self.size

    @property
    def head_size(self) -> int:
        """Rows and columns of a head's memory."""
        return self.size // self.heads

    def memory_range(self, edges: Sequence[Edge]) -> tuple[int, int]:
        """Of what a word of the memory can hold."""
        return partial_range(product_range([_range(edge) for edge in edges[1:]]), edges[0].steps)

    def sum_range(self, edges: Sequence[Edge]) -> tuple[int, int]:
        """Of the sums that are sent, on the way too."""
        return partial_range(product_range([_range(edges[0]), self.memory_range(edges)]), self.head_size)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        low, high = self.sum_range(inputs)
        return Edge(
            shape=(self.size,),
            carries="events",
            type=FixedType.for_range(low, high),
            low=low,
            high=high,
            time_steps=inputs[0].time_steps,
            frac_bits=sum(edge.frac_bits for edge in inputs),
        )

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        """In float64: all sums are integers far below 2^53."""
        batch, steps, _ = inputs[0].shape
        queries, keys, values = (
            counts.reshape(batch, steps, self.heads, self.head_size).astype(np.float64) for counts in inputs
        )
        memory: RealArray = np.zeros((batch, self.heads, self.head_size, self.head_size))
        sums = np.empty_like(queries)
        for step in range(steps):
            memory = memory + keys[:, step, :, :, None] * values[:, step, :, None, :]
            sums[:, step] = (queries[:, step, :, None, :] @ memory)[:, :, 0]
        return Values(sums.reshape(batch, steps, -1).astype(self.output(edges).fixed.numpy_dtype))

    # ---- hardware -----------------------------------------------------------------------------------------

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        return event_attention_hardware.block(self, edges, wiring)

    def cost(self, edges: Sequence[Edge]) -> Resources:
        return event_attention_hardware.cost(self, edges)

    def widest_word(self, lanes: int) -> int:
        return 0

    @property
    def scanned_lanes(self) -> int:
        return self.head_size

    @property
    def facts(self) -> Mapping[str, Any]:
        return {**super().facts, "inputs": 3 * self.size, "lanes": self.head_size}

    # ---- cycles -------------------------------------------------------------------------------------------

    @property
    def work_of_a_step(self) -> int:
        """Keys and queries of the step, if all of them come, and the ends of both."""
        return 2 * (self.size + 1)

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        return event_attention_timing.work(arriving, sent)

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        return event_attention_timing.flow(self, arrivals, sent, overheads)

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        return event_attention_timing.busy(arriving, sent, overheads)

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        return event_attention_timing.operations(self, edges, arriving, spikes)


def _range(edge: Edge) -> tuple[int, int]:
    return min(0, edge.low), max(0, edge.high)
