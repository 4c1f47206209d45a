"""Fold constant factors (pixels / 255, the 1/N of NASN, any Scale layer) into the weights beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.trained import RealNode

Factor = float | RealArray
"""What a value must be multiplied by: one number, or one for each element of branches side by side."""


def fold_scale(graph: Graph) -> Graph:
    """The same function without Scale layers, with input scale 1 and output scale 1 of every neuron.

    A factor goes into the synapses or BatchNorm that read it; after one of these, with no other to come, into
    that one (a factor between Linear and Neuron).
    """
    folder = _Folder(graph)
    for node in real_nodes(graph):
        folder.take(node)
    folded = graph.with_layers(folder.nodes[node.name] for node in graph.layers)
    for node in real_nodes(graph):
        edges = [graph.edges[name] for name in (node.name, *node.inputs)]
        if node.is_renaming and edges[0].shape == edges[-1].shape:
            folded = folded.without(node.name)
    return folded


class _Folder:
    """Walks the graph in order. pending: by name, the factor that a node's output still lacks."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self.nodes: dict[str, RealNode] = {}
        self.pending: dict[str, Factor] = {}

    def take(self, node: RealNode) -> None:
        """Fold what is pending of its inputs into the node, or pass it on."""
        arriving = [self._arriving(name) for name in node.inputs]
        if node.takes_factors:
            self._put(node if not arriving else self._with_input(node, arriving[0]), 1.0)
        elif node.is_concatenation:
            sizes = [self.graph.edges[name].size for name in node.inputs]
            parts = [np.broadcast_to(factor, size) for factor, size in zip(arriving, sizes, strict=True)]
            whole: Factor = np.concatenate(parts)
            self._put(node, whole if any(np.any(part != 1.0) for part in parts) else 1.0)
        elif node.is_sum:
            self._put(node, self._of_sum(node, arriving))
        elif node.fires or node.is_end:
            for name, factor in zip(node.inputs, arriving, strict=True):
                self._push_back(node, name, factor)
            self._put(node.without_factor(), node.output_factor)
        else:  # Scale, Flatten, Delay, the input
            before = arriving[0] if arriving else 1.0
            self._put(node.without_factor(), before * node.output_factor)

    def _put(self, node: RealNode, factor: Factor) -> None:
        self.nodes[node.name], self.pending[node.name] = node, factor

    def _arriving(self, name: str) -> Factor:
        """Of a node that comes later (through a delay): its own factor."""
        if name in self.pending:
            return self.pending[name]
        (later,) = (node for node in real_nodes(self.graph) if node.name == name)
        return later.output_factor

    def _with_input(self, node: RealNode, factor: Factor) -> RealNode:
        if isinstance(factor, float):
            return node.with_input_factor(factor)
        (synapse,) = (found for found in trained_synapses(self.graph) if found.name == node.name)
        folded = synapse.into_consumer(factor, np.zeros(len(factor)))
        if folded is None:
            raise UnsupportedError(
                f"{node.name}: branches of different scale must be read by a Linear layer."
            )
        return folded

    def _of_sum(self, node: RealNode, arriving: Sequence[Factor]) -> Factor:
        """The factor that all branches have; what differs must go back into the branches."""
        first = arriving[0]
        if all(isinstance(factor, float) and factor == first for factor in arriving):
            return first
        if self.graph.edges[node.name].carries == "events":
            raise UnsupportedError(
                f"{node.place}: branches of an add must have the same scale where a layer other than "
                "a neuron reads it, not different ones (the norm of NASN, amplitudes, pixels); "
                "give each branch a Linear layer of its own and add these"
            )
        for name, factor in zip(node.inputs, arriving, strict=True):
            self._push_back(node, name, factor)
        return 1.0

    def _push_back(self, reader: RealNode, name: str, factor: Factor) -> None:
        """Put a factor that reaches a neuron, an add or the output into what computed the current."""
        if isinstance(factor, float) and factor == 1.0:
            return
        producer = self._producer(name)
        if producer.is_sum and self._only_read_by(name, reader):
            for operand in producer.inputs:
                self._push_back(producer, operand, factor)
        elif producer.takes_factors and isinstance(factor, float):
            if not self._only_read_by(name, reader):
                raise UnsupportedError(
                    f"{reader.place}: a current that is scaled must not be used elsewhere too; "
                    f"scale the weights of {producer.place} instead"
                )
            self.nodes[producer.name] = producer.with_output_factor(factor)

    def _producer(self, name: str) -> RealNode:
        """What computed a current, before any factors."""
        node = self.nodes[name]
        return self._producer(node.inputs[0]) if node.is_renaming else node

    def _only_read_by(self, name: str, reader: RealNode) -> bool:
        """Whether all readers of what computed the current see it through the same factors."""
        found = self.graph.consumers(name)
        if len(found) != 1:
            return False
        node = self.graph[name]
        is_renaming = self.nodes[name].is_renaming
        return not is_renaming or self._only_read_by(node.inputs[0], reader)
