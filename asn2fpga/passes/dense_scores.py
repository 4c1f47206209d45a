"""Scores that convolutions compute, alone or with means and sums after them, become those of Linear layers;
and so does what neurons read, if that is asked for.

What lies between events and scores is linear: of each layer of events, the column of an element is what the
scores are with that element 1 and all others 0.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.maps.window import Window, image_of
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.pool import AvgPool
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.kinds.trained import RealNode, TrainedSynapse
from asn2fpga.passes.join_events import free_name

MOST_WEIGHTS = 1 << 22  # of such a Linear layer
ELEMENTS_AT_ONCE = 256


def dense_scores(graph: Graph) -> Graph:
    """The same function whose scores no convolution computes; UnsupportedError where that is not possible."""
    end = next((node for node in real_nodes(graph) if node.is_end), None)
    return graph if end is None else dense_sums(graph, end)


def dense_sums(graph: Graph, end: RealNode) -> Graph:
    """The same function where no convolution computes what `end` reads, the output or neurons; likewise."""
    nodes = {node.name: node for node in real_nodes(graph)}
    linear = _Linear(graph, nodes, end, tuple(_between(graph, nodes, end)))
    where = next((nodes[name] for name in linear.between if _gathers(nodes[name])), None)
    if where is None:
        return graph
    linear.check(where)
    bias = linear.scores({})[0]
    new: list[Node] = []
    branches: list[str] = []
    for number, source in enumerate(linear.sources):
        own = bias if number == 0 else np.zeros_like(bias)
        name = _name(linear, where, source, is_first=number == 0)
        branches.append(_branch(linear, new, name, source, linear.columns(source, bias), own))
    value = branches[0]
    if len(branches) > 1:
        value = free_name(graph, f"{where.name}_scores")
        new.append(Add(name=value, inputs=tuple(branches), source=where.source))
    return _with_scores(graph, end, new, value)


@dataclass(frozen=True, eq=False)
class _Linear:
    """What computes the scores from events: names of nodes, in the order of the network."""

    graph: Graph
    nodes: Mapping[str, RealNode]
    end: RealNode
    between: tuple[str, ...]

    @property
    def place(self) -> str:
        """The modules in the model that it stands for: a Linear layer of currents, or convolutions."""
        if self.head is not None:
            return self.head.source
        names = dict.fromkeys(self.nodes[name].source for name in self.between if _gathers(self.nodes[name]))
        return " and ".join(names)

    @property
    def head(self) -> TrainedSynapse | None:
        """The last Linear layer of currents, if there are some."""
        found = [self.nodes[name] for name in self.between]
        heads = [node for node in found if isinstance(node, TrainedSynapse) and not node.gathers]
        return heads[-1] if heads else None

    @property
    def sources(self) -> tuple[str, ...]:
        """The layers of events that it reads."""
        read = dict.fromkeys(name for node in self.between for name in self.nodes[node].inputs)
        return tuple(name for name in read if name not in self.between)

    def check(self, where: RealNode) -> None:
        """UnsupportedError for what is not linear, or has too many weights."""
        what = "scores" if self.end.is_end else "what flattened neurons read"
        largest = [self.nodes[name] for name in self.between if self.nodes[name].pools == "largest"]
        if largest:
            raise UnsupportedError(
                f"{largest[0].place}: {what} must not be the largest of the currents of a convolution; put a "
                "neuron between them, or use an average pool."
            )
        classes = self.graph.edges[self.end.inputs[0]].size
        weights = classes * sum(self.graph.edges[source].size for source in self.sources)
        if weights > MOST_WEIGHTS:
            built = "scores of a convolution are built as those of a Linear layer, which"
            hint = "put neurons after the convolution"
            if not self.end.is_end:
                built = (
                    f"a convolution is built as a Linear layer for {self.end.place}, flattened neurons, and"
                )
                hint = "use neurons that stand on the map itself, LIF or ASN"
            raise UnsupportedError(
                f"{where.place}: {built} must have at most {MOST_WEIGHTS:,} weights, not {weights:,}; "
                f"{hint}, or put a pool or a stride before it."
            )

    def scores(self, given: Mapping[str, RealArray]) -> RealArray:
        """(B, classes) of these events (B, 1, *shape) of some layers, and none of all others."""
        count = max((len(values) for values in given.values()), default=1)
        values = dict(given)
        for name in self.between:
            for read in self.nodes[name].inputs:
                values.setdefault(read, np.zeros((count, 1, *self.graph.edges[read].shape)))
            values[name] = self.nodes[name].evaluate([values[read] for read in self.nodes[name].inputs])
        found: RealArray = values[self.end.inputs[0]].reshape(count, -1)
        return found

    def columns(self, source: str, bias: RealArray) -> RealArray:
        """(classes, N) what each element of a layer adds to the scores."""
        shape = self.graph.edges[source].shape
        size = math.prod(shape)
        found = np.empty((len(bias), size))
        for first in range(0, size, ELEMENTS_AT_ONCE):
            units = np.eye(min(ELEMENTS_AT_ONCE, size - first), size, first).reshape(-1, 1, *shape)
            found[:, first : first + len(units)] = (self.scores({source: units}) - bias).T
        return found


def _gathers(node: RealNode) -> bool:
    return isinstance(node, TrainedSynapse) and node.gathers


def _between(graph: Graph, nodes: Mapping[str, RealNode], end: RealNode) -> list[str]:
    """What computes the scores from events, in the order of the network."""
    found: set[str] = set()
    pending = list(end.inputs)
    while pending:
        name = pending.pop()
        if name not in found and graph.edges[name].carries == "currents":
            found.add(name)
            pending += nodes[name].inputs
    return [node.name for node in graph.layers if node.name in found]


def _branch(
    linear: _Linear, new: list[Node], name: str, source: str, weight: RealArray, bias: RealArray
) -> str:
    """The name of a Linear layer on the events of one layer; of their means, where all pixels count alike."""
    graph, shape, place = linear.graph, linear.graph.edges[source].shape, linear.place
    read, pixels = source, math.prod(shape[1:])
    by_pixel = weight.reshape(len(weight), shape[0], pixels)
    if pixels > 1 and np.allclose(by_pixel, by_pixel[..., :1], rtol=1e-12, atol=1e-14):
        size = image_of(shape)[1:]
        read, weight = free_name(graph, f"{name}_mean"), by_pixel[..., 0] * pixels
        pool = Window(kernel=size, stride=size)
        new.append(AvgPool(name=read, inputs=(source,), source=place, window=pool, factor=1.0 / pixels))
    if len(shape) > 1:
        flat = free_name(graph, f"{name}_flat")
        new.append(Flatten(name=flat, inputs=(read,), source=place))
        read = flat
    new.append(Linear(name=name, inputs=(read,), source=place, weight=weight, bias=bias))
    return name


def _name(linear: _Linear, where: RealNode, source: str, *, is_first: bool) -> str:
    """That of the Linear layer, or of the convolution, once, if that goes."""
    base = where if linear.head is None else linear.head
    if is_first and _goes(linear, base.name):
        return base.name
    return free_name(linear.graph, f"{base.name}_{source}")


def _goes(linear: _Linear, name: str) -> bool:
    """Whether nothing but the scores needs a node, be it through others."""
    readers = (reader.name for reader in linear.graph.consumers(name))
    return all(
        read == linear.end.name or (read in linear.between and _goes(linear, read)) for read in readers
    )


def _with_scores(graph: Graph, end: RealNode, new: list[Node], value: str) -> Graph:
    """The graph whose output reads `value`, without what nothing reads any more."""
    layers: list[Node] = []
    for node in graph.layers:
        layers += [*new, node.renamed(end.inputs[0], value)] if node.name == end.name else [node]
    by_name = {node.name: node for node in layers} | {node.name: node for node in new}
    kept: set[str] = set()
    pending = [end.name, *(node.name for node in real_nodes(graph) if node.is_end)]
    while pending:
        name = pending.pop()
        if name not in kept:
            kept.add(name)
            pending += by_name[name].inputs
    return graph.with_layers(
        node for node in layers if node.is_source or (node.name in kept and by_name[node.name] is node)
    )
