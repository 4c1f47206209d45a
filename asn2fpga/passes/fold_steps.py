"""Lanes and parallel pixels step by step: what brings most for what it costs comes first.

For aims that all layers have a part in, as the latency; an interval is that of one layer: fold_interval.py.
What a step brings changes little as others are taken: those that promise most by what they brought when they
were tried last are tried again first (expectations.py), and the rest only while they promise more.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from asn2fpga.config import Optimise
from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import Foldable
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.expectations import Brought
from asn2fpga.passes.lanes import lane_groups, more_lanes, more_pixels, with_lanes, with_parallel_pixels
from asn2fpga.passes.predictions import Predictions
from asn2fpga.passes.speed import Speed

AREA_FOR_TIME = 2  # where the area counts: per cent of time that a per cent of look-up tables must save
SMALLEST_GAIN = 0.002  # a step that makes less than 0.2 % of difference is none
SMALLEST_SHARE = 0.0001  # of the board: steps that cost next to nothing are compared by what they bring
TRUST = 1.6  # how much more than expected a step may bring
MOST_STEPS = 8  # after which what a step brought is not believed any more
KINDS = ("lut", "ff", "bram36", "dsp")

Place = tuple[str, int, int]
"""A layer, and the lanes and pixels at a time that it might get."""


@dataclass(frozen=True)
class Step:
    """More lanes in one layer, or more pixels at a time. share: of the board, of what it needs most of.

    gain: part by which it cuts what is optimised. refused: why it was not taken, empty for one that was.
    """

    layer: str
    lanes: int
    pixels: int
    need: Resources
    share: float
    speed: Speed
    gain: float
    refused: str = ""

    @property
    def place(self) -> Place:
        """Without what it brings."""
        return self.layer, self.lanes, self.pixels


@dataclass(frozen=True)
class Steps:
    """available: of the board; budget: what may be taken of it. place: puts weights and products where there
    is room for them. fixed, fixed_pixels: layers whose lanes, whose pixels are given.
    """

    predictions: Predictions
    available: Resources
    budget: Resources
    optimise: Optimise
    fixed: frozenset[str]
    fixed_pixels: frozenset[str]
    place: Callable[[Graph], Graph]

    def path(self, graph: Graph) -> Iterator[Graph]:
        """The graph, and after each best step what it has become, as long as there is one.

        Where the area counts, all the way to the shortest latency: what a step costs may pay in later ones.
        """
        walk = dataclasses.replace(self, optimise="latency") if self.optimise == "area" else self
        brought: dict[Place, Brought] = {}
        yield graph
        while best := walk.best(graph, brought):
            taken = brought[best.place]
            brought |= {
                place: found.after(taken) for place, found in brought.items() if place[0] == best.layer
            }
            graph = walk.wider(graph, *best.place)
            yield graph

    def area_time(self, graph: Graph) -> float:
        """Look-up tables to the power that says what they are worth, times the latency."""
        speed = self.predictions.speed(graph)
        return float(estimate(graph).lut ** AREA_FOR_TIME * speed.latency)

    def best(self, graph: Graph, brought: dict[Place, Brought]) -> Step | None:
        """The next step that brings most for what it costs; None if every one is refused, or there is none.

        brought: what steps brought when they were tried last; those that are tried now are put there.
        """
        need, speed = estimate(graph), self.predictions.speed(graph)
        expected = {place: self._expected(brought.get(place), need, speed) for place in self._places(graph)}
        best: Step | None = None
        for place in sorted(expected, key=lambda place: -expected[place]):
            if best is not None and TRUST * expected[place] < worth(best):
                break
            step = self._step(graph, *place, need, speed)
            brought[place] = Brought.of(speed, step.speed, need, step.need)
            if not step.refused and (best is None or worth(step) > worth(best)):
                best = step
        return best

    def _places(self, graph: Graph) -> Iterator[Place]:
        """The next steps of every layer that may have more."""
        first = {together[0] for together in lane_groups(graph) if not self.fixed & set(together)}
        for layer in foldable_nodes(graph):
            for lanes in more_lanes(layer) if layer.name in first else ():
                yield layer.name, lanes, layer.parallel_pixels
            for pixels in () if layer.name in self.fixed | self.fixed_pixels else more_pixels(layer):
                yield layer.name, layer.lanes, pixels

    def _expected(self, brought: Brought | None, need: Resources, speed: Speed) -> float:
        """What a step should be worth."""
        if brought is None:
            return math.inf
        gain = 1 - brought.speed(speed).figure(self.optimise) / speed.figure(self.optimise)
        return _worth(gain, self._price(brought.need(need), need))

    def step_of(self, graph: Graph, name: str) -> Step | None:
        """The next step of one layer, also if its lanes are given; None if it can have no more."""
        layer = next((layer for layer in foldable_nodes(graph) if layer.name == name), None)
        if layer is None:
            return None
        need, speed = estimate(graph), self.predictions.speed(graph)
        more = [(lanes, layer.parallel_pixels) for lanes in more_lanes(layer)]
        if more:
            return self._best(graph, layer, more, need, speed)
        step = self._best(graph, layer, [(layer.lanes, pixels) for pixels in more_pixels(layer)], need, speed)
        given = step is not None and name in self.fixed_pixels
        return dataclasses.replace(step, refused="its pixels are given") if step and given else step

    def _best(
        self, graph: Graph, layer: Foldable, more: list[tuple[int, int]], before: Resources, speed: Speed
    ) -> Step | None:
        """The best of some steps, to at most twice as much; the smallest of all if every one is refused.

        Several are tried because some lane counts waste memory: rows of 5 weights fill block RAMs badly.
        """
        steps = [self._step(graph, layer.name, lanes, pixels, before, speed) for lanes, pixels in more]
        taken = [step for step in steps if not step.refused]
        return max(taken, key=worth) if taken else next(iter(steps), None)

    def wider(self, graph: Graph, layer: str, lanes: int, pixels: int) -> Graph:
        """The graph with so many lanes and pixels in a layer, its weights where they fit then."""
        return self.place(with_parallel_pixels(with_lanes(graph, {layer: lanes}), {layer: pixels}))

    def _step(
        self, graph: Graph, layer: str, lanes: int, pixels: int, before: Resources, speed: Speed
    ) -> Step:
        wider = self.wider(graph, layer, lanes, pixels)
        need = estimate(wider)
        faster = self.predictions.speed(wider)
        share = self._price(need, before)
        gain = 1 - faster.figure(self.optimise) / speed.figure(self.optimise)
        step = Step(layer, lanes, pixels, need, share, faster, gain)
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


def _share(need: Resources, before: Resources, available: Resources, kind: str) -> float:
    """Part of the board's resource of that kind that a step adds."""
    added: float = getattr(need, kind) - getattr(before, kind)
    return added / (getattr(available, kind) or 1)


def worth(step: Step) -> float:
    """What a step brings for what it costs."""
    return _worth(step.gain, step.share)


def _worth(gain: float, share: float) -> float:
    return gain / max(share, SMALLEST_SHARE)
