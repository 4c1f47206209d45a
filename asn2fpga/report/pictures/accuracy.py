"""What becomes of accuracy: classes mixed up, and weights of fewer bits."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.report.numbers import percent
from asn2fpga.report.pictures.kind import Drawn, Picture, Rows, Values
from asn2fpga.report.pictures.style import MAIN, REFERENCE, SECOND, TEXT, legend_above

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MOST_CLASSES = 16


def matrices(drawn: Drawn) -> list[tuple[str, Values]]:
    """The confusion matrices that there are, with what they are of."""
    kinds = (("float", "confusion_float"), ("integer", "confusion_integer"), ("", "confusion_agreement"))
    return [(title, drawn.golden[name]) for title, name in kinds if name in drawn.golden]


def shown_classes(found: list[tuple[str, Values]]) -> Values:
    """Of many classes those with most errors in the last matrix, in their order."""
    matrix = found[-1][1]
    wrong = matrix.sum(axis=1) + matrix.sum(axis=0) - 2 * np.diag(matrix)
    return np.sort(np.argsort(-wrong, kind="stable")[:MOST_CLASSES])


def _draw_confusion(axes: Axes, drawn: Drawn) -> None:
    found = matrices(drawn)
    classes = shown_classes(found)
    size, gap = len(classes), 1
    for number, (title, matrix) in enumerate(found):
        left = number * (size + gap)
        part = matrix[np.ix_(classes, classes)].astype(np.float64)
        share = part / np.maximum(1.0, matrix.sum(axis=1)[classes][:, None])
        for row, column in np.argwhere(part > 0):
            colour = MAIN if row == column else SECOND
            alpha = 0.12 + 0.88 * float(share[row, column]) ** 0.5
            axes.barh(row, 0.92, 0.92, left=left + column - 0.46, color=colour, alpha=min(1.0, alpha))
        axes.text(left + (size - 1) / 2, -1.1, title, ha="center", va="bottom")
    ticks = [number * (size + gap) + k for number in range(len(found)) for k in range(size)]
    axes.set_xticks(ticks, [str(c) for _ in found for c in classes], fontsize=7)
    axes.set_yticks(range(size), [str(c) for c in classes], fontsize=7)
    axes.set_xlim(-0.7, len(found) * (size + gap) - gap - 0.3)
    axes.set_ylim(size - 0.4, -0.6)
    axes.set_aspect("equal")
    labelled = "confusion_integer" in drawn.golden
    axes.set_ylabel("label" if labelled else "float network")
    axes.set_xlabel("class found" if labelled else "integer network")


def _confusion_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    found = matrices(drawn)
    rows = []
    for label in range(len(found[-1][1])):
        cells = []
        for _, matrix in found:
            total = int(matrix[label].sum())
            others = matrix[label].copy()
            others[label] = 0
            worst = int(others.argmax())
            mixed = f"{worst} ({int(others[worst])} times)" if others[worst] else "none"
            cells += [percent(int(matrix[label, label]) / total) if total else "-", mixed]
        rows.append((str(label), str(int(found[0][1][label].sum())), *cells))
    heads = [f"{title} {what}".strip() for title, _ in found for what in ("right", "most often taken for")]
    return ("class", "samples", *heads), tuple(rows)


def _confusion_note(drawn: Drawn) -> str:
    total = len(matrices(drawn)[-1][1])
    cut = f" The {MOST_CLASSES} of {total} classes that are mixed up most." if total > MOST_CLASSES else ""
    return f"Stronger colour: a larger share of the row.{cut} {drawn.report['sources']['accuracy']}"


def _bits(drawn: Drawn) -> Values:
    found = drawn.quantise.get("bits", np.zeros((0, 3)))
    return found.reshape(-1, 3)


def _draw_bits(axes: Axes, drawn: Drawn) -> None:
    found = _bits(drawn)
    bits, agreement, accuracy = found.T
    axes.plot(
        bits, 100 * agreement, "--", color=REFERENCE, marker="s", markersize=4, label="same class as float"
    )
    if not np.isnan(accuracy).any():
        axes.plot(bits, 100 * accuracy, "-", color=MAIN, marker="o", markersize=5, label="accuracy")
    chosen = sorted({row["weight_bits"] for row in drawn.report["layers"] if row["weight_bits"]})
    for number in chosen:
        axes.axvline(number, color=SECOND, linewidth=1, linestyle=":")
    if chosen:
        axes.plot([], [], ":", color=SECOND, linewidth=1, label="this build")
    axes.set_xticks(bits, [f"{b:.0f}" for b in bits])
    axes.set_xlabel("bits of all weights")
    axes.set_ylabel("per cent of the samples")
    axes.yaxis.label.set_color(TEXT)
    legend_above(axes, 3)


def _bits_table(drawn: Drawn) -> tuple[tuple[str, ...], Rows]:
    rows = (
        (f"{bits:.0f}", "-" if np.isnan(accuracy) else percent(float(accuracy)), percent(float(agreement)))
        for bits, agreement, accuracy in _bits(drawn)
    )
    return ("weight bits", "accuracy", "same class as float"), tuple(rows)


CONFUSION = Picture(
    "confusion",
    "Classes taken for others, float against integer",
    "golden",
    lambda drawn: bool(matrices(drawn)),
    _draw_confusion,
    _confusion_table,
    _confusion_note,
    lambda drawn: 2.9 if len(matrices(drawn)) > 1 else 3.8,
)
BITS = Picture(
    "bits",
    "Accuracy against weight bits",
    "quantise",
    lambda drawn: len(_bits(drawn)) > 0,
    _draw_bits,
    _bits_table,
    lambda drawn: (
        "Trials on the first samples: all weights rounded to so many bits with scales of least squared "
        "error, everything else real-valued. Dotted: the bits of this build, whose scales may be better ones."
    ),
    lambda drawn: 2.6,
)
