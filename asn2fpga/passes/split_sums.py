"""A Linear layer that reads a sum of events of different scale becomes a sum of Linear layers.

W (a / 4 + b)  ->  W (a / 4) + W b            each factor can then become part of the weights it meets
"""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.trained import RealNode, TrainedSynapse
from asn2fpga.passes.join_events import free_name, without_unread


def split_sums(graph: Graph) -> Graph:
    """The same function where every sum of events that synapses read has one scale."""
    for name in [node.name for node in graph.layers]:
        if name not in graph:
            continue
        node = _node(graph, name)
        if _is_mixed(graph, node):
            for synapse in trained_synapses(graph):
                if synapse.inputs == (node.name,):
                    graph = _split(graph, synapse, node)
            graph = without_unread(graph, node.name)
    return graph


def _node(graph: Graph, name: str) -> RealNode:
    (node,) = (found for found in real_nodes(graph) if found.name == name)
    return node


def _is_mixed(graph: Graph, node: RealNode) -> bool:
    """Whether it is a sum of events of different scale."""
    is_sum = node.is_sum and graph.edges[node.name].carries == "events"
    return is_sum and len({_unit(graph, name) for name in node.inputs}) > 1


def _unit(graph: Graph, name: str) -> float | str:
    """What one count of events is worth; the node's name where that is not one number."""
    node = _node(graph, name)
    if node.is_source or node.fires:
        return node.output_factor
    units = {_unit(graph, source) for source in node.inputs}
    only = units.pop() if len(units) == 1 else name
    if isinstance(only, str) or node.affine is not None or node.is_concatenation:
        return name
    return only * node.output_factor


def _split(graph: Graph, synapse: TrainedSynapse, added: RealNode) -> Graph:
    """One layer of synapses for each operand, and the sum of them in place of `synapse`."""
    parts: list[Node] = []
    for index, operand in enumerate(added.inputs):
        name = synapse.name if index == 0 else free_name(graph, f"{synapse.name}_{index + 1}")
        bias = synapse.bias if index == 0 else np.zeros(len(synapse.bias))
        parts.append(synapse.changed(name=name, inputs=(operand,), bias=bias))
    names = tuple(part.name for part in parts)
    total = Add(name=free_name(graph, f"{synapse.name}_sum"), inputs=names, source=synapse.source)
    nodes: list[Node] = []
    for node in graph.layers:
        if node.name == synapse.name:
            nodes += [*parts, total]
        else:
            nodes.append(node.renamed(synapse.name, total.name))
    return dataclasses.replace(graph, layers=tuple(nodes))
