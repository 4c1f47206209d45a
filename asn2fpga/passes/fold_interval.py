"""Lanes and parallel pixels for an interval: the cheapest of each layer that is as fast as it must be.

The interval is that of the slowest layer, so once it is given, each layer can be chosen alone: of all lanes
and pixels with which it works no longer, those of the lowest price. What a resource costs is found as in a
market: the kind that is short gets dearer, until all layers together fit.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

from asn2fpga.device.resources import Resources, total
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import Foldable
from asn2fpga.kinds.nodes import foldable_nodes, integer_node
from asn2fpga.passes.estimate_resources import estimate, estimate_layer
from asn2fpga.passes.lanes import (
    all_lanes,
    all_pixels,
    followers,
    lane_groups,
    with_lanes,
    with_parallel_pixels,
)
from asn2fpga.passes.predictions import Predictions

KINDS = ("lut", "ff", "bram36", "dsp")
ROUNDS = 12  # of prices, before an interval counts as out of reach
DEARER = 1.5  # by which the price of a kind rises that is short
MOST_GROUPS = 4  # of lanes with which several pixels at a time are tried: more lanes come first
NEARLY = 0.98  # of the interval wanted: what is predicted is not exact
LITTLE_FASTER = 0.995  # by which layers get faster at least, where the interval is not short enough
FULL_BOARD = 10.0  # power of a full board, in that of an empty one: an assumption


@dataclass(frozen=True)
class Point:
    """A layer with so many lanes and pixels at a time: mean cycles of an inference, and what it needs.

    Both with what works with its lanes. cycles: also those in which readers take the words of its map one by
    one.
    """

    lanes: int
    pixels: int
    cycles: float
    need: Resources


@dataclass(frozen=True)
class Choices:
    """What layers may be. fixed, fixed_pixels: those whose lanes, whose pixels are given.

    place: puts weights and products where there is room for them. counts: golden's, by layer.
    """

    graph: Graph
    predictions: Predictions
    budget: Resources
    fixed: Collection[str]
    fixed_pixels: Collection[str]
    place: Callable[[Graph], Graph]
    known: dict[str, list[Point]] = field(default_factory=dict)

    def points(self, name: str) -> list[Point]:
        """All that one layer may be."""
        if name not in self.known:
            self.known[name] = list(self._points(name))
        return self.known[name]

    @cached_property
    def _widest(self) -> Graph:
        """The network as it may be at most: what one layer can do is not held up by others."""
        lanes = {
            node.name: max(all_lanes(node))
            for node in foldable_nodes(self.graph)
            if node.name not in self.fixed
        }
        return with_lanes(self.graph, lanes)

    def _points(self, name: str) -> Iterator[Point]:
        node = self._node(self.graph, name)
        for lanes in [node.lanes] if name in self.fixed else all_lanes(node):
            wider = with_lanes(self._widest, {name: lanes})
            for pixels in self._pixels(self._node(wider, name)):
                yield self._point(with_parallel_pixels(wider, {name: pixels}), name)

    def _pixels(self, node: Foldable) -> Iterable[int]:
        """Those that a layer of these lanes may have: as it is, if these or the lanes are given."""
        if node.name in self.fixed or node.name in self.fixed_pixels:
            return [self._node(self.graph, node.name).parallel_pixels]
        return all_pixels(node) if node.groups <= MOST_GROUPS else [1]

    def _point(self, graph: Graph, name: str) -> Point:
        node = self._node(graph, name)
        edges = graph.edges_into(node)
        others = list(followers(graph, name))
        busy = max(self.predictions.mean_busy(graph, one) for one in (node, *others))
        if node.products and node.pairs_fit(edges):
            graph = graph.replace(name, node.with_products_by(dict.fromkeys(node.products, "paired")))
        need = total(estimate_layer(graph, one) for one in (integer_node(graph, name), *others))
        sent = graph.edges[name]
        cycles = max(busy, sent.words_per_inference if sent.lanes else 0)
        return Point(node.lanes, node.parallel_pixels, cycles, need)

    @staticmethod
    def _node(graph: Graph, name: str) -> Foldable:
        return next(node for node in foldable_nodes(graph) if node.name == name)

    # ---- for an interval ----------------------------------------------------------------------------------

    def cheapest(self, cycles: float) -> Graph | None:
        """The network whose layers work at most so long; None if that is out of reach, or does not fit."""
        prices = dict.fromkeys(KINDS, 1.0)
        for _ in range(ROUNDS):
            graph = self._bought(cycles, prices)
            if graph is None:
                return None
            need = estimate(graph)
            short = [kind for kind in KINDS if getattr(need, kind) > getattr(self.budget, kind)]
            if not short:
                return graph
            prices |= {kind: prices[kind] * DEARER for kind in short}
        return None

    def _bought(self, cycles: float, prices: Mapping[str, float]) -> Graph | None:
        graph = self.graph
        for together in lane_groups(graph):
            best = self._best(together, cycles, prices)
            if best is None:
                return None
            graph = with_lanes(graph, {together[0]: best[0].lanes})
            pixels = {name: point.pixels for name, point in zip(together, best, strict=True)}
            graph = with_parallel_pixels(graph, pixels)
        return self.place(graph)

    def _best(
        self, together: tuple[str, ...], cycles: float, prices: Mapping[str, float]
    ) -> list[Point] | None:
        """A point for each layer of some that have equal lanes, at the lowest price of all together."""
        found: list[tuple[float, int, list[Point]]] = []
        for lanes in sorted({point.lanes for point in self.points(together[0])}):
            chosen: list[Point] = []
            for name in together:
                fast = [p for p in self.points(name) if p.lanes == lanes and p.cycles <= cycles]
                if fast:
                    chosen.append(min(fast, key=lambda point: self.price(point.need, prices)))
            if len(chosen) == len(together):
                found.append((sum(self.price(p.need, prices) for p in chosen), lanes, chosen))
        return min(found, key=lambda entry: entry[:2])[2] if found else None

    def price(self, need: Resources, prices: Mapping[str, float]) -> float:
        """Parts of the budget, each at its price."""
        return sum(prices[kind] * _share(need, self.budget, kind) for kind in KINDS)

    def intervals(self) -> list[float]:
        """The intervals that a network can have, ascending: the cycles of all points, but no fewer than those
        of a layer whose speed is not to be chosen, such as the input.
        """
        names = {node.name for node in foldable_nodes(self.graph)}
        busy = self.predictions.busy(self._widest)
        least = max((float(cycles.mean()) for name, cycles in busy.items() if name not in names), default=0.0)
        return sorted({max(p.cycles, least) for name in names for p in self.points(name)})


def fastest(choices: Choices) -> Graph | None:
    """The network of the shortest interval that fits; of these the cheapest. None if none fits."""
    intervals = choices.intervals()
    low, high, best = 0, len(intervals) - 1, None
    while low <= high:
        middle = (low + high) // 2
        graph = choices.cheapest(intervals[middle])
        if graph is None:
            low = middle + 1
        else:
            best, high = graph, middle - 1
    return best


def smallest_for(choices: Choices, cycles: float) -> Graph | None:
    """The cheapest network of an interval of at most so many cycles; None if none fits.

    The slowest layer is not the same in each inference, so each must be a little faster than the interval.
    """
    wanted = NEARLY * cycles
    allowed = wanted
    for _ in range(ROUNDS):
        graph = choices.cheapest(allowed)
        if graph is None:
            return None
        interval = choices.predictions.speed(graph).interval
        if interval <= wanted:
            return graph
        allowed *= min(wanted / interval, LITTLE_FASTER)
    return None


def least_energy(choices: Choices) -> Graph | None:
    """The network that needs least energy for an inference, where one follows the other.

    What a lane adds needs as much energy however many lanes there are; what differs is the power of the board
    and of what is clocked on it, for the time of an interval.
    """
    steps = choices.intervals()
    tried = sorted({steps[round(part * (len(steps) - 1) / 24)] for part in range(25)})
    graphs = ((cycles, choices.cheapest(cycles)) for cycles in tried)
    found = [(_energy(choices, graph, cycles), graph) for cycles, graph in graphs if graph]
    return min(found, key=lambda entry: entry[0])[1] if found else None


def _energy(choices: Choices, graph: Graph, cycles: float) -> float:
    """In units that mean nothing: cycles, times the power of the board as full as it is."""
    need = estimate(graph)
    shares = [_share(need, choices.budget, kind) for kind in KINDS]
    return cycles * (1 + (FULL_BOARD - 1) * sum(shares) / len(shares))


def _share(need: Resources, budget: Resources, kind: str) -> float:
    share: float = getattr(need, kind) / (getattr(budget, kind) or 1)
    return share
