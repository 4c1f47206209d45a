"""Arousal: all inputs at the usual precision, those that were decided narrowly again at the finest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.golden.simulate import scores_of, simulate
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.early_exit import margins_of
from asn2fpga.kinds.population import precise_populations
from asn2fpga.kinds.sources.source import source_of

CHUNK = 250


@dataclass(frozen=True, eq=False)
class Levels:
    """Of B inputs, (P, B, ..) by precision: scores, and spikes of all neurons per neuron and time step."""

    scores: IntArray
    rates: Array


@dataclass(frozen=True, eq=False)
class Aroused:
    """labels (B,); repeated (B,): whether an input was; rate: mean spikes per neuron and time step, of both
    passes.
    """

    labels: IntArray
    repeated: Array
    rate: float


def levels_of(graph: Graph, x: Array) -> Levels:
    """Scores and rates of all inputs in every precision. InputError for a graph that has one."""
    source = source_of(graph)
    if source.precisions == 1:
        raise InputError(
            f"{graph.name}: arousal needs adaptive neurons of several precisions, not one; "
            "train with AdaptiveNeuron(m_f=(0.2, 0.05))."
        )
    scores, rates = [], []
    for precision in range(source.precisions):
        parts = [x[start : start + CHUNK] for start in range(0, len(x), CHUNK)]
        traces = [simulate(graph, source.with_precision(part, precision)) for part in parts]
        scores.append(np.concatenate([trace.scores for trace in traces]))
        rates.append(np.concatenate([_rates(graph, trace.counts) for trace in traces]))
    return Levels(np.stack(scores), np.stack(rates))


def _rates(graph: Graph, counts: Mapping[str, Array]) -> Array:
    """(B,) of the neurons that have several precisions."""
    names = [node.name for node in precise_populations(graph)]
    total = sum(counts[name].sum(axis=(1, 2)) for name in names)
    size = sum(counts[name].shape[1] * counts[name].shape[2] for name in names)
    found: Array = np.asarray(total, np.float64) / size
    return found


def aroused(levels: Levels, margin: int) -> Aroused:
    """What arousal makes of inputs whose best score is less than `margin` above the second one."""
    usual, finest = levels.scores[0], levels.scores[-1]
    repeated = margins_of(usual) < margin
    scores = np.where(repeated[:, None], finest, usual)
    rate = levels.rates[0] + np.where(repeated, levels.rates[-1], 0.0)
    return Aroused(scores.argmax(axis=1), repeated, float(rate.mean()))


def arouse(graph: Graph, x: Array, margin: int) -> tuple[IntArray, Array]:
    """Labels (B,) and which inputs were repeated, as the driver's `predict_aroused`: only those are.

    InputError for a graph of one precision, or of one class.
    """
    source = source_of(graph)
    if source.precisions == 1:
        levels_of(graph, x)  # says what is missing
    if graph.classes < 2:
        raise InputError(
            f"{graph.name}: arousal compares the two largest scores, so there must be two classes at least, "
            f"not {graph.classes}."
        )
    scores = scores_of(graph, source.with_precision(x, 0))
    repeated = margins_of(scores) < margin
    if repeated.any():
        scores[repeated] = scores_of(graph, source.with_precision(x[repeated], source.precisions - 1))
    return scores.argmax(axis=1), repeated
