"""Fold BatchNorm (a gain and a shift per channel) into the synapses before or after it."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.operators.batchnorm import over_pixels
from asn2fpga.kinds.trained import RealNode, TrainedSynapse


def fold_batchnorm(graph: Graph) -> Graph:
    """The same function with every BatchNorm merged into the synapses before it, else into those after it.

    Before it may stand an add of synapses: the gain goes into each of them, the shift into one. After it may
    be several synapses. A BatchNorm with no synapses beside it, or with other readers too, stays (and
    `quantise` refuses it by name).
    """
    norms = [node.name for node in real_nodes(graph) if node.affine is not None]
    order = (*norms, *reversed(norms))  # of a row: into the producer from the first, else from the last
    for name in order:
        if name in graph:
            graph = _fold(graph, name)
    return graph


def _fold(graph: Graph, name: str) -> Graph:
    nodes = {node.name: node for node in real_nodes(graph)}
    norm = nodes[name]
    assert norm.affine is not None
    shape = graph.edges[name].shape
    gain, shift = (_of_elements(array, shape) for array in norm.affine)
    producers = _producers(graph, nodes, norm.inputs[0], norm)
    if producers:
        return _into_producers(graph, name, Counter(producers), gain, shift)
    return _into_readers(graph, name, gain, shift)


def _of_elements(values: RealArray, shape: Shape) -> RealArray:
    """Numbers of channels, or of elements, as those of elements."""
    if values.size == math.prod(shape):
        return values.reshape(-1)
    return np.broadcast_to(over_pixels(values, len(shape)), shape).reshape(-1)


def _into_producers(
    graph: Graph, name: str, producers: Mapping[str, int], gain: RealArray, shift: RealArray
) -> Graph:
    """Without the norm, if its gain and shift fit those that it reads, each as often as it is added."""
    synapses, found = _synapses(graph), graph.without(name)
    for index, (producer, times) in enumerate(producers.items()):
        added = shift / times if index == 0 else np.zeros_like(shift)
        folded = synapses[producer].into_producer(gain, added)
        if folded is None:
            return graph
        found = found.replace(producer, folded)
    return found


def _into_readers(graph: Graph, name: str, gain: RealArray, shift: RealArray) -> Graph:
    """Without the norm, if synapses read it and nothing else does."""
    synapses = _synapses(graph)
    readers = [synapses.get(reader.name) for reader in graph.consumers(name)]
    folded = [reader and reader.into_consumer(gain, shift) for reader in readers]
    for found in folded:
        if found is not None and None not in folded:
            graph = graph.replace(found.name, found)
    return graph if None in folded else graph.without(name)


def _synapses(graph: Graph) -> Mapping[str, TrainedSynapse]:
    return {node.name: node for node in trained_synapses(graph)}


def _producers(graph: Graph, nodes: Mapping[str, RealNode], name: str, reader: RealNode) -> list[str]:
    """The synapses whose sum `name` is, each as often as it is added, if nothing else reads one; []
    otherwise.
    """
    if len(graph.consumers(name)) != 1:
        return []
    if name in _synapses(graph):
        return [name]
    if not nodes[name].is_sum or graph.edges[name].carries != "currents":
        return []
    parts = [_producers(graph, nodes, operand, nodes[name]) for operand in nodes[name].inputs]
    return [producer for part in parts for producer in part] if all(parts) else []
