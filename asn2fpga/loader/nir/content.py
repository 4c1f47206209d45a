"""A NIR graph as it stands in a file: nodes with their numbers, graphs within graphs, edges by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from asn2fpga.errors import InputError, UnsupportedError, shown
from asn2fpga.graph.types import Array

Edge = tuple[str, str]
"""Names of the node that sends and of the node that reads."""


@dataclass(frozen=True, eq=False)
class NirNode:
    """One primitive: its name (`graph/node` within a nested graph), its kind, its numbers and texts."""

    name: str
    kind: str
    fields: Mapping[str, Array | str]

    @property
    def where(self) -> str:
        """What messages call it."""
        return f"node {shown(self.name)}"

    def wrong(self, text: str) -> InputError:
        """The error that says `text` of this node."""
        return InputError(f"{self.where}: {text}.")

    def refuse(self, text: str) -> UnsupportedError:
        """The error that says `text` of this node, which is sound but not built."""
        return UnsupportedError(f"{self.where}: {text}.")


@dataclass(frozen=True, eq=False)
class NirGraph:
    """Nodes by name, and edges between them. own: what asn2fpga wrote about a graph that it exported."""

    nodes: Mapping[str, NirNode | NirGraph]
    edges: tuple[Edge, ...]
    own: Mapping[str, Array | str] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class FlatGraph:
    """A graph without graphs in it: one Input, one Output, every edge once.

    notes: what was put right on the way, a sentence each.
    """

    nodes: Mapping[str, NirNode]
    edges: tuple[Edge, ...]
    input: str
    output: str
    notes: tuple[str, ...] = ()

    def readers(self, name: str) -> list[str]:
        """Nodes that read `name`."""
        return [after for before, after in self.edges if before == name]

    def sources(self, name: str) -> list[str]:
        """Nodes that `name` reads."""
        return [before for before, after in self.edges if after == name]
