"""Remove layers that only give elements other addresses: events carry the C-order index of their element."""

from __future__ import annotations

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import real_nodes


def drop_flatten(graph: Graph) -> Graph:
    """The graph without Flatten layers before synapses, which then read their input's elements in C order.

    One that a concatenation or an add reads stays: shapes must agree there.
    """
    for node in real_nodes(graph):
        if node.is_renaming and node.output_factor == 1.0:
            readers = {reader.name for reader in graph.consumers(node.name)}
            if all(found.takes_factors for found in real_nodes(graph) if found.name in readers):
                graph = graph.without(node.name)
    return graph
