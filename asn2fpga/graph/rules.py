"""What every graph obeys: small rules of one sentence each, checked node by node in order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from asn2fpga.errors import RuleError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.rule import Context
from asn2fpga.graph.rules_graph import GRAPH_RULES
from asn2fpga.graph.text import INDENT, layer_lines


def check(graph: Graph) -> None:
    """Raise RuleError for the first node that breaks a rule: the printed graph with the message under it."""
    if not graph.layers:
        raise RuleError(f"{graph.name}: the graph must have layers, not none.")
    found = first_complaint(graph)
    if found is not None:
        raise RuleError(diagnostic(graph, found.node, {found.rule: found.text}))


@dataclass(frozen=True, eq=False)
class Complaint:
    """What is wrong with a node, and the name of the rule that says so. text: of class Unsupported if it is
    that.
    """

    node: Node
    rule: str
    text: str


def first_complaint(graph: Graph) -> Complaint | None:
    """The first one, node by node, late rules last: each relies on all that were checked before it."""
    early = ((*GRAPH_RULES, *node.rules) for node in graph.layers)
    late = (node.late_rules for node in graph.layers)
    for rules_of_nodes in (early, late):
        for position, rules in enumerate(rules_of_nodes):
            context, node = Context(graph, position), graph.layers[position]
            for rule in rules:
                text = rule(context, node)
                if text:
                    return Complaint(node, rule.__name__, text)
    return None


def diagnostic(graph: Graph, broken: Node, found: Mapping[str, str]) -> str:
    """One sentence, then the printed graph with the complaints under the broken node."""
    first = next(iter(found.values()))
    lines = [f"{broken.name}: {first}.", "", f"graph {graph.name}"]
    for node in graph.layers:
        lines += ["", *layer_lines(node)]
        if node is broken:
            lines += [f"{INDENT}^ {rule}: {complaint}" for rule, complaint in found.items()]
    return "\n".join(lines)
