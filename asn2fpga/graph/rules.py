"""What every graph obeys: small rules of one sentence each, checked node by node in order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

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
    for node, rule, complaint in complaints(graph):
        raise RuleError(diagnostic(graph, node, {rule: complaint}))


def complaints(graph: Graph) -> Iterator[tuple[Node, str, str]]:
    """Node, rule and complaint, node by node; of a node only the first, as later rules rely on earlier ones."""
    for position, node in enumerate(graph.layers):
        context = Context(graph, position)
        for rule in (*GRAPH_RULES, *node.rules):
            complaint = rule(context, node)
            if complaint:
                yield node, rule.__name__, complaint
                break


def diagnostic(graph: Graph, broken: Node, found: Mapping[str, str]) -> str:
    """One sentence, then the printed graph with the complaints under the broken node."""
    first = next(iter(found.values()))
    lines = [f"{broken.name}: {first}.", "", f"graph {graph.name}"]
    for node in graph.layers:
        lines += ["", *layer_lines(node)]
        if node is broken:
            lines += [f"{INDENT}^ {rule}: {complaint}" for rule, complaint in found.items()]
    return "\n".join(lines)
