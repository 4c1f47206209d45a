"""What an early exit brings: accuracy against the time steps that are used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn2fpga.report.numbers import percent
from asn2fpga.report.pictures.kind import Drawn, Picture, Rows
from asn2fpga.report.pictures.style import MAIN, REFERENCE, SECOND, TEXT, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from asn2fpga.figures.early_exit import EarlyExitFigures


def _found(drawn: Drawn) -> EarlyExitFigures | None:
    """The figures, if there are labels to judge by."""
    found = drawn.report["accuracy"].get("early_exit")
    return found if found and found["accuracy_of_all_steps"] is not None else None


def _required(drawn: Drawn) -> EarlyExitFigures:
    found = _found(drawn)
    assert found is not None, "the picture is ready"
    return found


def _draw(axes: Axes, drawn: Drawn) -> None:
    found = _required(drawn)
    whole, points = found["accuracy_of_all_steps"] or 0.0, found["points"]
    steps = [point["mean_steps"] for point in points]
    right = [100 * (point["accuracy"] or 0.0) for point in points]
    axes.axhline(100 * whole, color=REFERENCE, linewidth=1, linestyle="--", label="all time steps")
    axes.plot(steps, right, "-", color=MAIN, marker="o", markersize=4, label="thresholds times a factor")
    built = next(point for point in points if point["factor"] == 1)
    mark = [100 * (built["accuracy"] or 0.0)]
    axes.plot([built["mean_steps"]], mark, "o", color=SECOND, markersize=8, label="this build")
    axes.set_xlim(0.9, len(found["used"]) + 0.1)
    axes.set_xlabel("mean time steps used")
    axes.set_ylabel("accuracy, per cent")
    axes.yaxis.label.set_color(TEXT)
    legend_above(axes, 3)


def _table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    points = _required(drawn)["points"]
    rows = (
        (f"{point['factor']:g}", f"{point['mean_steps']:.2f}", percent(point["accuracy"] or 0.0))
        for point in points
    )
    return ("thresholds times", "mean time steps", "accuracy"), tuple(rows)


def _note(drawn: Drawn) -> str:
    found = _required(drawn)
    used = ", ".join(f"{count:,} after {step}" for step, count in enumerate(found["used"], 1))
    thresholds = ", ".join(f"{threshold:,}" for threshold in found["thresholds"])
    return (
        f"An answer leaves once the largest score leads the second largest by the threshold of its time step "
        f"({thresholds}). Samples that answered: {used}. {drawn.report['sources']['accuracy']}"
    )


EXITS = Picture(
    "exits",
    "Accuracy against time steps used",
    "golden",
    lambda drawn: _found(drawn) is not None,
    _draw,
    _table,
    _note,
    lambda drawn: 2.6,
)
