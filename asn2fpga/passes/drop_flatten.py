"""Remove layers that only give elements other addresses: events carry the C-order index of their element."""

from __future__ import annotations

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import real_nodes


def drop_flatten(graph: Graph) -> Graph:
    """The graph without Flatten layers; a Linear then reads its input's elements in C order."""
    for node in real_nodes(graph):
        if node.is_renaming and node.output_factor == 1.0:
            graph = graph.without(node.name)
    return graph
