"""How many lanes and pixels layers may have, and graphs that have them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.known import Known
from asn2fpga.kinds.contract import Foldable, IntegerNode
from asn2fpga.kinds.hardware import VITIS_WORD_BITS
from asn2fpga.kinds.nodes import foldable_nodes, integer_node, integer_nodes
from asn2fpga.kinds.roms import groups_of

MAX_LANES = 128
_CHANGED, _GROUPS = Known(), Known()


def with_lanes(graph: Graph, lanes: Mapping[str, int]) -> Graph:
    """The graph with the given lanes in the given layers, in those that share currents with them, and in
    those that are best with equal lanes, if none are given there.
    """
    wanted = _spread(lane_groups(graph), lanes) | _spread(current_groups(graph), lanes)
    return graph.with_layers(
        _widened(node, wanted[node.name]) if isinstance(node, Foldable) and node.name in wanted else node
        for node in graph.layers
    )


def _widened(node: Foldable, lanes: int) -> Foldable:
    return _CHANGED.of(node, ("lanes", lanes), lambda: node.with_lanes(lanes))


def with_parallel_pixels(graph: Graph, pixels: Mapping[str, int]) -> Graph:
    """The graph with so many pixels at a time in the given layers, at most as many as these can take."""
    return graph.with_layers(
        _with_units(node, pixels[node.name]) if isinstance(node, Foldable) and node.name in pixels else node
        for node in graph.layers
    )


def _with_units(node: Foldable, pixels: int) -> Foldable:
    def change() -> Foldable:
        return node.with_parallel_pixels(min(pixels, node.most_parallel_pixels))

    return _CHANGED.of(node, ("pixels", pixels), change)


def _spread(groups: tuple[tuple[str, ...], ...], lanes: Mapping[str, int]) -> dict[str, int]:
    """Lanes that are given to one layer, for all that are together with it."""
    return {
        member: lanes[name]
        for together in groups
        for name in together
        if name in lanes
        for member in together
    }


def current_groups(graph: Graph) -> tuple[tuple[str, ...], ...]:
    """Layers that must have equal lanes, in order: a current goes from one to the other as it is."""

    def sources(node: Foldable) -> set[str]:
        return {name for i, name in enumerate(node.inputs) if node.reads(i) == "currents"}

    return _GROUPS.of(graph, "currents", lambda: _groups(graph, sources))


def lane_groups(graph: Graph) -> tuple[tuple[str, ...], ...]:
    """Layers that have equal lanes if nothing else is asked for: also those that take whole words, and those
    whose words something else takes side by side.
    """
    return _GROUPS.of(graph, "lanes", lambda: _lane_groups(graph))


def _lane_groups(graph: Graph) -> tuple[tuple[str, ...], ...]:
    def sources(node: Foldable) -> set[str]:
        currents = {name for i, name in enumerate(node.inputs) if node.reads(i) == "currents"}
        followed = (_sender(graph, name) for i, name in enumerate(node.inputs) if node.follows(i))
        return currents | {
            sender.name for sender in followed if sender and sender.most_lanes == node.most_lanes
        }

    found = _groups(graph, sources)
    for node in integer_nodes(graph):
        senders = [_sender(graph, node.inputs[position]) for position in node.word_by_word]
        alike = [
            sender for sender in senders if sender and sender.most_lanes == graph.edges[node.name].shape[0]
        ]
        found = _joined(found, {sender.name for sender in alike})
    return found


def _joined(groups: tuple[tuple[str, ...], ...], names: set[str]) -> tuple[tuple[str, ...], ...]:
    """The groups, those that hold one of some names as one, where the first of them was."""
    together = [group for group in groups if names & set(group)]
    if len(together) < 2:
        return groups
    joined = tuple(name for group in together for name in group)
    return tuple(joined if group is together[0] else group for group in groups if group not in together[1:])


def _sender(graph: Graph, name: str) -> Foldable | None:
    """The layer with lanes that a map has which arrives from a node, through pools and the like; None if
    there is no such layer.
    """
    node = integer_node(graph, name)
    while not isinstance(node, Foldable):
        if node.lanes_from is None:
            return None
        node = integer_node(graph, node.inputs[node.lanes_from])
    return node


def followers(graph: Graph, name: str) -> Iterator[IntegerNode]:
    """Nodes that work with the lanes of a layer and have none of their own."""
    for node in integer_nodes(graph):
        if isinstance(node, Foldable) or node.lanes_from is None:
            continue
        if node.inputs[node.lanes_from] == name:
            yield node
            yield from followers(graph, node.name)


def _groups(graph: Graph, sources_of: Callable[[Foldable], set[str]]) -> tuple[tuple[str, ...], ...]:
    found: list[list[str]] = []
    for node in foldable_nodes(graph):
        sources = sources_of(node)
        joined = [together for together in found if sources & set(together)]
        found = [together for together in found if together not in joined]
        found.append([*(name for together in joined for name in together), node.name])
    return tuple(tuple(together) for together in found)


def next_lanes(layer: Foldable) -> int | None:
    """Fewest lanes that need fewer groups than now, hence waste least; None if that is more than allowed.

    From eight on they are made a multiple of four, so that neurons can fire in parts of a group.
    """
    if layer.groups == 1:
        return None
    lanes = groups_of(layer.most_lanes, layer.groups - 1)
    if lanes > 8:
        lanes = min(-(-lanes // 4) * 4, layer.most_lanes)
    return lanes if lanes <= MAX_LANES and layer.widest_word(lanes) <= VITIS_WORD_BITS else None


def all_lanes(layer: Foldable) -> Iterator[int]:
    """From one lane to as many as there can be, those that waste none."""
    return _upwards(1, lambda lanes: next_lanes(layer.with_lanes(lanes)))


def more_lanes(layer: Foldable) -> Iterator[int]:
    """The lanes of the next steps, up to twice as many as now, at least one step."""
    more = _upwards(next_lanes(layer), lambda lanes: next_lanes(layer.with_lanes(lanes)))
    return _up_to_twice(layer.lanes, more)


def next_pixels(layer: Foldable) -> int | None:
    """Fewest pixels at a time with which a row takes fewer turns than now; None if there are no more."""
    turns = groups_of(layer.map_columns, layer.parallel_pixels)
    if turns == 1:
        return None
    pixels = groups_of(layer.map_columns, turns - 1)
    return pixels if pixels <= layer.most_parallel_pixels else None


def all_pixels(layer: Foldable) -> Iterator[int]:
    """From one pixel at a time to as many as there can be, those that waste none."""
    return _upwards(1, lambda pixels: next_pixels(layer.with_parallel_pixels(pixels)))


def more_pixels(layer: Foldable) -> Iterator[int]:
    """The pixels of the next steps, up to twice as many as now, at least one step."""
    more = _upwards(next_pixels(layer), lambda pixels: next_pixels(layer.with_parallel_pixels(pixels)))
    return _up_to_twice(layer.parallel_pixels, more)


def _upwards(first: int | None, after: Callable[[int], int | None]) -> Iterator[int]:
    """`first`, what comes after it, and so on."""
    while first is not None:
        yield first
        first = after(first)


def _up_to_twice(now: int, more: Iterator[int]) -> Iterator[int]:
    for count, value in enumerate(more):
        if count and value > 2 * now:
            return
        yield value
