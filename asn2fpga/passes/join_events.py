"""Events that are added to currents, or go to neurons or out as scores, get a synapse for each of their
elements.

s + W x  ->  Diagonal(s) + W x          what a neuron reads is then a sum of synapses and of other currents
"""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.synapses.diagonal import Diagonal
from asn2fpga.kinds.synapses.shortcut import shortcut
from asn2fpga.kinds.trained import TrainedSynapse


def join_events(graph: Graph) -> Graph:
    """The same function where adds of currents, neurons and the output read no events."""
    for node in real_nodes(graph):
        if node.fires or node.is_end or (node.is_sum and graph.edges[node.name].carries == "currents"):
            for name in node.inputs:
                if graph.edges[name].carries == "events":
                    graph = _joined(graph, node.name, name)
    return graph


def _joined(graph: Graph, reader: str, name: str) -> Graph:
    """`reader` reading the events of `name` through synapses; an add of events becomes one of currents."""
    added = real_nodes(graph.with_layers([graph[name]]))[0]
    operands = dict.fromkeys(added.inputs) if added.is_sum else {name: None}
    synapses = {
        operand: _diagonal(graph, operand, reader, added.inputs.count(operand) or 1) for operand in operands
    }
    new: list[Node] = list(synapses.values())
    joined = new[0].name
    if len(new) > 1:
        joined = free_name(graph, f"{name}_to_{reader}")
        new.append(Add(name=joined, inputs=tuple(node.name for node in new), source=added.source))
    found = graph[reader]
    replaced = dataclasses.replace(
        found, inputs=tuple(joined if read == name else read for read in found.inputs)
    )
    nodes: list[Node] = []
    for node in graph.layers:
        nodes += [*new, replaced] if node.name == reader else [node]
    return without_unread(graph.with_layers(nodes), name)


def _diagonal(graph: Graph, operand: str, reader: str, times: int) -> TrainedSynapse:
    """A synapse for each element, or of a map for each channel."""
    edge, name = graph.edges[operand], free_name(graph, f"{operand}_to_{reader}")
    source = graph[reader].source
    if len(edge.shape) > 1:
        return shortcut(name, operand, source, edge, times)
    return Diagonal(
        name=name,
        inputs=(operand,),
        source=source,
        weight=np.full(edge.size, float(times)),
        bias=np.zeros(edge.size),
    )


def without_unread(graph: Graph, name: str) -> Graph:
    """The graph without a node that nothing reads any more."""
    if graph.consumers(name) or graph[name].is_source:
        return graph
    return graph.with_layers(node for node in graph.layers if node.name != name)


def free_name(graph: Graph, name: str) -> str:
    """A name that no node has."""
    while name in graph:
        name += "_"
    return name
