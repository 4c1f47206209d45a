"""Choose how many lanes each layer gets: neurons whose weights it adds in one cycle."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asn2fpga.config import Optimise
from asn2fpga.device.resources import Resources
from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.graph.words import UNIT_BITS
from asn2fpga.kinds.contract import Foldable
from asn2fpga.kinds.hardware import VITIS_WORD_BITS
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.roms import groups_of
from asn2fpga.passes.demand import demands
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.fold_bursts import fold_bursts
from asn2fpga.passes.fold_firing import fold_firing
from asn2fpga.passes.fold_words import fold_words, widest_words
from asn2fpga.passes.place_products import SHARE_OF_SLICES, place_products
from asn2fpga.passes.place_weights import place_weights
from asn2fpga.passes.speed import Speed, speed_of

MAX_LANES = 128
SHARE_OF_BOARD = 0.6  # what automatic lanes may fill: the rest is for the wrapper, DMA and routing
AREA_FOR_TIME = 2  # where the area counts: per cent of time that a per cent of look-up tables must save
SMALLEST_GAIN = 0.002  # a step that makes less than 0.2 % of difference is none
SMALLEST_SHARE = 0.0001  # of the board: steps that cost next to nothing are compared by what they bring
KINDS = ("lut", "ff", "bram36", "dsp")


@dataclass(frozen=True)
class Step:
    """More lanes in one layer. share: of the board, of the resource it needs most of.

    gain: part by which it cuts what is optimised. refused: why it was not taken, empty for one that was.
    """

    layer: str
    lanes: int
    need: Resources
    share: float
    speed: Speed
    gain: float
    refused: str = ""


@dataclass(frozen=True)
class Folding:
    """The graph with its lanes, how fast that should be, and the next step of the layer that limits it.

    limiting: the layer that works longest; next_step: None if it has all the lanes there can be, or none.
    """

    graph: Graph
    speed: Speed
    limiting: str
    next_step: Step | None


def fold_lanes(
    graph: Graph,
    counts: Mapping[str, Array],
    available: Resources,
    requested: Mapping[str, int] | int | None = None,
    optimise: Optimise = "balance",
    dma_bits: int = UNIT_BITS,
) -> Folding:
    """Lanes for every layer with weights.

    `requested` lanes are taken as they are, at most one per neuron (an integer: the same for all layers).
    Other layers start with one; then the step that brings most for what it costs is taken, again and again:
    while it fits 60 % of `available`, and for at most 128 lanes a layer. `optimise`: interval or latency (as
    long as it falls); area: the steps to the shortest latency, of these the one of the smallest product
    look-up tables x look-up tables x latency; balance: a step must cut latency x interval by at least as many
    per cent as it adds per cent of the board. Then each layer gets the lanes that fire in one cycle
    (fold_firing), and the ports their words, at most `dma_bits` wide (fold_words): a port that could be
    wider hides no gain of more lanes. Where latency is optimised, layers may send two events in one cycle
    (fold_bursts). counts: (B, T, N) by layer, golden's on typical inputs.
    """
    fixed = _requested(graph, requested)
    lanes = {layer.name: fixed.get(layer.name, 1) for layer in foldable_nodes(graph)}
    graph = widest_words(_placed(with_lanes(graph, lanes), available), dma_bits)
    search = _Search(counts, available, _budget(graph, available), optimise, frozenset(fixed))
    path = list(search.path(graph))
    graph = min(path, key=search.area_time) if optimise == "area" else path[-1]
    graph = fold_words(fold_firing(graph, counts, optimise), counts, dma_bits, optimise)
    graph = fold_bursts(graph, counts, search.budget, lambda found: _placed(found, available), optimise)
    speed = speed_of(graph, demands(graph, counts))
    return Folding(graph, speed, speed.limiting, search.step_of(graph, speed.limiting))


def _budget(graph: Graph, available: Resources) -> Resources:
    """60 % of the board, or what the network needs anyhow; all block RAM if its weights need more."""
    need, share = estimate(graph), available.times(SHARE_OF_BOARD)
    limits = {kind: max(getattr(share, kind), getattr(need, kind)) for kind in KINDS}
    limits["dsp"] = max(limits["dsp"], SHARE_OF_SLICES * available.dsp)
    if need.bram36 > share.bram36:
        limits["bram36"] = max(available.bram36, need.bram36)
    return Resources(**limits)


@dataclass(frozen=True)
class _Search:
    counts: Mapping[str, Array]
    available: Resources
    budget: Resources
    optimise: Optimise
    fixed: frozenset[str]

    def path(self, graph: Graph) -> Iterator[Graph]:
        """The graph, and after each best step what it has become, as long as there is one.

        Where the area counts, all the way to the shortest latency: what a step costs may pay in later ones.
        """
        walk = dataclasses.replace(self, optimise="latency") if self.optimise == "area" else self
        yield graph
        while steps := [step for step in walk.steps(graph) if not step.refused]:
            best = max(steps, key=worth)
            graph = walk.wider(graph, best.layer, best.lanes)
            yield graph

    def area_time(self, graph: Graph) -> float:
        """Look-up tables to the power that says what they are worth, times the latency."""
        speed = speed_of(graph, demands(graph, self.counts))
        return float(estimate(graph).lut ** AREA_FOR_TIME * speed.latency)

    def steps(self, graph: Graph) -> list[Step]:
        """The next step of every layer that may have more lanes."""
        first = {together[0] for together in lane_groups(graph) if not self.fixed & set(together)}
        return self._steps(graph, [layer for layer in foldable_nodes(graph) if layer.name in first])

    def step_of(self, graph: Graph, name: str) -> Step | None:
        """The next step of one layer, also if its lanes are given; None if it can have no more."""
        steps = self._steps(graph, [layer for layer in foldable_nodes(graph) if layer.name == name])
        return next(iter(steps), None)

    def _steps(self, graph: Graph, layers: list[Foldable]) -> list[Step]:
        need, speed = estimate(graph), speed_of(graph, demands(graph, self.counts))
        steps = (self._next_step(graph, layer, need, speed) for layer in layers)
        return [step for step in steps if step]

    def _next_step(self, graph: Graph, layer: Foldable, before: Resources, speed: Speed) -> Step | None:
        """The best step to at most twice the lanes; the smallest of all if every one is refused.

        Several are tried because some lane counts waste memory: rows of 5 weights fill block RAMs badly.
        """
        steps = [self._step(graph, layer.name, lanes, before, speed) for lanes in more_lanes(layer)]
        taken = [step for step in steps if not step.refused]
        return max(taken, key=worth) if taken else next(iter(steps), None)

    def wider(self, graph: Graph, layer: str, lanes: int) -> Graph:
        """The graph with so many lanes in a layer, its weights where they fit then."""
        return _placed(with_lanes(graph, {layer: lanes}), self.available)

    def _step(self, graph: Graph, layer: str, lanes: int, before: Resources, speed: Speed) -> Step:
        wider = self.wider(graph, layer, lanes)
        need = estimate(wider)
        faster = speed_of(wider, demands(wider, self.counts))
        share = self._price(need, before)
        gain = 1 - faster.figure(self.optimise) / speed.figure(self.optimise)
        step = Step(layer, lanes, need, share, faster, gain)
        return dataclasses.replace(step, refused=self._why_not(step))

    def _price(self, need: Resources, before: Resources) -> float:
        """What a step adds: a part of the board, or of the design's look-up tables where the area counts."""
        if self.optimise == "area":
            return AREA_FOR_TIME * (need.lut / before.lut - 1)
        return max(_share(need, before, self.available, kind) for kind in KINDS)

    def _why_not(self, step: Step) -> str:
        if step.layer in self.fixed:
            return "its lanes are given"
        kind = self._does_not_fit(step.need)
        if kind:
            have = getattr(self.available, kind) or 1
            used, limit = (getattr(part, kind) / have for part in (step.need, self.budget))
            return f"it would take {used:.0%} of {kind.upper()}, above {limit:.0%}"
        if step.gain < SMALLEST_GAIN:
            return "it would bring nothing"
        if self.optimise == "area" and step.gain < step.share:
            return "it would cost more look-up tables than the time it saves is worth"
        if self.optimise == "balance" and step.gain < step.share:
            return "it would cost a larger part of the board than of the time it saves"
        return ""

    def _does_not_fit(self, need: Resources) -> str:
        """The first kind of resource that is not there; empty if all are."""
        return next((kind for kind in KINDS if getattr(need, kind) > getattr(self.budget, kind)), "")


