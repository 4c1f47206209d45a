"""What a network sends before its input comes: pixels whose windows look at padding alone."""

from __future__ import annotations

import itertools
import math

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import integer_nodes


def early_layers(graph: Graph) -> frozenset[str]:
    """Layers that send something of the next inference at once: maps that begin with such pixels, and the
    events that are made of them.
    """
    pixels: dict[str, int] = {}
    for node in integer_nodes(graph):
        reads_maps = node.inputs and all(graph.edges[name].lanes for name in node.inputs)
        if reads_maps and graph.edges[node.name].lanes:
            pixels[node.name] = _early_pixels(graph, node, pixels)
        elif reads_maps and node.name != graph.readout.name:
            pixels[node.name] = pixels.get(node.inputs[0], 0)
    return frozenset(name for name, count in pixels.items() if count)


def _early_pixels(graph: Graph, node: IntegerNode, pixels: dict[str, int]) -> int:
    """How many pixels at the beginning of its map need no other pixel than those of `pixels` before it."""
    image = graph.edges[node.name].image

    def is_early(pixel: int) -> bool:
        read = ((node.map_reads(i, pixel).least, pixels.get(name, 0)) for i, name in enumerate(node.inputs))
        return all(least <= early for least, early in read)

    return sum(1 for _ in itertools.takewhile(is_early, range(math.prod(image[1:]))))
