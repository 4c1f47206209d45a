"""Golden against the real-valued network of the same weights: equal wherever no membrane is rounded.

Every layer of the reference is driven with golden's events, so a difference is found where it arises. Float64
decides first; where it differs from golden, exact rational arithmetic does.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import DensePopulation, DenseReadout
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.quantise import float_model
from asn2fpga.quantise.alpha import effective_alpha
from asn2fpga.quantise.chain import Chain, chain_of
from asn2fpga.verify.exact import ExactLinear, exact_level, require_equal, score_unit

CHUNK = 500


@dataclass(frozen=True)
class LayerReport:
    """One layer of golden against the reference.

    rounded: values float64 rounded to the wrong side of a tie, found equal by exact arithmetic.
    different: values that differ because the membrane is rounded; 0 in a layer without membranes.
    """

    layer: str
    stateful: bool
    compared: int
    rounded: int
    different: int
    explanation: str


@dataclass(frozen=True)
class ReferenceReport:
    """All layers. class_agreement: part of the vectors that float64, end to end, puts into golden's class."""

    vectors: int
    layers: tuple[LayerReport, ...]
    class_agreement: float

    @property
    def exact(self) -> bool:
        """Whether every value is equal."""
        return all(layer.different == 0 for layer in self.layers)


def compare_reference(reference: Graph, graph: Graph, x: Array) -> ReferenceReport:
    """Compare the integer `graph` with its real-valued `reference` (both of Quantised) on inputs x.

    Raises MismatchError for the first layer without membranes, or score, that is not equal.
    Layers with membranes may differ: their differences are counted and explained.
    """
    parts = [_compare_chunk(reference, graph, x[start : start + CHUNK], start) for start in _starts(x)]
    layers = tuple(_merged(reports) for reports in zip(*(part.layers for part in parts), strict=True))
    agreement = sum(part.class_agreement * part.vectors for part in parts) / max(1, len(x))
    return ReferenceReport(len(x), layers, agreement)


def _starts(x: Array) -> range:
    return range(0, max(1, len(x)), CHUNK)


def _merged(reports: tuple[LayerReport, ...]) -> LayerReport:
    first = reports[0]
    return LayerReport(
        layer=first.layer,
        stateful=first.stateful,
        compared=sum(report.compared for report in reports),
        rounded=sum(report.rounded for report in reports),
        different=sum(report.different for report in reports),
        explanation=first.explanation,
    )


def _compare_chunk(reference: Graph, graph: Graph, x: Array, first_vector: int) -> ReferenceReport:
    chain, trace = chain_of(reference), simulate(graph, x)
    events = Events.of_input(trace.counts[graph.source.name])
    layers: list[LayerReport] = []
    for population in graph.of_type(DensePopulation):
        report, events = _compare_population(chain, population, events, trace, first_vector)
        layers.append(report)
    layers.append(_compare_scores(chain, graph, events, trace, first_vector))
    classes = float_model.simulate(reference, x).scores.argmax(axis=1)
    agreement = float(np.mean(classes == trace.scores.argmax(axis=1))) if len(x) else 1.0
    return ReferenceReport(len(x), tuple(layers), agreement)


@dataclass(frozen=True)
class Events:
    """Golden's events as real numbers: values (B, T, N) = alpha + counts * unit, exactly."""

    values: RealArray
    unit: float

    @classmethod
    def of_input(cls, counts: Array) -> Events:
        """Counts from outside stand for themselves."""
        return cls(as_real(counts), 1.0)


def _compare_population(
    chain: Chain, layer: DensePopulation, events: Events, trace: Trace, first_vector: int
) -> tuple[LayerReport, Events]:
    linear, neuron = next(pair for pair in chain.populations if pair[0].name == layer.name)
    semantics = neuron.semantics
    unit = semantics.levels / layer.neuron.level_values[-1]
    values = effective_alpha(semantics) + as_real(trace.counts[layer.name]) * unit
    exact = ExactLinear.of(linear)
    drive = float_model.repeat_time(events.values @ exact.weight.T + exact.bias, layer.time_steps)
    unequal = float_model.fire(semantics, drive) != values
    stateful = layer.neuron.stateful
    if not stateful:
        for vector, step, index in np.argwhere(unequal).tolist():
            row = events.values[vector, min(step, events.values.shape[1] - 1)]
            expected = exact_level(semantics, exact.potential(row, index))
            place = (layer.name, first_vector + vector, step, index)
            require_equal(place, expected, float(values[vector, step, index]))
    count = int(unequal.sum())
    report = LayerReport(
        layer=layer.name,
        stateful=stateful,
        compared=values.size,
        rounded=0 if stateful else count,
        different=count if stateful else 0,
        explanation=_explanation(layer) if stateful else "",
    )
    return report, Events(values, unit)


def _explanation(layer: DensePopulation) -> str:
    neuron = layer.neuron
    return (
        f"membranes are rounded to {neuron.state_frac_bits} fractional bits of a weight unit, "
        f"the leak is {neuron.leak_multiplier}/{1 << neuron.leak_shift}"
    )


def _compare_scores(
    chain: Chain, graph: Graph, events: Events, trace: Trace, first_vector: int
) -> LayerReport:
    (readout,) = graph.of_type(DenseReadout)
    exact = ExactLinear.of(chain.readout)
    unit = score_unit(exact, readout, events.unit)
    total = (events.values @ exact.weight.T + exact.bias).sum(axis=1)
    unequal = np.rint(total / float(unit)) != trace.scores
    for vector, index in np.argwhere(unequal).tolist():
        potentials = (exact.potential(row, index) for row in events.values[vector])
        expected = round(sum(potentials) / unit)
        place = (readout.name, first_vector + vector, readout.time_steps - 1, index)
        require_equal(place, expected, int(trace.scores[vector, index]))
    return LayerReport(readout.name, False, trace.scores.size, int(unequal.sum()), 0, "")
