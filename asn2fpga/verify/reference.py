"""Golden against the real-valued network of the same weights: equal wherever no membrane is rounded.

Every layer of the reference is driven with golden's events, so a difference is found where it arises. Float64
decides first; where it differs from golden, exact rational arithmetic does.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction
from math import floor

import numpy as np

from asn2fpga.golden.simulate import simulate
from asn2fpga.golden.spikes import spikes_of
from asn2fpga.graph.arrays import IntArray, RealArray, as_integer, as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, fire
from asn2fpga.kinds.nodes import integer_node
from asn2fpga.kinds.operators.delay import later
from asn2fpga.kinds.population import population_named
from asn2fpga.kinds.projected import projected_named
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.kinds.trained import RealNode
from asn2fpga.passes.early_exit import with_all_steps
from asn2fpga.quantise.layout import Layout
from asn2fpga.quantise.network import Branch, Network, Origin, Trained, network_of
from asn2fpga.reference import float_model
from asn2fpga.verify.exact import exact_level, exact_sum, of_neuron, require_equal

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
    network, graph = network_of(reference), with_all_steps(graph)
    trace = simulate(graph, x)
    judge = _Judge(network, graph, trace, first_vector)
    layers = [
        judge.population(item) if isinstance(item, Trained) else judge.pool(item)
        for item in judge.layout.items()
        if not isinstance(item, Trained) or item.neuron is not None
    ]
    layers.append(judge.scores(network.readout))
    classes = float_model.simulate(reference, x).scores.argmax(axis=1)
    agreement = float(np.mean(classes == trace.scores.argmax(axis=1))) if len(x) else 1.0
    return ReferenceReport(len(x), tuple(layers), agreement)


class _Judge:
    """Golden's events as real numbers, and what the reference makes of them, population by population."""

    def __init__(self, network: Network, graph: Graph, trace: Trace, first_vector: int) -> None:
        self.network, self.graph, self.trace, self.first_vector = network, graph, trace, first_vector
        self.time_steps = network.input.time_steps
        self.layout = Layout(network, source_of(graph))
        self._drives: dict[str, RealArray] = {}

    def values(self, node: str) -> RealArray:
        """(B, time, *shape) what the events of a node stand for: (base + count) / 2^frac_bits, exactly."""
        name = self.layout.names[node]
        found = spikes_of(self.graph, name, self.trace.counts[name])
        if node != self.network.input.name:
            return found
        shape = self.network.graph.edges[node].shape  # an input may say its precision after its elements
        flat = found.reshape(*found.shape[:2], -1)[..., : math.prod(shape)]
        return flat.reshape(*found.shape[:2], *shape)

    def _inputs(self, branch: Branch) -> RealArray:
        """(B, time, *shape) events side by side, or one on top of the other, as the branch's columns say."""
        size = max(origin.columns.stop for origin in branch.origins)
        parts = [self._arriving(origin) for origin in branch.origins]
        steps = max(part.shape[1] for part in parts)
        whole = np.zeros((len(parts[0]), steps, size))
        for origin, part in zip(branch.origins, parts, strict=True):
            flat = part.reshape(*part.shape[:2], -1)
            whole[:, :, origin.columns] += float_model.repeat_time(flat, steps)
        shape = self.network.graph.edges[branch.synapses.inputs[0]].shape
        return whole.reshape(*whole.shape[:2], *shape)

    def _arriving(self, origin: Origin) -> RealArray:
        values, delays = self.values(origin.node), origin.delays
        return later(values, delays) if delays.any() else values

    def drive(self, population: Trained) -> RealArray:
        """(B, T or 1, *shape) the sums in float64."""
        parts = [self._part(branch) for branch in population.branches]
        steps = max(part.shape[1] for part in parts)
        return sum(float_model.repeat_time(part, steps) for part in parts)  # type: ignore[return-value]

    def _part(self, branch: Branch) -> RealArray:
        """What synapses make of golden's events, or the current of another population, pooled or not."""
        if branch.synapse is not None:
            return branch.synapse.evaluate([self._inputs(branch)])
        population = self.network.population_of(branch.current)
        if population.name not in self._drives:
            drive = self.drive(population)
            pool = population.pool
            self._drives[population.name] = drive if pool is None else pool.evaluate([drive])
        return self._drives[population.name]

    def potential(self, population: Trained, vector: int, step: int, index: int) -> Fraction:
        """The sum that one neuron reads, exactly."""
        return sum((self._exact(branch, vector, step, index) for branch in population.branches), Fraction(0))

    def _exact(self, branch: Branch, vector: int, step: int, index: int) -> Fraction:
        if branch.synapse is not None:
            values = self._inputs(branch)
            return exact_sum(branch.synapse, values[vector, min(step, values.shape[1] - 1)], index)
        population = self.network.population_of(branch.current)
        if population.pool is None:
            return self.potential(population, vector, step, index)
        shape = self.network.graph.edges[population.pool.inputs[0]].shape
        return population.pool.exactly(
            shape, index, lambda read: self.potential(population, vector, step, read)
        )

    def population(self, population: Trained) -> LayerReport:
        """Golden's events against those of the reference, which is driven with golden's events."""
        assert population.neuron is not None
        semantics = population.neuron.semantics
        values = self.values(population.neuron.name)
        drive = float_model.repeat_time(self.drive(population), self.time_steps)
        unequal = (fire(semantics, drive) != values).reshape(*values.shape[:2], -1)
        neuron = projected_named(self.graph, population.name).firing
        if not neuron.explanation:
            for place in np.argwhere(unequal).tolist():
                vector, step, index = place
                self._require(population, semantics, place, float(values[vector, step].flat[index]))
        count = int(unequal.sum())
        return LayerReport(
            layer=population.name,
            stateful=neuron.stateful,
            compared=values.size,
            rounded=0 if neuron.explanation else count,
            different=count if neuron.explanation else 0,
            explanation=neuron.explanation,
        )

    def pool(self, pool: RealNode) -> LayerReport:
        """Golden's pooled counts against the reference's pool of golden's counts: equal, always."""
        got, expected = self.values(pool.name), pool.evaluate([self.values(name) for name in pool.inputs])
        for place in np.argwhere(got != expected).tolist():
            vector, step, *index = place
            neuron = int(np.ravel_multi_index(index, got.shape[2:]))
            where = (pool.name, self.first_vector + vector, step, neuron)
            require_equal(where, Fraction(float(expected[tuple(place)])), float(got[tuple(place)]))
        return LayerReport(pool.name, False, got.size, 0, 0, "")

    def _require(self, population: Trained, semantics: NeuronSemantics, place: list[int], got: float) -> None:
        vector, step, index = place
        assert population.neuron is not None
        shape = self.network.graph.edges[population.neuron.name].shape
        gain = of_neuron(semantics.input_gain, shape, index)
        potential = Fraction(semantics.rest) + gain * self.potential(population, vector, step, index)
        where = (population.name, self.first_vector + vector, step, index)
        threshold = of_neuron(semantics.all_thresholds, shape, index)
        require_equal(where, exact_level(semantics, potential, threshold), got)

    def scores(self, readout: Trained) -> LayerReport:
        """Golden's scores against the sums over time, in units of the finest class.

        Sums of the first time steps alone may lie between two units: halves are rounded upwards.
        """
        layer = population_named(self.graph, readout.name)
        unit, steps, scores = self._score_unit(readout), layer.time_steps, self.trace.answers
        if not layer.readout.accumulates:
            return self._leaky_scores(readout, unit)
        totals = float_model.repeat_time(self.drive(readout), steps).cumsum(axis=1)
        unequal = np.floor(totals[:, -scores.shape[1] :] / float(unit) + 0.5) != scores
        for vector, row, index in np.argwhere(unequal).tolist():
            last = row + steps - scores.shape[1]
            potentials = (self.potential(readout, vector, step, index) for step in range(last + 1))
            expected = floor(sum(potentials) / unit + Fraction(1, 2))
            place = (readout.name, self.first_vector + vector, last, index)
            require_equal(place, Fraction(expected), int(scores[vector, row, index]))
        return LayerReport(readout.name, False, scores.size, int(unequal.sum()), 0, "")

    def _leaky_scores(self, readout: Trained, unit: Fraction) -> LayerReport:
        """Of membranes, which are rounded: real scores in units of the integers', and how many differ."""
        drive = float_model.repeat_time(self.drive(readout), self.time_steps)
        output, scores = self.network.output, self.trace.scores
        total = output.evaluate([drive]) * (self.time_steps if output.reduce == "mean" else 1)
        different = int(np.count_nonzero(np.rint(total / float(unit)) != scores))
        text = "membranes of the scores are rounded at every time step"
        return LayerReport(readout.name, True, scores.size, 0, different, text)

    def _score_unit(self, readout: Trained) -> Fraction:
        """The real value of one unit of score: a weight over its integer, shifts and event unit included.

        Read off a bias if all weights are zero; 1 if all of them are.
        """
        layer = population_named(self.graph, readout.name)
        shift = as_integer(layer.readout.shift)
        for branch in readout.weighted:
            for projection, name in zip(layer.projections, layer.inputs, strict=True):
                if projection.name == branch.synapses.name:
                    integer = as_integer(projection.synapse.weight).reshape(len(shift), -1)  # type: ignore[attr-defined]
                    real = self._columns(branch, name)
                    if branch.synapses.has_columns:
                        real = real[:, self.graph.edges[name].torch_index]
                    found = _unit_of(real, integer << (shift + projection.shift)[:, None])
                    if found is not None:
                        bits = self.graph.edges[name].frac_bits + layer.readout.state_frac_bits
                        return found / Fraction(2) ** bits
        bias = sum(as_real(branch.synapses.bias) for branch in readout.weighted)
        whole = np.atleast_2d(as_integer(layer.readout.bias))[-1]  # of all time steps
        found = _unit_of(np.asarray(bias), whole)
        return Fraction(1) if found is None else abs(found) * layer.time_steps

    def _columns(self, branch: Branch, source: str) -> RealArray:
        """The weights that a projection from `source` has of a branch that reads several layers.

        Of several reads of one layer (some of them later) the first one that is not 0: a projection has that
        one, another one or 0.
        """
        rows = branch.synapses.rows
        if len(branch.origins) == 1 or not branch.synapses.has_columns:
            return rows
        names = {**self.layout.names, **self.layout.unrolled}
        while integer_node(self.graph, source).is_late:
            (source,) = self.graph[source].inputs
        reads = [rows[:, origin.columns] for origin in branch.origins if names[origin.node] == source]
        found = reads[0]
        for read in reads[1:]:
            found = np.where(found == 0, read, found)
        return found


def _unit_of(real: RealArray, integer: IntArray) -> Fraction | None:
    """What 1 stands for where `integer` stands for `real`; None if all are 0."""
    for value, count in zip(real.ravel().tolist(), integer.ravel().tolist(), strict=True):
        if count and value:
            return Fraction(value) / count
    return None