def _placed(graph: Graph, available: Resources) -> Graph:
    """The graph with weights and products where there is room for them."""
    return place_products(place_weights(graph, available), available)


def _share(need: Resources, before: Resources, available: Resources, kind: str) -> float:
    """Part of the board's resource of that kind that a step adds."""
    added: float = getattr(need, kind) - getattr(before, kind)
    return added / (getattr(available, kind) or 1)


def worth(step: Step) -> float:
    """What a step brings for what it costs."""
    return step.gain / max(step.share, SMALLEST_SHARE)


def more_lanes(layer: Foldable) -> Iterator[int]:
    """The lanes of the next steps, up to twice as many as now, at least one step."""
    lanes = next_lanes(layer)
    while lanes:
        yield lanes
        lanes = next_lanes(layer.with_lanes(lanes))
        if lanes and lanes > 2 * layer.lanes:
            return


def with_lanes(graph: Graph, lanes: Mapping[str, int]) -> Graph:
    """The graph with the given lanes in the given layers, and in those that share currents with them."""
    wanted = {
        member: lanes[name]
        for together in lane_groups(graph)
        for name in together
        if name in lanes
        for member in together
    }
    return graph.with_layers(
        node.with_lanes(wanted[node.name]) if isinstance(node, Foldable) and node.name in wanted else node
        for node in graph.layers
    )


def lane_groups(graph: Graph) -> tuple[tuple[str, ...], ...]:
    """Layers that must have equal lanes, in order: a current goes from one to the other as it is."""
    found: list[list[str]] = []
    for node in foldable_nodes(graph):
        sources = {name for i, name in enumerate(node.inputs) if node.reads(i) == "currents"}
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


def _requested(graph: Graph, requested: Mapping[str, int] | int | None) -> dict[str, int]:
    layers = foldable_nodes(graph)
    if isinstance(requested, int):
        requested = {layer.name: requested for layer in layers}
    wanted = requested or {}
    found = {
        layer.name: min(wanted[layer.name], layer.most_lanes) for layer in layers if layer.name in wanted
    }
    for together in lane_groups(graph):
        asked = {name: found[name] for name in together if name in found}
        if len(set(asked.values())) > 1:
            values = ", ".join(f"{name} {lanes}" for name, lanes in asked.items())
            raise InputError(f"lanes: layers that share currents must have equal lanes, not {values}.")
        found |= dict.fromkeys(together, next(iter(asked.values()))) if asked else {}
    return found
