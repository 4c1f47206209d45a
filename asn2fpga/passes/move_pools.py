"""Pools of currents: a max-pool moves after the neurons that read it, a mean into the convolution before it.

conv -> max-pool (-> BatchNorm) -> neuron      neuron of conv (-> BatchNorm) -> max-pool
conv -> average-pool                           one convolution with a larger kernel

Neurons without a membrane fire no less where their current is no less, so both orders give the same, and
pooled counts are narrower than pooled sums.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.operators.batchnorm import BatchNorm, over_pixels
from asn2fpga.kinds.operators.pool import AvgPool, MaxPool
from asn2fpga.kinds.synapses.conv import Conv


def move_pools(graph: Graph) -> Graph:
    """The same function where pools read events; UnsupportedError for one that cannot move."""
    for pool in graph.of_type(AvgPool):
        if graph.edges[pool.inputs[0]].carries == "currents":
            graph = _into_convolution(graph, pool)
    for largest in graph.of_type(MaxPool):
        if graph.edges[largest.inputs[0]].carries == "currents":
            graph = _after_neurons(graph, largest)
    return graph


def _into_convolution(graph: Graph, pool: AvgPool) -> Graph:
    conv = graph[pool.inputs[0]]
    if not isinstance(conv, Conv) or len(graph.consumers(conv.name)) != 1:
        raise UnsupportedError(
            f"{pool.place}: an average of currents must be of a convolution that nothing else reads, not of "
            f"{conv.place} ({type(conv).__name__}); put the pool after the neuron."
        )
    merged = conv.pooled(pool.window, pool.factor)
    if merged is None:
        raise UnsupportedError(
            f"{pool.place}: the average of a convolution must have a kernel of at most 7 x 7 together with "
            "it, and no padding of its own; put the pool after the neuron."
        )
    return graph.replace(conv.name, merged).without(pool.name)


def _after_neurons(graph: Graph, pool: MaxPool) -> Graph:
    """The neurons read what the pool did, and the pool reads them."""
    norms = _norms_after(graph, pool.name)
    last = norms[-1].name if norms else pool.name
    readers = graph.consumers(last)
    neuron = readers[0] if len(readers) == 1 else None
    if not isinstance(neuron, Neuron):
        raise UnsupportedError(
            f"{pool.place}: a max-pool of currents must be read by one neuron layer, not by "
            f"{', '.join(reader.place for reader in readers) or 'none'}; put the pool after the neuron."
        )
    if neuron.semantics.keeps_a_membrane(graph.edges[neuron.name].time_steps):
        raise UnsupportedError(
            f"{pool.place}: a max-pool before a neuron with a membrane is not built yet, over "
            f"{graph.edges[neuron.name].time_steps} time steps; put the pool after the neuron."
        )
    signs = _signs(norms, graph.edges[pool.name].shape)
    graph = graph.without(pool.name)
    moved = dataclasses.replace(pool, inputs=(neuron.name,), signs=signs)
    nodes = []
    for node in graph.layers:
        nodes.append(node if node.name == neuron.name else node.renamed(neuron.name, pool.name))
        if node.name == neuron.name:
            nodes.append(moved)
    return graph.with_layers(nodes)


def _norms_after(graph: Graph, name: str) -> list[BatchNorm]:
    """The BatchNorms in a row that read a node, nothing else reading it."""
    found: list[BatchNorm] = []
    while True:
        readers = graph.consumers(name)
        if len(readers) != 1 or not isinstance(readers[0], BatchNorm):
            return found
        found.append(readers[0])
        name = readers[0].name


def _signs(norms: list[BatchNorm], shape: tuple[int, ...]) -> RealArray | None:
    """-1 for channels whose order the norms reverse; None if there are none."""
    signs = np.ones(shape[0])
    for norm in norms:
        gains = np.broadcast_to(over_pixels(norm.gain, len(shape)), shape).reshape(shape[0], -1)
        signs = signs * np.where(as_real(gains)[:, 0] < 0, -1.0, 1.0)
    return None if (signs > 0).all() else signs
