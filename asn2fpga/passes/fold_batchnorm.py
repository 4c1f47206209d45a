"""Fold BatchNorm (a gain and a shift per channel) into the synapses before or after it."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.trained import RealNode, TrainedSynapse


def fold_batchnorm(graph: Graph) -> Graph:
    """The same function with every BatchNorm merged into the synapses before it, else into those after it.

    Before it may stand an add of synapses: the gain goes into each of them, the shift into one. A BatchNorm with
    no synapses beside it stays (and `quantise` refuses it by name).
    """
    norms = [node.name for node in real_nodes(graph) if node.affine is not None]
    order = (*norms, *reversed(norms))  # of a row: into the producer from the first, else from the last
    for name in order:
        if name in graph:
            graph = _fold(graph, name)
    return graph


def _fold(graph: Graph, name: str) -> Graph:
    nodes, synapses = {node.name: node for node in real_nodes(graph)}, _synapses(graph)
    norm = nodes[name]
    assert norm.affine is not None
    gain, shift = (array.reshape(-1) for array in norm.affine)
    producers = _producers(graph, nodes, norm.inputs[0], norm)
    if producers:
        graph = graph.without(name)
        for index, producer in enumerate(producers):
            added = shift if index == 0 else np.zeros_like(shift)
            graph = graph.replace(producer, synapses[producer].into_producer(gain, added))
        return graph
    readers = graph.consumers(name)
    if len(readers) == 1 and readers[0].name in synapses:
        folded = synapses[readers[0].name].into_consumer(gain, shift)
        if folded is not None:
            return graph.replace(folded.name, folded).without(name)
    return graph


def _synapses(graph: Graph) -> Mapping[str, TrainedSynapse]:
    return {node.name: node for node in trained_synapses(graph)}


def _producers(graph: Graph, nodes: Mapping[str, RealNode], name: str, reader: RealNode) -> list[str]:
    """The synapses whose sum `name` is, if nothing else reads any of them; [] otherwise."""
    if len(graph.consumers(name)) != 1:
        return []
    if name in _synapses(graph):
        return [name]
    if not nodes[name].is_sum or graph.edges[name].carries != "currents":
        return []
    parts = [_producers(graph, nodes, operand, nodes[name]) for operand in nodes[name].inputs]
    return [producer for part in parts for producer in part] if all(parts) else []
