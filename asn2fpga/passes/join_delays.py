"""Branches that read one layer at several delays, each synapse at one of them, become one layer of synapses.

W x(t) + V x(t - 2)  ->  [W V] [x(t), x(t - 2)]       if no two of its synapses join the same neurons

So delays of synapses are written in graphs that know delays of layers only, as NIR's. One scale for all of
them is what such weights have (docs/decisions/delays.md).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.graph.arrays import as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.kinds.trained import RealNode, TrainedSynapse
from asn2fpga.passes.join_events import free_name


def join_delays(graph: Graph) -> Graph:
    """The same function, where adds of currents have at most one such branch from each layer."""
    for node in real_nodes(graph):
        if node.is_sum:
            for parts in _groups(graph, node):
                graph = _joined(graph, node.name, parts)
    return graph


def _groups(graph: Graph, added: RealNode) -> list[list[TrainedSynapse]]:
    """The operands of an add that become one, those of each layer."""
    synapses = {node.name: node for node in trained_synapses(graph)}
    found: dict[str, list[TrainedSynapse]] = {}
    for name in added.inputs:
        synapse = synapses.get(name)
        if synapse is not None and synapse.reads_itself and len(graph.consumers(name)) == 1:
            found.setdefault(_layer_read(graph, synapse), []).append(synapse)
    return [parts for parts in found.values() if len(parts) > 1 and _fit(graph, parts)]


def _nodes(graph: Graph) -> dict[str, RealNode]:
    return {node.name: node for node in real_nodes(graph)}


def _layer_read(graph: Graph, synapse: TrainedSynapse) -> str:
    """What synapses read, through a delay or not."""
    node = _nodes(graph)[synapse.inputs[0]]
    return node.inputs[0] if node.looks_back else node.name


def _fit(graph: Graph, parts: list[TrainedSynapse]) -> bool:
    """Whether one of them is late, the layer is flat and comes before, and each synapse is there once."""
    reads = [_nodes(graph)[part.inputs[0]] for part in parts]
    order = [node.name for node in graph.layers]
    source = _layer_read(graph, parts[0])
    is_before = order.index(source) < min(order.index(part.name) for part in parts)
    used = sum((as_real(part.weight) != 0).astype(int) for part in parts)
    is_flat = len(graph.edges[source].shape) == 1
    return any(node.looks_back for node in reads) and is_before and is_flat and bool(np.all(used <= 1))


def _joined(graph: Graph, name: str, parts: list[TrainedSynapse]) -> Graph:
    """The graph with one layer of synapses, in place of the last one of `parts`."""
    last = max(parts, key=lambda part: [node.name for node in graph.layers].index(part.name))
    weight = np.concatenate([as_real(part.weight) for part in parts], axis=1)
    bias = np.sum([as_real(part.bias) for part in parts], axis=0)
    beside = Concat(
        name=free_name(graph, f"{last.name}_delays"),
        inputs=tuple(part.inputs[0] for part in parts),
        source=last.source,
    )
    whole = dataclasses.replace(last.changed(weight=weight, bias=bias), inputs=(beside.name,))
    gone = {part.name for part in parts} - {last.name}
    nodes: list[Node] = []
    for node in graph.layers:
        if node.name == last.name:
            nodes += [beside, whole]
        elif node.name == name:
            nodes.append(
                dataclasses.replace(node, inputs=tuple(read for read in node.inputs if read not in gone))
            )
        elif node.name not in gone:
            nodes.append(node)
    graph = graph.with_layers(nodes)
    return graph.without(name) if len(graph[name].inputs) == 1 else graph
