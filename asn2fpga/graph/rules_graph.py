"""Rules of every node: its name, its place and what it reads."""

from __future__ import annotations

import re

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.loops import readers_at_once
from asn2fpga.graph.node import Node
from asn2fpga.graph.rule import Context, Rule

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*")


def names_are_identifiers(context: Context, node: Node) -> str:
    """Names of the graph and of nodes are C identifiers (letters, digits, `_`) that start with a letter."""
    for name in (context.graph.name, node.name):
        if not _IDENTIFIER.fullmatch(name):
            return f"the name must be letters, digits and '_', a letter first, not {name!r}"
    return ""


def names_are_unique(context: Context, node: Node) -> str:
    """No two nodes have one name."""
    twice = node.name in context.before
    return f"the name must be unique, not {node.name!r} again" if twice else ""


def inputs_come_before(context: Context, node: Node) -> str:
    """A node reads nodes before it, or with a delay any node; a loop without a delay is no network."""
    for position, name in enumerate(node.inputs):
        where = context.graph if node.delay(position) else context.before
        if name not in where:
            return _why_not_before(context.graph, node, name)
    return ""


def _why_not_before(graph: Graph, node: Node, name: str) -> str:
    path = loop_through(graph, node.name, name) if name in graph else ()
    if path:
        return f"a loop must hold a delay, not be {' -> '.join(path)} within one time step"
    return f"inputs must be layers before it, not {name!r}"


def loop_through(graph: Graph, start: str, source: str) -> tuple[str, ...]:
    """The shortest loop from `start` to `start` whose last step comes from `source`, without delays; () if
    none.
    """
    paths: list[tuple[str, ...]] = [(start,)]
    seen = {start}
    for path in paths:
        if path[-1] == source:
            return (*path, start)
        readers = [node.name for node in readers_at_once(graph, path[-1]) if node.name not in seen]
        paths += [(*path, reader) for reader in readers]
        seen.update(readers)
    return ()


def ends_are_ends(context: Context, node: Node) -> str:
    """The first node, and only it, is a source; the last, and only it, gives the scores."""
    last = len(context.graph.layers) - 1
    kind = type(node).__name__
    if node.is_source != (context.position == 0):
        return f"the first layer, and no other, must be a source, not {kind}"
    if node.is_end != (context.position == last):
        return f"the last layer, and no other, must give the scores, not {kind}"
    return ""


def inputs_are_there(context: Context, node: Node) -> str:
    """All but the source read one node or, if they may, several; currents only where there are some."""
    if not node.is_source and not node.inputs:
        return "the layer must have inputs, not none"
    if len(node.inputs) > 1 and not node.has_branches:
        return f"{type(node).__name__} must read one layer, not {len(node.inputs)}"
    for position, name in enumerate(node.inputs):
        if node.reads(position) == "currents" and name not in context.before.currents:
            return f"the currents read must be those of a population, not of {name}"
    return ""


def every_node_is_read(context: Context, node: Node) -> str:
    """What a node sends is read, but for the scores."""
    if node.is_end or any(reader is not node for reader in context.graph.consumers(node.name)):
        return ""
    return "its output must be read by another layer, not by none"


def one_level(context: Context, node: Node) -> str:
    """Nodes are all real-valued or all integer."""
    level = context.graph.layers[0].level
    if node.level == level:
        return ""
    return f"the layer must be {level} as the first one, not {type(node).__name__}"


GRAPH_RULES: tuple[Rule, ...] = (
    names_are_identifiers,
    names_are_unique,
    one_level,
    inputs_come_before,
    ends_are_ends,
    inputs_are_there,
    every_node_is_read,
)
