"""A cheap estimate of what the hardware needs, from widths, lanes, levels and sizes alone; and if it fits.

Made to refuse early what cannot fit, before any long step: Yosys' figures come after synthesis. Constants are
calibrated against Yosys on generated designs, see docs/spec/verification.md for the error.
"""

from __future__ import annotations

from collections.abc import Mapping
from weakref import WeakKeyDictionary

from asn2fpga.device.parts import fifo_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import Foldable, IntegerNode
from asn2fpga.kinds.maps.raster import MAP_DEPTH, waiting_depth
from asn2fpga.kinds.nodes import integer_nodes

FIFO_DEPTH = 32
FORK = (12, 6)  # LUT, FF of the process
_COSTS: WeakKeyDictionary[IntegerNode, dict[tuple[Edge, ...], Resources]] = WeakKeyDictionary()
"""By node, which is immutable and compared by identity, and by what it reads."""


def estimate(graph: Graph) -> Resources:
    """What the whole core needs."""
    return total(estimate_layer(graph, node) for node in integer_nodes(graph))


def estimate_layers(graph: Graph) -> dict[str, Resources]:
    """What each layer needs, in order; `estimate` is their total."""
    return {node.name: estimate_layer(graph, node) for node in integer_nodes(graph)}


def with_layer(parts: Mapping[str, Resources], graph: Graph, node: IntegerNode) -> dict[str, Resources]:
    """`parts` of `graph` with another node in the place of its namesake, which sends and reads the same."""
    return {**parts, node.name: estimate_layer(graph, node)}


def estimate_layer(graph: Graph, node: IntegerNode) -> Resources:
    """What one layer needs: its processes, their memories and the FIFOs of what it sends."""
    return total([_streams(graph, node), _cost(node, graph.edges_into(node))])


def _cost(node: IntegerNode, edges: tuple[Edge, ...]) -> Resources:
    """node.cost(edges), worked out once: the search for lanes changes one node and asks for all again."""
    known = _COSTS.setdefault(node, {})
    if edges not in known:
        known[edges] = node.cost(edges)
    return known[edges]


def _streams(graph: Graph, node: IntegerNode) -> Resources:
    """FIFOs of events and of currents; a fork and one FIFO more for each reader if there are several."""
    parts = []
    edge = graph.edges[node.name]
    if edge.lanes:
        parts += _map_streams(graph, node.name, edge)
    elif edge.carries == "events":
        parts.append(_stream(edge.format.width_bits, _readers(graph, node.name, "events")))
    if node.name in graph.currents and (readers := _readers(graph, node.name, "currents")):
        lanes = node.lanes if isinstance(node, Foldable) else 1
        parts.append(_stream(_current_bits(graph.currents[node.name]) * lanes, readers))
    return total(parts)


def _map_streams(graph: Graph, name: str, edge: Edge) -> list[Resources]:
    """FIFOs of packed words, one for each reader, and before a fork if there are several."""
    width = edge.lanes * edge.fixed.width_bits
    depths = [
        waiting_depth(edge) if node.works_for_long(i) else MAP_DEPTH
        for node in integer_nodes(graph)
        for i, read in enumerate(node.inputs)
        if read == name and node.reads(i) == "events"
    ]
    fifos = [fifo_resources(depth, width) for depth in depths]
    return fifos if len(fifos) <= 1 else [fabric(FORK), fifo_resources(MAP_DEPTH, width), *fifos]


def _stream(width_bits: int, readers: int) -> Resources:
    fifo = fifo_resources(FIFO_DEPTH, width_bits)
    return fifo if readers <= 1 else total([fabric(FORK), fifo.times(1 + readers)])


def _current_bits(edge: Edge) -> int:
    return edge.fixed.width_bits


def _readers(graph: Graph, name: str, carries: str) -> int:
    return sum(
        read == name and node.reads(i) == carries and not node.keeps(i)
        for node in integer_nodes(graph)
        for i, read in enumerate(node.inputs)
    )
