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
from asn2fpga.passes.map_waiting import estimated_words

FIFO_DEPTH = 32
FORK = (12, 6)  # LUT, FF of the process
_LAYERS, _COSTS, _STREAMS, _WAITING = Known(), Known(), Known(), Known()


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
    events, currents = (tuple(_depths(graph, node.name, kind)) for kind in ("events", "currents"))
    return _STREAMS.of(
        node, (edge, sums, events, currents), lambda: total(_fifos(node, edge, sums, events, currents))
    )


def _fifos(
    node: IntegerNode, edge: Edge, sums: Edge | None, events: tuple[int, ...], currents: tuple[int, ...]
) -> Iterator[Resources]:
    """events, currents: depths of the FIFOs of their readers."""
    if edge.lanes:
        yield from _each_reader(edge.lanes * edge.fixed.width_bits, events, MAP_DEPTH)
    elif edge.carries == "events":
        yield from _each_reader(edge.format.width_bits, events, FIFO_DEPTH)
    if sums is not None:
        lanes = node.lanes if isinstance(node, Foldable) else 1
        yield from _each_reader(sums.fixed.width_bits * lanes, currents, FIFO_DEPTH)


def _each_reader(width_bits: int, depths: tuple[int, ...], before: int) -> list[Resources]:
    """FIFOs of one stream, one for each reader; of several, after a fork and the FIFO before it."""
    fifos = [fifo_resources(depth, width_bits) for depth in depths]
    return fifos if len(fifos) <= 1 else [fabric(FORK), fifo_resources(before, width_bits), *fifos]


def _depths(graph: Graph, name: str, carries: str) -> Iterator[int]:
    """Words of the FIFO of each reader of events or currents that does not take them from a memory."""
    waiting = _WAITING.of(graph, (), lambda: estimated_words(graph))
    for node, position in graph.readers(name):
        if isinstance(node, IntegerNode) and node.reads(position) == carries and not node.keeps(position):
            edge = graph.edges[name] if carries == "events" else None
            yield max(_least_depth(edge, node, position), waiting.get((node.name, position), 0))


def _least_depth(edge: Edge | None, node: IntegerNode, position: int) -> int:
    """Of the FIFO before an input, whatever the paths to it are. edge: of events, None of currents."""
    if edge is None or not edge.lanes:
        return FIFO_DEPTH
    return waiting_depth(edge) if node.works_for_long(position) else MAP_DEPTH
