"""From a map to events: what layers that are no maps read."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context, differs
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.contract import IntegerNode, Values, Wiring
from asn2fpga.kinds.hardware import Block
from asn2fpga.kinds.maps import unroll_hardware
from asn2fpga.kinds.maps.raster import parts_of_words
from asn2fpga.kinds.maps.rules import reads_pixel_by_pixel
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work


def unroll_reads_its_map(context: Context, node: Unroll) -> str:
    """Unroll: it reads a map of its shape."""
    edge = context.edge_into(node)
    if not edge.lanes:
        return f"what is read must be a map, not {node.inputs[0]} of shape {edge.shape}"
    return differs("shape", node.shape, edge.shape)


@dataclass(frozen=True, eq=False, kw_only=True)
class Unroll(IntegerNode):
    """A map's non-zero counts as events, step after step. shape: of the map.

    order: of the addresses, pixel by pixel, or channel by channel as torch flattens a map.
    """

    shape: Shape
    order: Literal["pixels", "channels"] = "pixels"

    rules = (unroll_reads_its_map, reads_pixel_by_pixel)

    @property
    def works_by_step(self) -> bool:  # type: ignore[override]
        return self.order == "pixels"

    @property
    def kind(self) -> str:
        return "Unroll"

    @property
    def neurons(self) -> int:
        return math.prod(self.shape)

    def scanned(self, edges: Sequence[Edge], counts: Array) -> tuple[Array, int]:
        """Words of the map, or parts of them: lanes of one pixel; by channels each element is a word."""
        (edge,) = edges
        if self.order == "channels":
            return counts, 1
        channels = edge.image[0]
        pixels = counts.reshape(*counts.shape[:2], -1, channels)
        groups = -(-channels // edge.lanes)
        padded = np.zeros((*pixels.shape[:3], groups * edge.lanes), counts.dtype)
        padded[..., :channels] = pixels
        return padded.reshape(*counts.shape[:2], -1), edge.lanes // parts_of_words(edge)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        if self.order == "channels":
            return dataclasses.replace(inputs[0], lanes=0, is_map=False, shape=(self.neurons,))
        return dataclasses.replace(inputs[0], lanes=0, by_step=False)

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        (edge,), (values,) = edges, inputs
        if self.order == "channels":
            values = edge.in_torch_order(values).reshape(values.shape)
        return Values(values)

    @property
    def facts(self) -> Mapping[str, Any]:
        return {**super().facts, "inputs": self.neurons}

    # ---- hardware -----------------------------------------------------------------------------------------

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        return unroll_hardware.block(self, edges, wiring)

    def cost(self, edges: Sequence[Edge]) -> Resources:
        return unroll_hardware.cost(self, edges)

    def widest_word(self, lanes: int) -> int:
        return 0

    def works_for_long(self, position: int) -> bool:
        return self.order == "pixels"

    # ---- cycles -------------------------------------------------------------------------------------------

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        assert sent is not None
        if self.order == "channels":
            return {"scanner": sent.scan.size * (self.neurons + 1)}
        sorted_words = inferences * unroll_hardware.sort_cycles(edges[0])
        return {"scanner": int(sent.scan.sum()) + sent.scan.size, "sorted words": sorted_words}

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        return unroll_hardware.flow(self, arrivals, sent, overheads)

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        assert sent is not None
        (edge,) = edges
        scanned = (sent.scan + 1).sum(axis=1)
        cycles: IntArray = np.maximum(scanned, unroll_hardware.sort_cycles(edge)) + overheads.restart
        if self.order == "channels":
            whole = edge.words_per_inference + edge.steps * (self.neurons + 1)
            return np.full(len(cycles), whole + overheads.restart, np.int64)
        return cycles

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        (demand,) = arriving
        assert demand is not None
        return Operations(int(demand.events.sum()), accumulates=0, synops=None, dense_macs=0)
