"""Neurons that read the flattened sums of a convolution: they read the map itself, and what they send is
flattened; the convolution of those that read no maps becomes a Linear layer.

conv -> flatten -> neurons             conv -> neurons -> flatten
conv -> flatten -> adaptive neurons    Linear layer -> adaptive neurons
"""

from __future__ import annotations

import dataclasses

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.kinds.trained import RealNode
from asn2fpga.passes.dense_scores import dense_sums


def flattened_neurons(graph: Graph) -> Graph:
    """The same function where no neurons read flattened sums of maps; UnsupportedError where a Linear layer
    would have too many weights.
    """
    for name in [node.name for node in real_nodes(graph) if node.fires]:
        nodes = {node.name: node for node in real_nodes(graph)}
        neurons, flat = nodes[name], nodes.get(nodes[name].inputs[0])
        if flat is None or not flat.is_renaming or not _is_map_of_currents(graph, flat):
            continue
        on_the_map = neurons.of_shape(graph.edges[flat.inputs[0]].shape)
        if on_the_map is not None and len(graph.consumers(flat.name)) == 1:
            graph = _exchanged(graph, flat, on_the_map)
        else:
            graph = dense_sums(graph, neurons)
    return graph


def _is_map_of_currents(graph: Graph, flat: RealNode) -> bool:
    edge = graph.edges[flat.inputs[0]]
    return edge.carries == "currents" and len(edge.shape) > 1


def _exchanged(graph: Graph, flat: RealNode, neurons: RealNode) -> Graph:
    """The neurons before the flattening, which what read them reads."""
    nodes: list[Node] = []
    for node in graph.without(flat.name).layers:
        if node.name == neurons.name:
            moved = dataclasses.replace(neurons, inputs=flat.inputs)
            nodes += [moved, dataclasses.replace(flat, inputs=(neurons.name,))]
        else:
            nodes.append(node.renamed(neurons.name, flat.name))
    return graph.with_layers(nodes)
