"""A map of neurons as C++ and as an estimate."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from asn2fpga.device.parts import Memory, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import Weighted, Wiring
from asn2fpga.kinds.hardware import Block

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.population import MapPopulation

WINDOW, EXPAND, GATHER = (250, 200), (120, 60), (60, 40)  # LUT, FF of the processes besides their lanes


def block(node: MapPopulation, edges: Sequence[Edge], wiring: Wiring) -> Block:
    """Configs, ROMs, processes and streams."""
    raise UnsupportedError(
        f"{node.name}: hardware of convolutions is not built yet; "
        "run with --until golden for the accuracy of the integers."
    )


def cost(node: MapPopulation, edges: Sequence[Edge]) -> Resources:
    """Its processes, the rows of counts that windows reach, weights, adders and comparators."""
    parts = [fabric(GATHER), node.neuron.cost(node.channels, node.lanes, node.acc_type)]
    for projection, edge in zip(node.projections, edges, strict=True):
        if projection.synapse.reads == "events":
            parts += [fabric(WINDOW), fabric(EXPAND)]
        parts += _synapse(node, projection.synapse, edge)
    return total(parts)


def _synapse(node: MapPopulation, synapse: object, edge: Edge) -> list[Resources]:
    bits = node.acc_type.width_bits
    lane = fabric((1.25 * bits, 1.0 * bits))
    if not isinstance(synapse, Weighted):
        return [lane.times(node.lanes)]
    product = multiplier(synapse.weight_bits, edge.fixed.width_bits)
    return [lane.plus(product).times(node.lanes), memory_resources(synapse.weight_memory(node.lanes))]


def rows_of_counts(edge: Edge, rows: int) -> Memory:
    """The memory of the rows that windows reach."""
    channels, _, width = edge.image
    words = rows * width * -(-channels // max(1, edge.lanes)) * edge.steps
    return Memory(words, max(1, edge.lanes) * edge.fixed.width_bits, rom=False)


def widest_word(node: MapPopulation, lanes: int) -> int:
    """Width in bits of its widest packed word."""
    weights = [lanes * bits for bits in node.weight_bits.values()]
    words = node.neuron.words(node.channels, lanes, node.acc_type)
    return max([lanes * node.acc_type.width_bits, *weights, *words])
