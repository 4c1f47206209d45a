"""How pictures look, and how they become SVG: the same bytes for the same build, colours of the page's theme.

matplotlib is imported here, when something is drawn, and nowhere else.
"""

from __future__ import annotations

import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from asn2fpga.graph.types import Array

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 4.8  # inches; 346 points, which a telephone shows at about their size
TEXT, FAINT, LINE = "#1c2430", "#5b6676", "#d9dde3"
MAIN, SECOND, THIRD, REFERENCE = "#1f6feb", "#b4530a", "#14783c", "#9aa7b8"
THEME = {
    TEXT: "text",
    FAINT: "faint",
    LINE: "line",
    MAIN: "main",
    SECOND: "second",
    THIRD: "third",
    REFERENCE: "reference",
}
"""Colours that the page's style sheet gives, by the name of its variable."""
SERIES = (MAIN, SECOND, THIRD, REFERENCE)
RULES: dict[Any, Any] = {
    "svg.fonttype": "none",
    "font.family": "sans-serif",
    "font.sans-serif": ["DejaVu Sans"],
    "font.size": 10.0,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": TEXT,
    "axes.labelsize": 9.5,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.linewidth": 0.6,
    "text.color": TEXT,
    "xtick.color": FAINT,
    "ytick.color": FAINT,
    "xtick.labelcolor": TEXT,
    "ytick.labelcolor": TEXT,
    "legend.frameon": False,
    "legend.fontsize": 9.0,
    "figure.facecolor": "none",
    "axes.facecolor": "none",
    "savefig.facecolor": "none",
    "path.simplify": False,
    "text.parse_math": False,  # names may hold a $
}


@contextmanager
def styled(name: str = "asn2fpga") -> Iterator[None]:
    """matplotlib with our rules; `name` seeds the identifiers in an SVG, which are random otherwise."""
    logging.getLogger("matplotlib").setLevel(logging.ERROR)  # it tells of its cache of fonts
    import matplotlib

    with matplotlib.rc_context({**RULES, "svg.hashsalt": name}):
        yield


def new_axes(height: float) -> tuple[Figure, Axes]:
    """A figure of its own, which no window and no other figure knows; within `styled`."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(WIDTH, height), layout="constrained")
    return figure, figure.add_subplot()


def to_svg(figure: Figure, name: str, title: str) -> str:
    """An SVG element for a page; within `styled`. `name` makes its identifiers the page's only ones."""
    buffer = io.StringIO()
    figure.savefig(
        buffer, format="svg", metadata={"Date": None, "Creator": None, "Type": None, "Format": None}
    )
    text = buffer.getvalue()
    text = text[text.index("<svg") :]
    text = re.sub(r"<metadata>.*?</metadata>\s*", "", text, flags=re.DOTALL)
    text = re.sub(r'\b(id="|url\(#|href="#)', rf"\g<1>{name}-", text)
    text = re.sub(r"font: ([\d.]+)px [^;\"]*", r"font: \1px sans-serif", text)
    for colour, variable in THEME.items():
        text = text.replace(colour, f"var(--{variable}, {colour})")
    view = re.search(r'viewBox="[^"]*"', text)
    assert view is not None
    head = f'<svg role="img" aria-label="{title}" {view[0]}>'  # in a page an element needs no namespace
    return head + text[text.index(">") + 1 :].strip()


# ---- what several pictures need -------------------------------------------------------------------------


def legend_above(axes: Axes, columns: int = 4) -> None:
    """The legend over the axes, where it hides nothing; to the right: long names stand on the left."""
    axes.legend(
        loc="lower right",
        bbox_to_anchor=(1.0, 1.0),
        ncols=columns,
        handlelength=1.0,
        borderaxespad=0.2,
        columnspacing=1.2,
    )


def bars(axes: Axes, labels: list[str], series: list[tuple[str, list[float | None], str]]) -> None:
    """Horizontal bars: for each label one of each series (meaning, values, colour), the first on top."""
    height = 0.8 / len(series)
    for number, (meaning, values, colour) in enumerate(series):
        places = [row + (number - (len(series) - 1) / 2) * height for row in range(len(labels))]
        shown = [0.0 if value is None else value for value in values]
        axes.barh(places, shown, height * 0.9, color=colour, label=meaning)
    axes.set_yticks(range(len(labels)), [short(label) for label in labels])
    axes.set_ylim(len(labels) - 0.5, -0.5)
    axes.tick_params(axis="y", length=0)
    if len(series) > 1:
        legend_above(axes)


def segments(axes: Axes, lines: Array, colour: str, width: float, **options: Any) -> None:
    """Many short lines as one path: (n, 4) x0, y0, x1, y1."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    points = np.asarray(lines, np.float64).reshape(-1, 2)
    codes = np.tile(np.array([Path.MOVETO, Path.LINETO], np.uint8), len(points) // 2)
    patch = PathPatch(Path(points, codes), fill=False, edgecolor=colour, linewidth=width, **options)
    axes.add_patch(patch)


def short(name: str, most: int = 22) -> str:
    """A long name without its middle."""
    return name if len(name) <= most else f"{name[: most // 2]}…{name[-(most // 2 - 1) :]}"


def height_of(rows: int, each: float = 0.22, least: float = 1.6, most: float = 9.0) -> float:
    """Inches for so many rows."""
    return min(most, max(least, 0.8 + each * rows))
