"""Branches that read the same events and are added become one: W x + V x = (W + V) x."""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.graph.arrays import as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.trained import TrainedSynapse


def merge_branches(graph: Graph) -> Graph:
    """The same function with at most one branch from each layer in every add of currents."""
    for node in real_nodes(graph):
        if node.is_sum and node.name in graph:
            graph = _merged(graph, node.name)
    return graph


def _merged(graph: Graph, name: str) -> Graph:
    synapses = {node.name: node for node in trained_synapses(graph)}
    left: list[str] = []
    kept: dict[str, TrainedSynapse] = {}  # by what they read
    for operand in graph[name].inputs:
        synapse = synapses.get(operand)
        if synapse is None or len(graph.consumers(operand)) != 1:
            left.append(operand)
            continue
        first = kept.get(synapse.inputs[0])
        found = synapse if first is None else _sum_of(first, synapse)
        if first is None or found is None:
            left.append(operand)
            kept.setdefault(synapse.inputs[0], synapse)
            continue
        kept[synapse.inputs[0]] = found
        left[left.index(first.name)] = found.name
    if len(left) == len(graph[name].inputs):
        return graph
    return _with_operands(graph, name, left, list(kept.values()))


def _sum_of(first: TrainedSynapse, second: TrainedSynapse) -> TrainedSynapse | None:
    """One of both, by its name, with the sum of their weights; the dense one, if the other has a weight a
    neuron. None if no kind of synapses has such sums.
    """
    if first.gathers or second.gathers:
        return first.plus(second)
    bias = as_real(first.bias) + as_real(second.bias)
    if type(first) is type(second) and first.weight.shape == second.weight.shape:
        return first.changed(weight=as_real(first.weight) + as_real(second.weight), bias=bias)
    dense = first if first.weight.ndim == 2 else second
    return dense.changed(weight=_matrix(first) + _matrix(second), bias=bias)


def _matrix(synapse: TrainedSynapse) -> np.ndarray[tuple[int, ...], np.dtype[np.float64]]:
    weight = as_real(synapse.weight)
    return weight if weight.ndim == 2 else np.diag(weight)


def _with_operands(graph: Graph, name: str, left: list[str], merged: list[TrainedSynapse]) -> Graph:
    """The add of these operands alone, some of them merged; with one left it is none."""
    gone = set(graph[name].inputs) - set(left)
    by_name = {synapse.name: synapse for synapse in merged}
    nodes: list[Node] = [by_name.get(node.name, node) for node in graph.layers if node.name not in gone]
    graph = graph.with_layers(
        dataclasses.replace(node, inputs=tuple(left)) if node.name == name else node for node in nodes
    )
    return graph.without(name) if len(left) == 1 else graph
