"""What came of an exploration: the designs that no other one is better than, as table and as files."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from asn2fpga import __version__
from asn2fpga.config import Config, config_text
from asn2fpga.exploration.asked import Asked
from asn2fpga.exploration.designs import Design, Judge, design_plain
from asn2fpga.exploration.objectives import Objective
from asn2fpga.exploration.plot import plot_page
from asn2fpga.stages.folder import write_json
from asn2fpga.toolchain.plan import write_file

SCHEMA = "asn2fpga.exploration/1"
RESULTS = "results.json"
PLOT = "explore.html"
BEST = "best.toml"


@dataclass(frozen=True)
class Results:
    """A finished exploration. front: best of the first objective first; best: nearest to the best of all."""

    asked: Asked
    model: str
    judge: Judge
    designs: tuple[Design, ...]
    front: tuple[Design, ...]
    best: Design | None

    @classmethod
    def of(cls, asked: Asked, model: str, judge: Judge, designs: Sequence[Design]) -> Results:
        """With the front and its best."""
        front = judge.front(designs)
        return cls(asked, model, judge, tuple(designs), tuple(front), judge.best(front))

    @property
    def default(self) -> Design | None:
        """The design that a build makes by itself, if it was tried."""
        return next((design for design in self.designs if design.is_default), None)

    def to_plain(self) -> dict[str, Any]:
        """As JSON values."""
        asked = self.asked
        return {
            "schema": SCHEMA,
            "generator": {"name": "asn2fpga", "version": __version__},
            "model": self.model,
            "board": {"name": asked.board.name, "clock_mhz": asked.board.clock_mhz},
            "objectives": [one.name for one in asked.objectives],
            "limits": {limit.objective.name: limit.value for limit in asked.limits},
            "samples": asked.samples,
            "corrections": {f"{clock:g}": dict(by_name) for clock, by_name in self.judge.factors.items()},
            "points": [f"{_point_name(number)}.toml" for number, _ in enumerate(self.front, 1)],
            "front": [design.trial for design in self.front],
            "best": None if self.best is None else self.best.trial,
            "designs": [design_plain(one, self.judge, self.front, self.best) for one in self.designs],
        }

    def rows(self) -> list[tuple[str, ...]]:
        """The table, its heads first: the default design, and the points of the front.

        Of each objective what was measured and, in brackets, what was predicted; `~`: predicted alone.
        """
        heads = ("point", "trial", *(one.head for one in self.asked.objectives), "choices")
        default = self.default
        rows = [] if default is None else [self._row("default", default)]
        rows += [self._row(self._name(number, one), one) for number, one in enumerate(self.front, 1)]
        return [heads, *rows]

    def _name(self, number: int, design: Design) -> str:
        return f"{number:02d}" + (" best" if design is self.best else "")

    def _row(self, name: str, design: Design) -> tuple[str, ...]:
        cells = (figure_text(one, design, self.judge) for one in self.asked.objectives)
        return name, str(design.trial), *cells, choices_text(design.config, self.asked.request.config)


def figure_text(objective: Objective, design: Design, judge: Judge) -> str:
    """`0.83 (0.80)`: measured and predicted; `~0.80`: predicted alone, corrected; `-`: the trial failed."""
    if design.predicted is None:
        return "-"
    known = judge.known(design)
    assert known is not None
    text = objective.text(objective.value(known))
    if design.measured is None:
        return f"~{text}"
    before = objective.text(objective.value(design.predicted))
    return text if objective.maximise and before == text else f"{text} ({before})"


def choices_text(config: Config, base: Config) -> str:
    """What differs from the configuration that was asked for, short."""
    parts = []
    for name, value in dataclasses.asdict(config).items():
        if value != getattr(base, name):
            parts.append(f"{name} {_short(value)}")
    return ", ".join(parts) or "as a build by itself"


def _short(value: Any) -> str:
    if isinstance(value, Mapping):
        values = list(value.values())
        return str(values[0]) if len({*values}) == 1 else "/".join(map(str, values))
    return f"{value:g}" if isinstance(value, float) else str(value)


def _point_name(number: int) -> str:
    return f"point-{number:02d}"


def write_results(root: Path, results: Results) -> None:
    """results.json, the plot, a configuration for each point of the front, and best.toml."""
    for old in (*root.glob("point-*.toml"), root / BEST):
        old.unlink(missing_ok=True)
    for number, design in enumerate(results.front, 1):
        write_file(root / f"{_point_name(number)}.toml", point_text(results, design))
    if results.best is not None:
        write_file(root / BEST, point_text(results, results.best))
    write_json(root / RESULTS, results.to_plain())
    write_file(root / PLOT, plot_page(results))


def point_text(results: Results, design: Design) -> str:
    """The configuration of a design as the file that `--config` takes, with its figures as comments."""
    model, board = _one_line(results.model), results.asked.board.name
    lines = [f"# Trial {design.trial} of an exploration of {model}, for {board}:"]
    for one in results.asked.objectives:
        text = figure_text(one, design, results.judge)
        lines.append(f"#   {one.name} {text}{f' {one.unit}' if one.unit else ''}")
    lines.append("# Measured on RTL, in brackets predicted; ~: predicted alone.")
    return "\n".join(lines) + "\n" + config_text(dataclasses.asdict(design.config))


def _one_line(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text)
