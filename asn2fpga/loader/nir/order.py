"""The order of execution, and the edges that are read one time step late.

What neurons send at a time step comes back to earlier layers at the next one. A loop is cut where neurons
send into it, so that synapses in it act on zeros before the first spikes, as in snnTorch's RSynaptic; or
where it holds a Delay, which is long enough itself.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from asn2fpga.errors import UnsupportedError, shown
from asn2fpga.loader.nir.content import Edge, FlatGraph
from asn2fpga.loader.nir.natural import natural
from asn2fpga.loader.nir.primitives import SPIKING

Following = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class Order:
    """names: every node after all that it reads, but for the `late` edges."""

    names: tuple[str, ...]
    late: frozenset[Edge]


def ordered(graph: FlatGraph) -> Order:
    """UnsupportedError for a loop without neurons, InputError for a node that reads nothing."""
    late: set[Edge] = set()
    while loop := _loop(graph, _following(graph, late)):
        late.add(_cut(graph, loop))
    return Order(_topological(graph, late), frozenset(late))


def _following(graph: FlatGraph, late: set[Edge]) -> Following:
    following: dict[str, list[str]] = {name: [] for name in graph.nodes}
    for before, after in sorted(graph.edges, key=lambda edge: (natural(edge[0]), natural(edge[1]))):
        if (before, after) not in late:
            following[before].append(after)
    return following


def _loop(graph: FlatGraph, following: Following) -> list[str]:
    """The nodes of a loop, in its order; empty if there is none. The first is the one met first."""
    done: set[str] = set()
    for start in (graph.input, *sorted(graph.nodes, key=natural)):
        if start not in done:
            found = _loop_from(start, following, done)
            if found:
                return found
    return []


def _loop_from(start: str, following: Following, done: set[str]) -> list[str]:
    """Depth first: a node that is met again on its own path closes a loop."""
    path, ahead, on_path = [start], [iter(following[start])], {start}
    while path:
        name = next(ahead[-1], None)
        if name is None:
            ahead.pop()
            on_path.discard(path[-1])
            done.add(path.pop())
        elif name in on_path:
            return path[path.index(name) :]
        elif name not in done:
            path.append(name)
            ahead.append(iter(following[name]))
            on_path.add(name)
    return []


def _cut(graph: FlatGraph, loop: list[str]) -> Edge:
    """The edge of a loop that is late: into its first Delay, else from its last neurons."""
    for index, name in enumerate(loop):
        if graph.nodes[name].kind == "Delay":
            return loop[index - 1], name
    for index in reversed(range(len(loop))):
        if graph.nodes[loop[index]].kind in SPIKING:
            return loop[index], loop[(index + 1) % len(loop)]
    path = " -> ".join(map(shown, (*loop[:8], loop[0])))
    raise UnsupportedError(
        f"node {shown(loop[0])}: a loop must hold spiking neurons or a Delay, not be {path}; without them "
        "nothing says what it computes within a time step."
    )


def _topological(graph: FlatGraph, late: set[Edge]) -> tuple[str, ...]:
    """The Input, then of the nodes that are ready always the first by name, the Output at last."""
    inner = sorted(graph.nodes.keys() - {graph.input, graph.output}, key=natural)
    waiting = {name: set(graph.sources(name)) - {graph.input} for name in inner}
    for before, after in late:
        waiting.get(after, set()).discard(before)
    order = [graph.input]
    while waiting:
        order.append(next(name for name, sources in waiting.items() if not sources))
        del waiting[order[-1]]
        for sources in waiting.values():
            sources.discard(order[-1])
    return (*order, graph.output)
