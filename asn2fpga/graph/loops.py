"""The loops of a graph: which nodes must be computed time step by time step, and in what order all are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node

AnyNode = TypeVar("AnyNode", bound=Node)


@dataclass(frozen=True)
class Part(Generic[AnyNode]):
    """Nodes in their order: one alone, or those that hear each other through a delay (`is_loop`)."""

    nodes: tuple[AnyNode, ...]
    is_loop: bool

    @property
    def names(self) -> frozenset[str]:
        """Of its nodes."""
        return frozenset(node.name for node in self.nodes)


def parts_of(nodes: Sequence[AnyNode]) -> Iterator[Part[AnyNode]]:
    """All nodes, each part after those that it reads; the first node is the source."""
    if not _reads_later_nodes(nodes):
        yield from (Part((node,), is_loop=node.name in node.inputs) for node in nodes)
        return
    after = {node.name: _reached(nodes, node.name) for node in nodes}
    waiting = list(nodes)
    done: frozenset[str] = frozenset()
    while waiting:
        part = next(part for part in (_part(node, nodes, after) for node in waiting) if _is_ready(part, done))
        yield part
        done |= part.names
        waiting = [node for node in waiting if node.name not in part.names]


def loops_of_several(nodes: Sequence[AnyNode]) -> Iterator[Part[AnyNode]]:
    """The loops that hold more than one node."""
    return (part for part in parts_of(nodes) if len(part.nodes) > 1)


def _reads_later_nodes(nodes: Sequence[Node]) -> bool:
    """Whether one reads another that comes later: only then there is a loop of several."""
    place = {node.name: number for number, node in enumerate(nodes)}
    return any(place[name] > place[node.name] for node in nodes for name in node.inputs)


def _part(node: AnyNode, nodes: Sequence[AnyNode], after: dict[str, set[str]]) -> Part[AnyNode]:
    if node.name not in after[node.name]:
        return Part((node,), is_loop=False)
    both = {name for name in after[node.name] if node.name in after[name]}
    return Part(tuple(other for other in nodes if other.name in both), is_loop=True)


def _is_ready(part: Part[AnyNode], done: frozenset[str]) -> bool:
    return all(name in done or name in part.names for node in part.nodes for name in node.inputs)


def _reached(nodes: Sequence[AnyNode], start: str) -> set[str]:
    """What reads the node, directly or through others; itself only if it is part of a loop."""
    found, pending = set[str](), [start]
    while pending:
        name = pending.pop()
        readers = {node.name for node in nodes if name in node.inputs} - found
        found |= readers
        pending += readers
    return found


def readers_at_once(graph: Graph, name: str) -> list[Node]:
    """The nodes that read what `name` sends in the same time step."""
    return [
        node
        for node in graph.layers
        if any(read == name and not node.delay(i) for i, read in enumerate(node.inputs))
    ]
