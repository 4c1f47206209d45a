"""Arousal in figures: accuracy and spikes of each precision, and of repeating what was decided narrowly."""

from __future__ import annotations

import numpy as np

from asn2fpga.figures.golden import ArousalFigures, MarginFigures, PrecisionFigures
from asn2fpga.golden.arousal import Levels, aroused, levels_of
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.early_exit import margins_of
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.loader.data_file import Data
from asn2fpga.stages.base import Build

SAMPLES = 1000
SHARES = (0.05, 0.1, 0.2, 0.4, 1.0)
"""Of the samples, that are repeated: each gives a margin."""


def arousal_figures(build: Build, graph: Graph, samples: Data) -> ArousalFigures | None:
    """Of the first samples; None for a network of one precision. One score is decided by no margin."""
    if source_of(graph).precisions == 1:
        return None
    build.say("arousal: every precision")
    x = samples.x[:SAMPLES]
    y = None if samples.y is None else samples.y[: len(x)]
    levels = levels_of(graph, x)
    return {
        "samples": len(x),
        "precisions": [
            _precision(scores.argmax(axis=1), y, float(rates.mean()))
            for scores, rates in zip(levels.scores, levels.rates, strict=True)
        ],
        "margins": [_margin(levels, margin, y) for margin in _margins(levels)] if graph.classes > 1 else [],
    }


def _margins(levels: Levels) -> list[int]:
    """Margins below which about so many samples are."""
    found = np.quantile(margins_of(levels.scores[0]), SHARES)
    return sorted({int(margin) + 1 for margin in found.tolist()})


def _margin(levels: Levels, margin: int, y: Array | None) -> MarginFigures:
    found = aroused(levels, margin)
    return {
        **_precision(found.labels, y, found.rate),
        "margin": margin,
        "repeated": float(np.count_nonzero(found.repeated) / len(found.repeated)),
    }


def _precision(labels: Array, y: Array | None, rate: float) -> PrecisionFigures:
    return {"accuracy": None if y is None else float(np.mean(labels == y)), "rate": rate}
