"""Room that maps need on paths that part and meet again, so that neither path waits for the other.

Pixels leave a layer when its windows are complete, so a path with more windows lies further behind. Where
paths meet, the words of the shorter one wait in its FIFO. How many is found by letting pixels be asked for
one after the other at the ends of the network, and by counting what then waits: with that much room there is
an order in which every process gets through, and as no process decides by what is there, none blocks in any
other order either (docs/spec/dataflow.md).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.known import Recent
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.maps.pace import Reads
from asn2fpga.kinds.nodes import foldable_nodes, integer_nodes
from asn2fpga.passes.lanes import with_parallel_pixels

MARGIN_PIXELS = 2  # what processes hold between their FIFOs
_SHAPES = Recent(most=8)


def waiting_words(graph: Graph) -> dict[tuple[str, int], int]:
    """By reader and number of the input, the words that its FIFO must hold; empty where no map is read by
    several layers.
    """
    return _words(graph, waiting_pixels(graph)) if _parts(graph) else {}


def estimated_words(graph: Graph) -> dict[tuple[str, int], int]:
    """As waiting_words, as if each layer worked on one pixel at a time: then it is worked out once for all
    choices of lanes and pixels.
    """
    if not _parts(graph):
        return {}
    shape = tuple((node.name, node.inputs, node.reading) for node in integer_nodes(graph))
    return _words(graph, _SHAPES.of(shape, lambda: waiting_pixels(_of_single_pixels(graph))))


def _of_single_pixels(graph: Graph) -> Graph:
    return with_parallel_pixels(graph, {node.name: 1 for node in foldable_nodes(graph)})


def _words(graph: Graph, waiting: Mapping[tuple[str, int], int]) -> dict[tuple[str, int], int]:
    return dict(_each(graph, waiting))


def _each(graph: Graph, waiting: Mapping[tuple[str, int], int]) -> Iterator[tuple[tuple[str, int], int]]:
    for (reader, position), pixels in waiting.items():
        edge = graph.edges_into(graph[reader])[position]
        if edge.is_map and edge.lanes:
            yield (reader, position), _even((pixels + MARGIN_PIXELS) * edge.words_per_pixel)


def _parts(graph: Graph) -> bool:
    """Whether a map is read by several layers, or by one several times."""
    read = [source for node in graph.layers for source in node.inputs if graph.edges[source].is_map]
    return len(set(read)) < len(read)


@dataclass
class _Walk:
    """Pixels that each map node has sent, and that wait at each input, most of all."""

    graph: Graph
    nodes: Mapping[str, IntegerNode]
    sent: dict[str, int] = field(default_factory=dict)
    read: dict[tuple[str, int], int] = field(default_factory=dict)
    waiting: dict[tuple[str, int], int] = field(default_factory=dict)

    def ask(self, name: str, pixels: int) -> None:
        """Let a node send until it has sent so many."""
        node = self.nodes[name]
        while self.sent.get(name, 0) < pixels:
            pixel = self.sent.get(name, 0)
            for reads in node.map_intake() if pixel == 0 else ():
                self._take(node, reads)
            positions = range(len(node.inputs))
            self._take(node, [node.map_reads(position, pixel) for position in positions])
            self.sent[name] = pixel + 1
            self._note(name)

    def _take(self, node: IntegerNode, reads: Sequence[Reads]) -> None:
        """Let a node read so much of each input."""
        for source, needed in zip(node.inputs, reads, strict=True):
            self.ask(source, needed.most)
        for position, needed in enumerate(reads):
            self.read[node.name, position] = needed.least

    def _note(self, name: str) -> None:
        """What waits at the readers of a node that has just sent a pixel."""
        for reader in self.graph.consumers(name):
            for position, source in enumerate(reader.inputs):
                if source == name:
                    there = self.sent[name] - self.read.get((reader.name, position), 0)
                    key = (reader.name, position)
                    self.waiting[key] = max(self.waiting.get(key, 0), there)


def waiting_pixels(graph: Graph) -> dict[tuple[str, int], int]:
    """By reader and number of the input, the most pixels that must wait there."""
    nodes = {node.name: node for node in integer_nodes(graph)}
    walk = _Walk(graph, nodes)
    ends = [node for node in nodes.values() if node.inputs and _ends_maps(graph, node)]
    largest = max((_pixels(graph.edges[node.inputs[0]]) for node in ends), default=0)
    for share in range(1, largest + 1):  # all ends ask at the same pace
        for node in ends:
            pixels = _pixels(graph.edges[node.inputs[0]])
            wanted = -(-share * pixels // largest)
            walk.ask(node.inputs[0], wanted)
            walk.read[node.name, 0] = wanted
    return walk.waiting


def _ends_maps(graph: Graph, node: IntegerNode) -> bool:
    """Whether a node reads a map and sends none."""
    edge = graph.edges[node.name]
    return bool(graph.edges[node.inputs[0]].lanes) and not edge.lanes


def _pixels(edge: Edge) -> int:
    return edge.image[1] * edge.image[2]


def _even(words: int) -> int:
    """A power of two from a few words on: FIFOs are built so."""
    return 1 << (words - 1).bit_length()
