"""How full the block RAMs are that hold weights."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.device.binding import BITS_OF_BLOCK
from asn2fpga.device.parts import memory_resources
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import foldable_nodes


@dataclass(frozen=True)
class Fill:
    """Of the weights of a layer, in all copies: the bits that lie in block RAM, and block RAMs of 36 Kb."""

    layer: str
    stored_bits: int
    bram36: float

    @property
    def share(self) -> float:
        """Bits stored of those that the block RAMs have."""
        return self.stored_bits / (self.bram36 * BITS_OF_BLOCK)


def fills(graph: Graph) -> tuple[Fill, ...]:
    """Of all weights that lie in block RAM, in order of layers; estimated, as block RAM is."""
    return tuple(_fills(graph))


def _fills(graph: Graph) -> Iterator[Fill]:
    for node in foldable_nodes(graph):
        for name, memory in node.weight_memories(graph.edges_into(node)).items():
            blocks, copies = memory_resources(memory).bram36, node.parallel_pixels
            if blocks:
                yield Fill(name, copies * memory.rows_in_blocks * memory.width_bits, copies * blocks)
