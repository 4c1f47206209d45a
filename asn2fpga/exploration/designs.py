"""Designs that were tried, and which of them no other one is better than."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import math
import statistics
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from asn2fpga.board.spec import Available
from asn2fpga.config import Config
from asn2fpga.exploration.design_figures import CORRECTED, DesignFigures
from asn2fpga.exploration.objectives import Limit, Objective

_ID_LETTERS = 10


@dataclass(frozen=True)
class Design:
    """One trial. predicted: None if it failed; measured: None without RTL; reason: why one of them failed."""

    trial: int
    config: Config
    predicted: DesignFigures | None = None
    measured: DesignFigures | None = None
    reason: str = ""
    is_default: bool = False

    @property
    def key(self) -> str:
        """A short name of the configuration."""
        return key_of(self.config)


def key_of(config: Config) -> str:
    """The same for equal configurations."""
    text = json.dumps(dataclasses.asdict(config), sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:_ID_LETTERS]


@dataclass(frozen=True)
class Judge:
    """What is best known of each design, and how they compare.

    factors: by clock, how far predictions were off where a design was measured.
    """

    objectives: tuple[Objective, ...]
    limits: tuple[Limit, ...]
    available: Available
    factors: Mapping[float, Mapping[str, float]] = field(default_factory=dict)

    def taught(self, designs: Iterable[Design]) -> Judge:
        """The same, with the factors that the measured designs show."""
        ratios: dict[float, dict[str, list[float]]] = {}
        for design in designs:
            if design.measured is None or design.predicted is None:
                continue
            by_name = ratios.setdefault(design.measured.clock_mhz, {name: [] for name in CORRECTED})
            for name, found in by_name.items():
                before = getattr(design.predicted, name)
                if before:
                    found.append(getattr(design.measured, name) / before)
        factors = {
            clock: {name: statistics.median(found) for name, found in by_name.items() if found}
            for clock, by_name in ratios.items()
        }
        return dataclasses.replace(self, factors=factors)

    def known(self, design: Design) -> DesignFigures | None:
        """Measured figures, else the predicted ones corrected by what was measured at the same clock.

        Accuracies are always those of the trials, all of the same samples; a build's are of all its data.
        """
        before, measured = design.predicted, design.measured
        if before is None:
            return None
        if measured is None:
            return before.scaled(self.factors.get(before.clock_mhz, {}))
        return dataclasses.replace(measured, accuracy=before.accuracy, agreement=before.agreement)

    def excesses(self, figures: DesignFigures) -> dict[str, float]:
        """By the text of each limit, how far it is missed, relative; 0 or less if it is kept."""
        return {limit.text: limit.excess(figures, self.available) for limit in self.limits}

    def is_possible(self, design: Design) -> bool:
        """Whether it can be built, keeps its clock and all limits, as far as is known."""
        found = self.known(design)
        if found is None or found.problem or design.reason or not found.keeps_its_clock:
            return False
        return all(excess <= 0 for excess in self.excesses(found).values())

    def costs(self, design: Design) -> tuple[float, ...]:
        """One number an objective, smaller is better."""
        found = self.known(design)
        assert found is not None
        values = ((one, one.value(found)) for one in self.objectives)
        return tuple(
            float("inf") if value is None else -value if one.maximise else value for one, value in values
        )

    def front(self, designs: Sequence[Design]) -> list[Design]:
        """Possible designs that no other one is better than, the best of the first objective first.

        Of equal ones, the first.
        """
        costs: dict[tuple[float, ...], Design] = {}
        for design in designs:
            if self.is_possible(design):
                costs.setdefault(self.costs(design), design)
        best = [cost for cost in costs if not any(_is_better(other, cost) for other in costs)]
        return [costs[cost] for cost in sorted(best)]

    def best(self, front: Sequence[Design]) -> Design | None:
        """The nearest one, of those with RTL if there are any."""
        measured = [design for design in front if design.measured is not None]
        return next(iter(self.nearest(measured or front)), None)

    def nearest(self, front: Sequence[Design]) -> list[Design]:
        """In the order of their distance from the best of every objective at once.

        Each objective is taken from 0 to 1 over the front: of what becomes small the logarithm, as a point of
        the front may be many times another one.
        """
        if not front:
            return []
        columns = [_in_proportion(column) for column in zip(*map(self.costs, front), strict=True)]
        costs = list(zip(*columns, strict=True))
        low = [min(column) for column in zip(*costs, strict=True)]
        high = [max(column) for column in zip(*costs, strict=True)]

        def distance(cost: tuple[float, ...]) -> float:
            parts = zip(cost, low, high, strict=True)
            shares = [(value - least) / (most - least) for value, least, most in parts if most > least]
            return math.hypot(*shares)

        order = sorted(zip(costs, range(len(front)), strict=True), key=lambda pair: (distance(pair[0]), pair))
        return [front[number] for _, number in order]


def _in_proportion(column: tuple[float, ...]) -> tuple[float, ...]:
    """Logarithms, where there are any."""
    return tuple(map(math.log, column)) if min(column) > 0 else column


def _is_better(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    """Whether it is as good everywhere and better somewhere."""
    return one != other and all(a <= b for a, b in zip(one, other, strict=True))


def why_nothing(judge: Judge, designs: Sequence[Design]) -> str:
    """A sentence where no design is possible: the limits that are missed, or why the first one cannot be
    built; empty if one is possible.
    """
    missed = missed_limits(judge, designs)
    if missed:
        return f"--limit: {missed}"
    if not designs or any(judge.is_possible(design) for design in designs):
        return ""
    reason = reason_of(designs[0], judge).rstrip(".")
    return f"no design of {len(designs)} is possible; trial {designs[0].trial}: {reason}"


def missed_limits(judge: Judge, designs: Sequence[Design]) -> str:
    """A sentence about limits that no design meets: which, and by how much; empty if one meets all."""
    known = [(design, found) for design in designs if (found := judge.known(design)) is not None]
    if not judge.limits or not known or any(judge.is_possible(design) for design, _ in known):
        return ""
    parts: list[str] = []
    for limit in judge.limits:
        design, figures = min(known, key=lambda pair: limit.excess(pair[1], judge.available))
        if limit.excess(figures, judge.available) > 0:
            parts.append(_missed(limit, design, figures, judge.available))
    if parts:
        return f"no design of {len(designs)} keeps to {'; nor to '.join(parts)}"
    design, figures = min(known, key=lambda pair: max(judge.excesses(pair[1]).values()))
    missed = [limit for limit in judge.limits if limit.excess(figures, judge.available) > 0]
    texts = "; and ".join(_missed(limit, design, figures, judge.available) for limit in missed)
    return (
        f"no design of {len(designs)} keeps to all limits at once; the nearest misses {texts}"
        if texts
        else ""
    )


def _missed(limit: Limit, design: Design, figures: DesignFigures, available: Available) -> str:
    word = "little" if limit.objective.maximise else "much"
    found = limit.shown(limit.measure(figures, available))
    return (
        f"{limit.text} ({limit.shown(limit.value)}): the nearest, trial {design.trial}, has {found}, "
        f"{100 * limit.excess(figures, available):,.1f} % too {word}"
    )


def design_plain(
    design: Design, judge: Judge, front: Sequence[Design], best: Design | None
) -> dict[str, Any]:
    """A design as JSON values."""
    return {
        "trial": design.trial,
        "design": design.key,
        "config": dataclasses.asdict(design.config),
        "default": design.is_default,
        "predicted": None if design.predicted is None else _figures(design.predicted),
        "measured": None if design.measured is None else _figures(design.measured),
        "possible": judge.is_possible(design),
        "front": any(one.trial == design.trial for one in front),
        "best": best is not None and best.trial == design.trial,
        "reason": reason_of(design, judge),
    }


def reason_of(design: Design, judge: Judge) -> str:
    """Why a design is none to choose; empty if it is one."""
    found = judge.known(design)
    if design.reason or found is None:
        return design.reason
    if found.problem:
        return found.problem
    if not found.keeps_its_clock:
        return f"its slowest path takes {found.path_ns:.2f} ns, and its clock {1000 / found.clock_mhz:.2f} ns"
    missed = [text for text, excess in judge.excesses(found).items() if excess > 0]
    return f"misses {', '.join(missed)}" if missed else ""


def _figures(figures: DesignFigures) -> dict[str, Any]:
    return figures.to_plain() | {"latency_us": figures.latency_us, "interval_us": figures.interval_us}
