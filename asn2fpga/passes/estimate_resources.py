"""A cheap estimate of what the hardware needs, from widths, lanes, levels and sizes alone; and if it fits.

Made to refuse early what cannot fit, before any long step: Yosys' figures come after synthesis. Constants are
calibrated against Yosys on generated designs, see docs/spec/verification.md for the error.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from asn2fpga.device.parts import fifo_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.known import Known
from asn2fpga.kinds.contract import Foldable, IntegerNode
from asn2fpga.kinds.maps.raster import MAP_DEPTH, waiting_depth
from asn2fpga.kinds.nodes import integer_nodes

FIFO_DEPTH = 32
FORK = (12, 6)  # LUT, FF of the process
_LAYERS, _COSTS, _STREAMS = Known(), Known(), Known()


def estimate(graph: Graph) -> Resources:
    """What the whole core needs."""
    return total(_layers(graph).values())


def estimate_layers(graph: Graph) -> dict[str, Resources]:
    """What each layer needs, in order; `estimate` is their total."""
    return dict(_layers(graph))


def _layers(graph: Graph) -> Mapping[str, Resources]:
    return _LAYERS.of(
        graph, (), lambda: {node.name: estimate_layer(graph, node) for node in integer_nodes(graph)}
    )


def estimate_layer(graph: Graph, node: IntegerNode) -> Resources:
    """What one layer needs: its processes, their memories and the FIFOs of what it sends.

    Worked out once for a node and what it reads and sends: a search changes one node and asks for all again.
    """
    edges = graph.edges_into(node)
    streams = _streams(graph, node)
    return _COSTS.of(node, (edges, streams), lambda: total([streams, node.cost(edges)]))


def _streams(graph: Graph, node: IntegerNode) -> Resources:
    """FIFOs of events and of currents; a fork and one FIFO more for each reader if there are several."""
    edge, sums = graph.edges[node.name], graph.currents.get(node.name)
    events, currents = (tuple(_waits(graph, node.name, kind)) for kind in ("events", "currents"))
    return _STREAMS.of(
        node, (edge, sums, events, currents), lambda: _fifos(node, edge, sums, events, len(currents))
    )


def _fifos(
    node: IntegerNode, edge: Edge, sums: Edge | None, waits: tuple[bool, ...], of_currents: int
) -> Resources:
    """waits: of each reader of events, whether it works for long; of_currents: readers of these."""
    parts = []
    if edge.lanes:
        parts += _map_streams(edge, waits)
    elif edge.carries == "events":
        parts.append(_stream(edge.format.width_bits, len(waits)))
    if sums is not None and of_currents:
        lanes = node.lanes if isinstance(node, Foldable) else 1
        parts.append(_stream(sums.fixed.width_bits * lanes, of_currents))
    return total(parts)


def _map_streams(edge: Edge, waits: tuple[bool, ...]) -> list[Resources]:
    """FIFOs of packed words, one for each reader, and before a fork if there are several."""
    width = edge.lanes * edge.fixed.width_bits
    fifos = [fifo_resources(waiting_depth(edge) if waiting else MAP_DEPTH, width) for waiting in waits]
    return fifos if len(fifos) <= 1 else [fabric(FORK), fifo_resources(MAP_DEPTH, width), *fifos]


def _stream(width_bits: int, readers: int) -> Resources:
    fifo = fifo_resources(FIFO_DEPTH, width_bits)
    return fifo if readers <= 1 else total([fabric(FORK), fifo.times(1 + readers)])


def _waits(graph: Graph, name: str, carries: str) -> Iterator[bool]:
    """Of each reader of a layer's events or currents that does not take them from a memory, whether it works
    for long.
    """
    for node, position in graph.readers(name):
        if isinstance(node, IntegerNode) and node.reads(position) == carries and not node.keeps(position):
            yield node.works_for_long(position)
