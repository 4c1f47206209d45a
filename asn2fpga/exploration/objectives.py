"""What designs are compared by, and what they must keep to."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from asn2fpga.board.spec import Available
from asn2fpga.errors import InputError, did_you_mean, shown
from asn2fpga.exploration.design_figures import DesignFigures
from asn2fpga.report.numbers import percent


@dataclass(frozen=True)
class Objective:
    """One figure that is to become small, or large. unit: of the value, empty of a number or a share."""

    name: str
    unit: str
    value: Callable[[DesignFigures], float | None]
    maximise: bool = False
    is_resource: bool = False

    def text(self, value: float | None) -> str:
        """The value for people."""
        if value is None:
            return "-"
        if self.maximise:
            return percent(value)
        return f"{value:,.0f}" if self.is_resource else f"{value:.3g}"

    @property
    def head(self) -> str:
        """Of a column."""
        name = self.name.upper() if self.is_resource else self.name
        return f"{name} {self.unit}".strip()


OBJECTIVES: Mapping[str, Objective] = {
    one.name: one
    for one in (
        Objective("latency", "us", lambda figures: figures.latency_us),
        Objective("interval", "us", lambda figures: figures.interval_us),
        Objective("lut", "", lambda figures: figures.lut, is_resource=True),
        Objective("ff", "", lambda figures: figures.ff, is_resource=True),
        Objective("bram36", "", lambda figures: figures.bram36, is_resource=True),
        Objective("dsp", "", lambda figures: figures.dsp, is_resource=True),
        Objective("energy", "uJ", lambda figures: figures.energy_uj),
        Objective("accuracy", "", lambda figures: figures.accuracy, maximise=True),
        Objective("agreement", "", lambda figures: figures.agreement, maximise=True),
    )
}


def parse_objectives(given: str | Iterable[str]) -> tuple[Objective, ...]:
    """`latency,lut,accuracy`, or the names. InputError for unknown ones, none or one given twice."""
    names = [name.strip() for name in given.split(",")] if isinstance(given, str) else list(given)
    names = [name for name in names if name]
    if not names:
        raise InputError(f"--objective: one at least of {', '.join(OBJECTIVES)} must be given, not none.")
    for name in names:
        if name not in OBJECTIVES:
            raise InputError(
                f"--objective: the value must be one of {', '.join(OBJECTIVES)}, not {shown(name)}"
                f"{did_you_mean(str(name), OBJECTIVES)}"
            )
        if names.count(name) > 1:
            raise InputError(f"--objective: {name} must be given once, not {names.count(name)} times.")
    return tuple(OBJECTIVES[name] for name in names)


@dataclass(frozen=True)
class Limit:
    """What a design must keep to. value: the most (of accuracy and agreement the least): us, uJ, or a share
    0..1, of resources of what the board has.
    """

    objective: Objective
    value: float

    @property
    def text(self) -> str:
        """As it was given."""
        return f"{self.objective.name}={self.value:g}"

    def measure(self, figures: DesignFigures, available: Available) -> float | None:
        """What is compared with the value; None if it is not known."""
        found = self.objective.value(figures)
        if found is None or not self.objective.is_resource:
            return found
        there: int = getattr(available, self.objective.name)
        return found / there if there else math.inf * found if found else 0.0

    def excess(self, figures: DesignFigures, available: Available) -> float:
        """By how much it is missed, relative to the value; 0 or less if it is kept."""
        found = self.measure(figures, available)
        if found is None:
            return math.inf
        missed = self.value - found if self.objective.maximise else found - self.value
        return missed / self.value

    def shown(self, value: float | None) -> str:
        """A measured value, or the limit's, for people."""
        if value is not None and self.objective.is_resource:
            return f"{percent(value)} of the board"
        unit = f" {self.objective.unit}" if self.objective.unit else ""
        return f"{self.objective.text(value)}{unit}"


def parse_limits(given: str | Mapping[str, float] | None) -> tuple[Limit, ...]:
    """`lut=0.5,latency=2` or a mapping. InputError naming the entry that is wrong."""
    pairs = _pairs(given) if isinstance(given, str) else list((given or {}).items())
    names = [name for name, _ in pairs]
    for name in names:
        if name not in OBJECTIVES:
            raise InputError(
                f"--limit: the figure must be one of {', '.join(OBJECTIVES)}, not {shown(name)}"
                f"{did_you_mean(str(name), OBJECTIVES)}"
            )
        if names.count(name) > 1:
            raise InputError(f"--limit: {name} must be given once, not {names.count(name)} times.")
    return tuple(Limit(OBJECTIVES[name], _limit_value(OBJECTIVES[name], value)) for name, value in pairs)


def _pairs(text: str) -> list[tuple[str, object]]:
    pairs: list[tuple[str, object]] = []
    for part in text.split(","):
        name, separator, value = part.partition("=")
        if not separator:
            raise InputError(f"--limit: an entry must be written FIGURE=VALUE, not '{part}'.")
        pairs.append((name.strip(), value.strip()))
    return pairs


def _limit_value(objective: Objective, given: object) -> float:
    """A number above 0; of a share, at most 1."""
    is_share = objective.is_resource or objective.maximise
    try:
        value = math.nan if isinstance(given, bool) else float(given)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        value = math.nan
    if not 0 < value < math.inf or (is_share and value > 1):
        what = "a share above 0 and at most 1" if is_share else f"a number of {objective.unit} above 0"
        raise InputError(f"--limit: {objective.name} must be {what}, not {shown(given)}.")
    return value
