"""Trying a choice on calibration data: how much does the network still agree with the trained one?"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.graph.arrays import IntArray, RealArray, as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import trained_synapses
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.passes.telling import Telling, to_nobody
from asn2fpga.quantise.decisions import Trial
from asn2fpga.reference.float_model import scores_of, simulate

TRIALS = "choosing scales and thresholds: {} networks compared"
MAX_SAMPLES = 2000
MOST_MACS = 3_000_000_000  # of one trial; a network is tried out three times for each of its layers
FEWEST_SAMPLES = 64  # but so many
SAMPLES_OF_MAPS = 64  # from which inputs of convolutions are taken, many of each
AGREEMENT_NOISE = 0.01
MAX_ROWS = 2048  # inputs of a layer that `compensated` weights are fitted to


@dataclass(frozen=True)
class Calibration:
    """Calibration inputs, labels if known, and the float network's scores (B, C) on them.

    trials: counts them, and says so.
    """

    x: Array
    y: Array | None
    scores: RealArray
    trials: Telling = field(default_factory=lambda: Telling(TRIALS))

    def try_out(self, choice: str, graph: Graph) -> Trial:
        """Compare `graph` with the float network."""
        self.trials.one_more()
        scores = scores_of(graph, self.x)
        classes = scores.argmax(axis=1)
        agreement = float(np.mean(classes == self.scores.argmax(axis=1)))
        accuracy = None if self.y is None else float(np.mean(classes == self.y))
        return Trial(choice, agreement, float(np.mean(np.square(scores - self.scores))), accuracy)


def calibration_of(
    graph: Graph, x: Array | None, y: Array | None, say: Callable[[str], None] = to_nobody
) -> Calibration | None:
    """Calibration on at most MAX_SAMPLES of `x`, fewer of a large network; None without data.

    InputError if `y` does not fit `x`.
    """
    if x is None or len(x) == 0:
        return None
    _check_shape(graph, x)
    if y is not None and np.shape(y) != (len(x),):
        raise InputError(f"calibration: y must have shape ({len(x)},), not {np.shape(y)}.")
    affordable = max(FEWEST_SAMPLES, MOST_MACS // max(1, macs_of(graph)))
    chosen = _evenly(len(x), min(MAX_SAMPLES, affordable))
    sample = x[chosen]
    labels = None if y is None else y[chosen]
    return Calibration(sample, labels, scores_of(graph, sample), Telling(TRIALS, say))


def macs_of(graph: Graph) -> int:
    """Multiply-accumulates of one inference."""
    return sum(
        graph.edges[synapse.name].size * as_real(synapse.weight)[0].size * graph.edges[synapse.name].steps
        for synapse in trained_synapses(graph)
    )


def _check_shape(graph: Graph, x: Array) -> None:
    shape = input_of(graph).sample_shape
    if x.shape[1:] != shape:
        wanted = f"(samples, {', '.join(map(str, shape))})"
        raise InputError(f"calibration: x must have shape {wanted}, not {x.shape}.")


def best_trial(trials: Iterable[Trial]) -> Trial:
    """Smallest score error (the first of equal ones) among trials whose agreement is within 1 % of the best.

    Smaller differences of agreement are noise on a calibration set; the score error still tells them apart.
    """
    candidates = tuple(trials)
    best = max(trial.agreement for trial in candidates)
    good = [trial for trial in candidates if trial.agreement >= best - AGREEMENT_NOISE]
    return min(good, key=lambda trial: trial.score_error)


def synapse_inputs(graph: Graph, synapse: TrainedSynapse, x: Array) -> RealArray | None:
    """(S, M) at most MAX_ROWS inputs of synapses in the prepared `graph`, spread over samples and steps.

    None for synapses whose sums are no product of rows of weights and inputs.
    """
    (name,) = synapse.inputs
    if synapse.gathers:
        x = x[_evenly(len(x), SAMPLES_OF_MAPS)]
    if name == graph.source.name:
        values = input_of(graph).values_of(x)
    else:
        values = simulate(graph, x, keep=(name,)).values[name]
    rows = values.reshape(values.shape[0] * values.shape[1], *values.shape[2:])
    found = synapse.row_inputs(as_real(rows[_evenly(len(rows), MAX_ROWS)]))
    return None if found is None else found[_evenly(len(found), MAX_ROWS)]


def _evenly(count: int, limit: int) -> IntArray:
    return np.unique(np.linspace(0, count - 1, min(count, limit)).astype(np.int64))
