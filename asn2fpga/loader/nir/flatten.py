"""Graphs within graphs become one: nodes of all of them, and edges that end at nodes with numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from asn2fpga.errors import InputError, UnsupportedError, shown
from asn2fpga.loader.nir.content import Edge, FlatGraph, NirGraph, NirNode
from asn2fpga.loader.nir.natural import natural

MAX_SHOWN = 12  # names in a message


def flattened(graph: NirGraph, output: int | None = None) -> FlatGraph:
    """The graph without graphs in it, and without what leads to no output.

    output: which of several Outputs, in the order of their names. InputError or UnsupportedError for edges
    that end nowhere, and for anything but one Input.
    """
    walk = _Walk()
    ports = walk.enter(graph, "")
    source, end = _only_input(ports.inputs), _chosen_output(ports.outputs, output)
    nodes, edges = walk.without_inner_ports()
    _check_ends(nodes, edges)
    kept = _leading_to(end, edges)
    if source not in kept:
        raise InputError(
            f"node {shown(end)}: the Output must depend on the Input {shown(source)}; no edges lead there."
        )
    gone = sorted((name for name in nodes if name not in kept), key=natural)
    if gone:
        walk.notes.append(f"{_listed(gone)} of the NIR graph lead to no scores and are left out")
    return FlatGraph(
        nodes={name: node for name, node in nodes.items() if name in kept},
        edges=tuple(edge for edge in edges if kept.issuperset(edge)),
        input=source,
        output=end,
        notes=tuple(walk.notes),
    )


@dataclass(frozen=True)
class _Ports:
    """Names of the Inputs and Outputs of a graph."""

    inputs: tuple[str, ...]
    outputs: tuple[str, ...]


@dataclass
class _Walk:
    """Collects nodes by their path and edges between paths; ports: Inputs and Outputs of inner graphs."""

    nodes: dict[str, NirNode] = field(default_factory=dict)
    edges: dict[Edge, None] = field(default_factory=dict)
    ports: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def enter(self, graph: NirGraph, path: str) -> _Ports:
        """Take the nodes of a graph at `path`, which is empty for the outermost."""
        before, after = {}, {}  # by name in this graph: the path that sends, that which reads
        names = [f"{path}/{key}" if path else key for key in graph.nodes]
        for key, name in zip(graph.nodes, names, strict=True):
            node = graph.nodes[key]
            before[key] = after[key] = name
            if isinstance(node, NirNode):
                self.nodes[name] = node
            else:
                after[key], before[key] = self._inner(node, name)
        for sender, reader in self._resolved(graph, path):
            edge = before[sender], after[reader]
            if edge in self.edges:
                self.notes.append(f"the edge {shown(sender)} -> {shown(reader)} stands twice and counts once")
            self.edges[edge] = None
        return _Ports(
            tuple(name for name in names if self._is(name, "Input")),
            tuple(name for name in names if self._is(name, "Output")),
        )

    def _inner(self, graph: NirGraph, name: str) -> Edge:
        """The ends of a graph within the graph: where edges to it lead, and where those from it begin."""
        ports = self.enter(graph, name)
        if len(ports.inputs) != 1 or len(ports.outputs) != 1:
            raise UnsupportedError(
                f"node {shown(name)}: a graph within a graph must have one Input and one Output, not "
                f"{len(ports.inputs)} and {len(ports.outputs)}; its edges do not say which is meant."
            )
        self.ports += [ports.inputs[0], ports.outputs[0]]
        return ports.inputs[0], ports.outputs[0]

    def _is(self, name: str, kind: str) -> bool:
        return name in self.nodes and self.nodes[name].kind == kind

    def _resolved(self, graph: NirGraph, path: str) -> Iterable[Edge]:
        """The edges, by names that there are: one name that is unknown means the one node that none names."""
        named = {name for edge in graph.edges for name in edge}
        unknown = sorted(named - graph.nodes.keys())
        unnamed = sorted(graph.nodes.keys() - named)
        if not unknown:
            return graph.edges
        if path and len(unknown) == 1 and len(unnamed) == 1:
            where = f" of {shown(path)}" if path else ""
            self.notes.append(
                f"edges{where} say {shown(unknown[0])} for the node {shown(unnamed[0])}, the only one that "
                "no edge names"
            )
            meant = {unknown[0]: unnamed[0]}
            return [(meant.get(a, a), meant.get(b, b)) for a, b in graph.edges]
        raise InputError(_dangling(graph, path, unknown[0]))

    def without_inner_ports(self) -> tuple[Mapping[str, NirNode], list[Edge]]:
        """Nodes and edges, where what an inner Input reads goes to its readers at once."""
        edges = list(self.edges)
        for port in self.ports:
            senders = [a for a, b in edges if b == port]
            readers = [b for a, b in edges if a == port]
            edges = [edge for edge in edges if port not in edge]
            edges += [(a, b) for a in senders for b in readers]
        nodes = {name: node for name, node in self.nodes.items() if name not in self.ports}
        return {name: replace(node, name=name) for name, node in nodes.items()}, list(dict.fromkeys(edges))


def _dangling(graph: NirGraph, path: str, unknown: str) -> str:
    before, after = next(edge for edge in graph.edges if unknown in edge)
    where = f"node {shown(path)}: " if path else ""
    return (
        f"{where}the edge {shown(before)} -> {shown(after)} must join two nodes, and there is no node "
        f"{shown(unknown)}; the nodes are {_listed(sorted(graph.nodes, key=natural))}."
    )


def _only_input(inputs: tuple[str, ...]) -> str:
    if len(inputs) == 1:
        return inputs[0]
    found = f"{len(inputs)} ({_listed(sorted(inputs, key=natural))})" if inputs else "none"
    kind = UnsupportedError if inputs else InputError
    raise kind(f"the graph must have one node Input, not {found}; join what comes in into one array.")


def _chosen_output(outputs: tuple[str, ...], chosen: int | None) -> str:
    names = sorted(outputs, key=natural)
    if not names:
        raise InputError("the graph must have a node Output, not none; its edges say what the scores are.")
    if chosen is None and len(names) > 1:
        raise UnsupportedError(
            f"the graph must have one node Output, not {len(names)} ({_listed(names)}); choose one of them: "
            f"--output 0 to {len(names) - 1}."
        )
    if chosen is not None and chosen >= len(names):
        raise InputError(
            f"--output: the value must be in 0..{len(names) - 1}, not {chosen}; there are {_listed(names)}."
        )
    return names[chosen or 0]


def _check_ends(nodes: Mapping[str, NirNode], edges: Iterable[Edge]) -> None:
    """Nothing leads to an Input, and nothing from an Output."""
    for before, after in edges:
        if nodes[before].kind == "Output":
            raise nodes[before].wrong(
                f"an Output must send nothing, not to {shown(after)}; let the node before it do so"
            )
        if nodes[after].kind == "Input":
            raise nodes[after].wrong(f"an Input must read nothing, not {shown(before)}")


def _leading_to(end: str, edges: Iterable[Edge]) -> set[str]:
    """`end` and all that it depends on."""
    sources: dict[str, list[str]] = {}
    for before, after in edges:
        sources.setdefault(after, []).append(before)
    return set(_reached(end, sources))


def _reached(start: str, following: Mapping[str, list[str]]) -> Iterator[str]:
    pending, seen = [start], {start}
    while pending:
        name = pending.pop()
        yield name
        new = [other for other in following.get(name, ()) if other not in seen]
        pending += new
        seen.update(new)


def _listed(names: Iterable[str]) -> str:
    known = list(names)
    more = f" and {len(known) - MAX_SHOWN} more" if len(known) > MAX_SHOWN else ""
    return ", ".join(map(shown, known[:MAX_SHOWN])) + more
