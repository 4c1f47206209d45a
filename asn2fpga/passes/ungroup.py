"""A convolution in groups that reads channels side by side of several layers becomes one without groups.

Each layer's channels are then columns of its weights; those between groups are zeros.
"""

from __future__ import annotations

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.trained import RealNode


def ungroup(graph: Graph) -> Graph:
    """The same function where what reads a concatenation has a column for each of its channels."""
    nodes = {node.name: node for node in real_nodes(graph)}
    for synapse in trained_synapses(graph):
        if not synapse.has_columns and _holds_concatenation(nodes, synapse.inputs[0]):
            graph = graph.replace(synapse.name, synapse.with_columns())
    return graph


def _holds_concatenation(nodes: dict[str, RealNode], name: str) -> bool:
    """Whether a value is a concatenation, or a sum with one."""
    node = nodes[name]
    passes = node.is_sum or node.is_renaming
    return node.is_concatenation or (
        passes and any(_holds_concatenation(nodes, read) for read in node.inputs)
    )
