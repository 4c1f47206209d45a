"""When a network answers early: thresholds as they were asked, or chosen on labelled samples.

After Dynamic Confidence (Li, Jones, Furber, ICCV 2023, arXiv 2303.10276), with two differences: confidence is
the margin between the two largest scores, an integer that hardware has, instead of a softmax; and each time
step has a threshold of its own, since margins grow with the steps. What is chosen is a point of the Pareto
front of accuracy and mean time steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.figures.early_exit import EarlyExitFigures, ExitPointFigures
from asn2fpga.golden.simulate import accuracy, answers_of
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.kinds.neurons.early_exit import exited, margins_of, steps_used
from asn2fpga.loader.data_file import Data
from asn2fpga.passes.early_exit import margins_in, readout_of, with_margins

AUTO = "auto:"
LEVELS = 100  # quantiles that are tried
FACTORS = (0.0, 0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, 3.0, 4.0)
"""Of the thresholds, at which accuracy and time steps are shown."""


@dataclass(frozen=True)
class Point:
    """One choice of thresholds on labelled samples: share that is right, mean time steps."""

    accuracy: float
    mean_steps: float


def with_early_exit(graph: Graph, asked: str, known: Data | None) -> Graph:
    """The network that sends scores of every time step, with thresholds: as `asked`, or chosen on `known`.

    InputError if thresholds are not one, or one for each time step but the last; or if they are to be chosen
    and there are no labels.
    """
    node = readout_of(graph)
    if node.neurons < 2:
        raise InputError(
            f"{node.name}: --early-exit compares the two largest scores, so there must be two classes at "
            f"least, not {node.neurons}; leave --early-exit out."
        )
    if asked.startswith(AUTO):
        margins = _chosen(graph, float(asked.removeprefix(AUTO)), known)
    else:
        margins = _as_asked(node.name, [int(text) for text in asked.split(",")], node.time_steps - 1)
    return with_margins(graph, margins)


def with_exits(graph: Graph, trace: Trace) -> Trace:
    """What `graph` computes, from the trace of the same network without early exit."""
    return Trace.of(exited(trace.answers, _thresholds(graph)), trace.counts, exits=True)


def _thresholds(graph: Graph) -> IntArray:
    margins = margins_in(graph)
    assert margins is not None, "the network may answer early"
    return margins


def early_exit_figures(graph: Graph, rows: IntArray, y: IntArray | None) -> EarlyExitFigures:
    """On samples with scores (B, T, C) and, if known, classes (B,)."""
    thresholds = _thresholds(graph)
    used = steps_used(margins_of(rows), thresholds)
    return {
        "thresholds": thresholds.tolist(),
        "mean_steps": float(used.mean()),
        "used": np.bincount(used, minlength=rows.shape[1] + 1)[1:].tolist(),
        "accuracy_of_all_steps": None if y is None else accuracy(rows[:, -1], y),
        "points": [_point(rows, thresholds, factor, y) for factor in FACTORS],
    }


def _point(rows: IntArray, thresholds: IntArray, factor: float, y: IntArray | None) -> ExitPointFigures:
    found = exited(rows, np.floor(thresholds * factor).astype(np.int64))[:, 0]
    right = None if y is None else accuracy(found[:, :-1], y)
    return {"factor": factor, "mean_steps": float(found[:, -1].mean()), "accuracy": right}


def _as_asked(name: str, values: list[int], wanted: int) -> IntArray:
    if len(values) == 1:
        values = values * wanted
    if len(values) != wanted:
        raise InputError(
            f"{name}: --early-exit must have one threshold, or {wanted}, one for each time step but the "
            f"last, not {len(values)}."
        )
    return np.array(values, np.int64)


def _chosen(graph: Graph, points: float, known: Data | None) -> IntArray:
    """The fewest mean time steps that lose no more accuracy than that, of some percent points."""
    if known is None or known.y is None or not len(known.x):
        raise InputError(
            "--early-exit auto: labelled calibration samples must be there to choose thresholds on; save the "
            "model with calibration=x, labels=y, or give the thresholds: --early-exit N or N,N,..."
        )
    rows = answers_of(graph, known.x)
    least = accuracy(rows[:, -1], known.y) - points / 100
    found = [(thresholds, outcome(rows, thresholds, known.y)) for thresholds in candidates(rows, known.y)]
    kept = [one for one in found if one[1].accuracy >= least - 1e-12]
    best = min(kept, key=lambda one: (one[1].mean_steps, -one[1].accuracy))
    return best[0]


def candidates(rows: IntArray, y: IntArray) -> Iterator[IntArray]:
    """Thresholds (T-1,) that are tried: at each time step above a share of the margins of samples that would
    be wrong there. rows: (B, T, C) scores; y: (B,) classes. The last ones let nobody out early.
    """
    margins = margins_of(rows)[:, :-1]
    wrong = rows.argmax(axis=2)[:, :-1] != y[:, None]
    for level in range(LEVELS + 1):
        columns = (margins[wrong[:, step], step] for step in range(margins.shape[1]))
        yield np.array([_above(column, level / LEVELS) for column in columns], np.int64)
    yield margins.max(axis=0) + 1


def _above(margins: IntArray, share: float) -> int:
    """The smallest threshold that so large a share of these margins does not reach; 0 for none of them."""
    if not len(margins) or share == 0:
        return 0
    return int(np.quantile(margins, share, method="higher")) + 1


def outcome(rows: IntArray, thresholds: IntArray, y: IntArray) -> Point:
    """What thresholds lead to on samples with scores (B, T, C) and classes (B,)."""
    found = exited(rows, thresholds)[:, 0]
    return Point(accuracy(found[:, :-1], y), float(found[:, -1].mean()))
