"""What a rule is given and what it says."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node, Rule

__all__ = ["Context", "Rule", "Unsupported", "differs", "outside", "unsupported"]


@dataclass(frozen=True)
class Context:
    """The graph and the node's position in it. Nodes before it obey all their rules."""

    graph: Graph
    position: int

    @cached_property
    def before(self) -> Graph:
        """The nodes before this one."""
        return self.graph.with_layers(self.graph.layers[: self.position])

    def edges_into(self, node: Node) -> tuple[Edge, ...]:
        """The edges at the inputs of `node`; those with a delay from nodes that come later are left out."""
        earlier = self.before
        own = [i for i, name in enumerate(node.inputs) if name in earlier]
        return tuple(
            earlier.currents[node.inputs[i]] if node.reads(i) == "currents" else earlier.edges[node.inputs[i]]
            for i in own
        )

    def edge_into(self, node: Node) -> Edge:
        """The edge at the only input of `node`."""
        (edge,) = self.edges_into(node)
        return edge


class Unsupported(str):
    """A complaint about what is sound but not built; other complaints are about what is wrong."""

    __slots__ = ()


def unsupported(complaint: str) -> Unsupported:
    """The complaint of a rule that somebody may lift one day: the user's model is no mistake."""
    return Unsupported(complaint)


def outside(what: str, value: float, low: float, high: float) -> str:
    """The complaint that `value` is not in low..high, if so."""
    return "" if low <= value <= high else f"{what} must be in {low:g}..{high:g}, not {value:g}"


def differs(what: str, value: object, expected: object) -> str:
    """The complaint that `value` is not `expected`, if so."""
    return "" if value == expected else f"{what} must be {expected}, not {value}"
