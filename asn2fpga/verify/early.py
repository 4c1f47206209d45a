"""What a network does outside the time from an input to its answer.

Before its input comes it sends pixels whose windows look at padding alone, and the first time step of what
closes a loop; after its answer it goes on with pixels that no window looks at.
"""

from __future__ import annotations

import itertools
import math

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import integer_nodes


def early_layers(graph: Graph) -> frozenset[str]:
    """Layers that send something of the next inference at once: maps that begin with such pixels, and the
    events that are made of them; delays that close a loop, and what reads nothing but events of these.
    """
    pixels: dict[str, int] = {}
    for node in integer_nodes(graph):
        reads_maps = node.inputs and all(graph.edges[name].lanes for name in node.inputs)
        if reads_maps and graph.edges[node.name].lanes:
            pixels[node.name] = _early_pixels(graph, node, pixels)
        elif reads_maps and node.name != graph.readout.name:
            pixels[node.name] = pixels.get(node.inputs[0], 0)
    return frozenset(name for name, count in pixels.items() if count) | _early_steps(graph)


def _early_steps(graph: Graph) -> frozenset[str]:
    """Layers whose first time step needs no input."""
    found: set[str] = set()
    for node in integer_nodes(graph):
        reads_these = bool(node.inputs) and found.issuperset(node.inputs) and node.name != graph.readout.name
        if node.closes_a_loop or reads_these:
            found.add(node.name)
    return frozenset(found)


def _early_pixels(graph: Graph, node: IntegerNode, pixels: dict[str, int]) -> int:
    """How many pixels at the beginning of its map need no other pixel than those of `pixels` before it."""

    def is_early(pixel: int) -> bool:
        read = ((node.map_reads(i, pixel).least, pixels.get(name, 0)) for i, name in enumerate(node.inputs))
        return all(least <= early for least, early in read)

    return sum(1 for _ in itertools.takewhile(is_early, range(_pixels(graph, node.name))))


def late_layers(graph: Graph) -> frozenset[str]:
    """Layers with pixels that the answer does not need: they may be sent after it."""
    needed: dict[str, int] = {}
    for node in reversed(integer_nodes(graph)):
        for position, name in enumerate(node.inputs):
            if graph.edges[name].lanes:
                pixels = _needed_pixels(graph, node, position, needed)
                needed[name] = max(needed.get(name, 0), pixels)
    return frozenset(name for name, pixels in needed.items() if pixels < _pixels(graph, name))


def _needed_pixels(graph: Graph, node: IntegerNode, position: int, needed: dict[str, int]) -> int:
    """How many pixels of its input a layer needs for those that are needed of itself."""
    if not graph.edges[node.name].lanes:
        return _pixels(graph, node.inputs[position])
    return max(
        (node.map_reads(position, pixel).least for pixel in range(needed.get(node.name, 0))), default=0
    )


def _pixels(graph: Graph, name: str) -> int:
    return math.prod(graph.edges[name].image[1:])
