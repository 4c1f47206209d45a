"""Fold BatchNorm (a gain and a shift per channel) into the Linear layer before or behind it."""

from __future__ import annotations

import dataclasses
from typing import cast

from asn2fpga.graph.arrays import as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import BatchNorm, Linear


def fold_batchnorm(graph: Graph) -> Graph:
    """The same function with every BatchNorm merged into the Linear before it, else into the one behind.

    A BatchNorm with no Linear beside it stays (and `quantise` refuses it by name).
    """
    norms = graph.of_type(BatchNorm)
    order = (*norms, *reversed(norms))  # of a row: into the producer from the first, else from the last
    for norm in order:
        if any(layer.name == norm.name for layer in graph.layers):
            graph = _fold(graph, cast(BatchNorm, graph[norm.name]))
    return graph


def _fold(graph: Graph, norm: BatchNorm) -> Graph:
    before = graph[norm.inputs[0]]
    if isinstance(before, Linear) and len(graph.consumers(before.name)) == 1:
        return graph.without(norm.name).replace(before.name, into_producer(before, norm))
    readers = graph.consumers(norm.name)
    if len(readers) == 1 and isinstance(readers[0], Linear) and norm.gain.size == readers[0].weight.shape[1]:
        folded = into_consumer(readers[0], norm)
        return graph.replace(folded.name, folded).without(norm.name)
    return graph


def into_producer(linear: Linear, norm: BatchNorm) -> Linear:
    """gain * (W x + b) + shift as one Linear."""
    gain, shift = as_real(norm.gain), as_real(norm.shift)
    weight, bias = as_real(linear.weight), as_real(linear.bias)
    return dataclasses.replace(linear, weight=gain[:, None] * weight, bias=gain * bias + shift)


def into_consumer(linear: Linear, norm: BatchNorm) -> Linear:
    """W (gain * x + shift) + b as one Linear, which reads the elements of x in C order."""
    gain, shift = as_real(norm.gain).reshape(-1), as_real(norm.shift).reshape(-1)
    weight, bias = as_real(linear.weight), as_real(linear.bias)
    return dataclasses.replace(linear, weight=weight * gain, bias=bias + weight @ shift)
