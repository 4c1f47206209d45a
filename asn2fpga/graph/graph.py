"""The graph: an ordered tuple of nodes, each naming its inputs. Immutable; passes return a new one."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeVar

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.known import Known
from asn2fpga.graph.node import Node

AnyNode = TypeVar("AnyNode", bound=Node)
_SENT = Known()


@dataclass(frozen=True, eq=False)
class Graph:
    """A network: `name` (a C identifier) and nodes, each after all that it reads without a delay."""

    name: str
    layers: tuple[Node, ...]

    def __getitem__(self, name: str) -> Node:
        return self._named[name]

    def __contains__(self, name: str) -> bool:
        return name in self._named

    @cached_property
    def _named(self) -> Mapping[str, Node]:
        """By name; the first, where rules are broken and several have it."""
        return {node.name: node for node in reversed(self.layers)}

    @property
    def source(self) -> Node:
        """Where values enter; ValueError if there is not one such node."""
        return self._only("source", [node for node in self.layers if node.is_source])

    @property
    def readout(self) -> Node:
        """The node that gives the scores; ValueError if there is not one."""
        return self._only("node that gives the scores", [node for node in self.layers if node.is_end])

    @property
    def classes(self) -> int:
        """Scores per inference."""
        return self.edges[self.readout.name].size

    def _only(self, what: str, found: list[Node]) -> Node:
        if len(found) != 1:
            raise ValueError(f"{self.name}: the graph must have one {what}, not {len(found)}")
        return found[0]

    @property
    def edges(self) -> Mapping[str, Edge]:
        """What each node sends to those that read it without saying more, by name."""
        return self._sent[0]

    @property
    def currents(self) -> Mapping[str, Edge]:
        """The currents of nodes that have some, by name, whether anything reads them or not."""
        return self._sent[1]

    @cached_property
    def _sent(self) -> tuple[Mapping[str, Edge], Mapping[str, Edge]]:
        """Edges and currents; what comes later than a node (with a delay) is not there when it is asked."""
        edges: dict[str, Edge] = {}
        currents: dict[str, Edge] = {}
        for node in self.layers:
            inputs = [
                currents[name] if node.reads(i) == "currents" else edges[name]
                for i, name in enumerate(node.inputs)
                if name in edges
            ]
            edges[node.name], own = _sent_by(node, tuple(inputs))
            if own is not None:
                currents[node.name] = own
        return edges, currents

    def edges_into(self, node: Node) -> tuple[Edge, ...]:
        """The edge at each of the node's inputs."""
        found = self._edges_into.get(node)
        if found is None:
            found = self._edges_into[node] = tuple(
                self.currents[name] if node.reads(i) == "currents" else self.edges[name]
                for i, name in enumerate(node.inputs)
            )
        return found

    @cached_property
    def _edges_into(self) -> dict[Node, tuple[Edge, ...]]:
        """Of nodes that were asked for: searches ask again and again."""
        return {}

    def reads_currents(self, name: str) -> bool:
        """Whether something reads the currents of `name`."""
        return any(
            read == name and node.reads(i) == "currents"
            for node in self.layers
            for i, read in enumerate(node.inputs)
        )

    def of_type(self, kind: type[AnyNode]) -> tuple[AnyNode, ...]:
        """All nodes of one class, in order."""
        found: tuple[AnyNode, ...] | None = self._by_type.get(kind)
        if found is None:
            found = self._by_type[kind] = tuple(node for node in self.layers if isinstance(node, kind))
        return found

    @cached_property
    def _by_type(self) -> dict[type, tuple[Any, ...]]:
        return {}

    def consumers(self, name: str) -> tuple[Node, ...]:
        """Nodes that read `name`."""
        return tuple(node for node in self.layers if name in node.inputs)

    def readers(self, name: str) -> tuple[tuple[Node, int], ...]:
        """The same in order, each with the number of an input at which it reads `name`."""
        return self._readers.get(name, ())

    @cached_property
    def _readers(self) -> Mapping[str, tuple[tuple[Node, int], ...]]:
        found: dict[str, tuple[tuple[Node, int], ...]] = {}
        for node in self.layers:
            for position, name in enumerate(node.inputs):
                found[name] = (*found.get(name, ()), (node, position))
        return found

    def with_layers(self, layers: Iterable[Node]) -> Graph:
        """The same graph with other nodes; itself if they are the same."""
        new = tuple(layers)
        if len(new) == len(self.layers) and all(map(operator.is_, new, self.layers)):
            return self
        return Graph(self.name, new)

    def replace(self, name: str, node: Node) -> Graph:
        """Put `node` where `name` was; consumers of `name` now read `node`."""
        replaced = (node if old.name == name else old for old in self.layers)
        if node.name == name:
            return self.with_layers(replaced)
        return self.with_layers(each.renamed(name, node.name) for each in replaced)

    def without(self, name: str) -> Graph:
        """Remove a node with one input; its consumers read that input instead."""
        (source,) = self[name].inputs
        return self.with_layers(node.renamed(name, source) for node in self.layers if node.name != name)


def _sent_by(node: Node, inputs: tuple[Edge, ...]) -> tuple[Edge, Edge | None]:
    """What a node sends, and its currents if it has some."""
    return _SENT.of(node, inputs, lambda: (node.output(inputs), node.currents(inputs)))
