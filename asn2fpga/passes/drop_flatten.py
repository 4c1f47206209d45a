"""Remove layers that only give elements other addresses: events carry the C-order index of their element."""

from __future__ import annotations

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.kinds.trained import RealNode, TrainedSynapse


def drop_flatten(graph: Graph) -> Graph:
    """The graph without Flatten layers before synapses, which then read their input's elements in C order.

    One that a concatenation or an add reads stays: shapes must agree there. So does one before synapses of
    one element each, which have no columns to put into another order.
    """
    for node in real_nodes(graph):
        if node.is_renaming and node.output_factor == 1.0:
            readers = {reader.name for reader in graph.consumers(node.name)}
            if all(_reads_any_order(found) for found in real_nodes(graph) if found.name in readers):
                graph = graph.without(node.name)
    return graph


def _reads_any_order(reader: RealNode) -> bool:
    is_one_to_one = isinstance(reader, TrainedSynapse) and not reader.gathers and not reader.has_columns
    return reader.takes_factors and not is_one_to_one
