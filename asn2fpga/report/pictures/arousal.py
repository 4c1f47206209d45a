"""What arousal brings: accuracy against the spikes that it costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from asn2fpga.report.arousal import best_margin
from asn2fpga.report.numbers import percent, plain
from asn2fpga.report.pictures.kind import Drawn, Picture, Rows
from asn2fpga.report.pictures.style import MAIN, SECOND, TEXT, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from asn2fpga.figures.golden import ArousalFigures, PrecisionFigures


def _found(drawn: Drawn) -> ArousalFigures | None:
    """The figures, if there are labels to judge by and margins to choose from."""
    found = drawn.report["accuracy"].get("arousal")
    return found if best_margin(found) is not None else None


def _required(drawn: Drawn) -> ArousalFigures:
    found = _found(drawn)
    assert found is not None, "the picture is ready"
    return found


def _accuracy(figures: PrecisionFigures) -> float:
    return figures["accuracy"] or 0.0


def _draw(axes: Axes, drawn: Drawn) -> None:
    found = _required(drawn)
    for points, line, colour, marker, label in (
        (found["margins"], "-", MAIN, "o", "arousal, by margin"),
        (found["precisions"], "none", SECOND, "s", "one precision for all"),
    ):
        rates = [point["rate"] for point in points]
        right = [100 * _accuracy(point) for point in points]
        axes.plot(rates, right, linestyle=line, color=colour, marker=marker, markersize=5, label=label)
    axes.set_xlabel("spikes per adaptive neuron and time step, of all passes")
    axes.set_ylabel("accuracy, per cent")
    axes.yaxis.label.set_color(TEXT)
    legend_above(axes, 2)


def _table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    found = _required(drawn)
    alone = [
        (f"precision {number} for all", "", f"{level['rate']:.4f}", percent(_accuracy(level)))
        for number, level in enumerate(found["precisions"])
    ]
    aroused = [
        (
            f"margin {plain(one['margin'])}",
            percent(one["repeated"]),
            f"{one['rate']:.4f}",
            percent(_accuracy(one)),
        )
        for one in found["margins"]
    ]
    return ("computed with", "repeated", "spikes", "accuracy"), tuple(alone + aroused)


def _note(drawn: Drawn) -> str:
    found = _required(drawn)
    last = len(found["precisions"]) - 1
    return (
        "All inputs at precision 0; those whose best score is less than the margin above the second again at "
        f"precision {last}. Golden model, {plain(found['samples'])} samples. "
        f"{drawn.report['sources']['accuracy']}"
    )


AROUSAL = Picture(
    "arousal",
    "Accuracy against spikes, with arousal",
    "golden",
    lambda drawn: _found(drawn) is not None,
    _draw,
    _table,
    _note,
    lambda drawn: 2.6,
)
