"""Remove Flatten layers: events carry the C-order index of their element, so flattening is a renaming."""

from __future__ import annotations

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import Flatten


def drop_flatten(graph: Graph) -> Graph:
    """The graph without Flatten layers; a Linear then reads its input's elements in C order."""
    for layer in graph.of_type(Flatten):
        graph = graph.without(layer.name)
    return graph
