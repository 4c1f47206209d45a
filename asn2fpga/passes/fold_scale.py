"""Fold constant factors (pixels / 255, the 1/N of NASN, any Scale layer) into the weights beside them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import pools_currents, real_nodes
from asn2fpga.kinds.trained import Factor, RealNode


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
            self._put(node.with_input_factor(arriving[0]), 1.0)
        elif node.is_concatenation:
            sizes = [self.graph.edges[name].shape[0] for name in node.inputs]
            parts = [np.broadcast_to(factor, size) for factor, size in zip(arriving, sizes, strict=True)]
            whole: Factor = np.concatenate(parts)
            self._put(node, whole if any(np.any(part != 1.0) for part in parts) else 1.0)
        elif node.is_product:
            self._put(node, self._of_product(node, arriving))
        elif node.is_sum:
            self._put(node, self._of_sum(node, arriving))
        elif node.pools == "mean" and pools_currents(self.graph, node):
            self._put(self._scaled_mean(node, arriving[0]), 1.0)
        elif node.fires or node.is_end:
            self._push_all_back(node, arriving)
            self._put(node.without_factor(), node.output_factor)
        else:  # Scale, Flatten, Delay, the input
            before = self._renamed(node, arriving[0]) if arriving else 1.0
            self._put(node.without_factor(), before * node.output_factor)

    def _renamed(self, node: RealNode, factor: Factor) -> Factor:
        """A factor for each element of the first axis, as it is after a node that may flatten its input."""
        if isinstance(factor, float):
            return factor
        elements = self.graph.edges[node.name].shape[0] // self.graph.edges[node.inputs[0]].shape[0]
        return np.repeat(factor, elements) if node.is_renaming else factor

    def _put(self, node: RealNode, factor: Factor) -> None:
        self.nodes[node.name], self.pending[node.name] = node, factor

    def _arriving(self, name: str) -> Factor:
        """The factor that a node's output lacks, or will lack: through a delay a node is read that comes
        later.
        """
        if name in self.pending:
            return self.pending[name]
        (later,) = (node for node in real_nodes(self.graph) if node.name == name)
        if later.fires:
            return later.output_factor
        if later.is_renaming:
            return self._arriving(later.inputs[0]) * later.output_factor
        raise UnsupportedError(
            f"{later.place}: a delay must be of what neurons send, not of what {type(later).__name__} makes "
            "of it; put a delay into each of its branches."
        )

    def _scaled_mean(self, node: RealNode, factor: Factor) -> RealNode:
        """A mean of currents keeps its factor, and what its currents lack becomes part of that."""
        if not isinstance(factor, float) or factor <= 0:
            raise UnsupportedError(
                f"{node.place}: currents under an average must have one positive scale, not {factor}; "
                "scale the weights instead."
            )
        return node.with_output_factor(factor)

    def _of_product(self, node: RealNode, arriving: Sequence[Factor]) -> Factor:
        """The product of all factors, one number each."""
        found = 1.0
        for name, factor in zip(node.inputs, arriving, strict=True):
            if not isinstance(factor, float):
                raise UnsupportedError(
                    f"{node.place}: all channels of what is multiplied must have one scale, not those of a "
                    f"concatenation ({self.graph[name].place}) different ones."
                )
            found *= factor
        return found

    def _of_sum(self, node: RealNode, arriving: Sequence[Factor]) -> Factor:
        """The factor that all branches have; what differs must go back into the branches."""
        first = arriving[0]
        if all(isinstance(factor, float) and factor == first for factor in arriving):
            return first
        if self.graph.edges[node.name].carries == "events":
            raise UnsupportedError(
                f"{node.place}: branches of an add must have the same scale where a layer other than "
                "a neuron reads it, not different ones (the norm of NASN, amplitudes, pixels); "
                "give each branch a Linear layer of its own and add these."
            )
        self._push_all_back(node, arriving)
        return 1.0

    def _push_all_back(self, reader: RealNode, arriving: Sequence[Factor]) -> None:
        """Each factor once, however often its branch is read."""
        for name, factor in dict(zip(reader.inputs, arriving, strict=True)).items():
            self._push_back(reader, name, factor)

    def _push_back(self, reader: RealNode, name: str, factor: Factor) -> None:
        """Put a factor that reaches a neuron, an add or the output into what computed the current."""
        assert isinstance(factor, float), "what differs by element is events, and synapses read them"
        if factor == 1.0:
            return
        producer = self._producer(name)
        if not self._is_read_once(name):
            raise UnsupportedError(
                f"{reader.place}: a current that is scaled must not be used elsewhere too; "
                f"scale the weights of {producer.place} instead."
            )
        if producer.is_sum:
            self._push_all_back(producer, len(producer.inputs) * [factor])
        else:
            self.nodes[producer.name] = producer.with_output_factor(factor)

    def _producer(self, name: str) -> RealNode:
        """What computed a current, before any factors."""
        node = self.nodes[name]
        passes = node.is_renaming or node.pools == "largest"
        return self._producer(node.inputs[0]) if passes else node

    def _is_read_once(self, name: str) -> bool:
        """Whether nothing else reads the current, before or after any factors."""
        if len(self.graph.consumers(name)) != 1:
            return False
        passes = self.nodes[name].is_renaming or self.nodes[name].pools == "largest"
        return not passes or self._is_read_once(self.graph[name].inputs[0])
