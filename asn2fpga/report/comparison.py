"""What `asn2fpga compare` found, as a page: one line for each layer, over the time steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from asn2fpga import __version__
from asn2fpga.codegen.render import render

WIDTH, HEIGHT = 760, 300
LEFT, RIGHT, TOP, BOTTOM = 70, 20, 15, 40
COLOURS = 6  # that the page has, by turns; then lines are dashed
ROUND = (1, 2, 5, 10)


@dataclass(frozen=True)
class Curve:
    """A layer: the share of its spikes that differ in each time step, 0..1, and what a table says of it."""

    name: str
    rates: tuple[float, ...]
    cells: tuple[str, ...]


@dataclass(frozen=True)
class Line:
    """A curve in pixels. colour: its number; dash: of a line whose colour another one has."""

    name: str
    points: tuple[tuple[float, float], ...]
    colour: int
    dash: str


@dataclass(frozen=True)
class Tick:
    """A number beside an axis."""

    at: float
    text: str


@dataclass(frozen=True)
class Page:
    """What the template shows; all numbers are text already."""

    title: str
    version: str
    facts: tuple[str, ...]
    heads: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[Line, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    width: int
    height: int
    left: int
    right: int
    top: int
    bottom: int


def comparison_page(title: str, facts: Sequence[str], heads: Sequence[str], curves: Sequence[Curve]) -> str:
    """The page. facts: sentences above the picture; heads: of the table, whose rows begin with the layer."""
    steps = max((len(curve.rates) for curve in curves), default=1)
    most = _round_up(1e6 * max((rate for curve in curves for rate in curve.rates), default=0.0))
    across = (WIDTH - LEFT - RIGHT) / max(1, steps - 1)
    up = (HEIGHT - TOP - BOTTOM) / most

    def place(step: int, rate: float) -> tuple[float, float]:
        return round(LEFT + step * across, 1), round(HEIGHT - BOTTOM - 1e6 * rate * up, 1)

    lines = tuple(
        Line(
            curve.name,
            tuple(place(step, rate) for step, rate in enumerate(curve.rates)),
            index % COLOURS,
            "" if index < COLOURS else f"{2 + 3 * (index // COLOURS)} 3",
        )
        for index, curve in enumerate(curves)
    )
    every = max(1, -(-steps // 10))
    page = Page(
        title=title,
        version=__version__,
        facts=tuple(facts),
        heads=tuple(heads),
        rows=tuple((curve.name, *curve.cells) for curve in curves),
        lines=lines,
        x_ticks=tuple(Tick(place(step, 0)[0], str(step)) for step in range(0, steps, every)),
        y_ticks=tuple(Tick(place(0, most * part / 4e6)[1], f"{most * part / 4:,g}") for part in range(5)),
        width=WIDTH,
        height=HEIGHT,
        left=LEFT,
        right=WIDTH - RIGHT,
        top=TOP,
        bottom=HEIGHT - BOTTOM,
    )
    return render("report/comparison.html.j2", page)


def _round_up(value: float) -> float:
    """The next of 1, 2, 5, 10, 20, .. that is not below; 1 of nothing."""
    power = 1.0
    while power * 10 < value:
        power *= 10
    return next(power * digit for digit in ROUND if power * digit >= value)
