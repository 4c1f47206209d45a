"""The integer read-out: classes whose scales are powers of two apart, and scores that can be compared."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from dense_graphs import weight_of
from strategies import NetworkSpec, random_inputs, random_network

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.arrays import IntArray, RealArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.population import Population, population_named
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.quantise.apply import Quantised, quantise
from asn2fpga.quantise.readout import SCORE_BITS, quantise_readout
from asn2fpga.quantise.scheme import ScaleMethod, Scheme
from asn2fpga.quantise.weights import ScaleRule
from asn2fpga.reference import float_model
from asn2fpga.verify.reference import compare_reference

METHODS: tuple[ScaleMethod, ...] = ("maxabs", "mse", "calibrated", "clipped")
SPEC = NetworkSpec(seed=3, sizes=(20, 16, 5), alpha=-1.0, time_steps=3, encoding="events", max_count=4)


def linear(weight: RealArray, bias: RealArray | None = None) -> Linear:
    return Linear(name="out", weight=weight, bias=np.zeros(len(weight)) if bias is None else bias)


def events(max_count: int = 4, time_steps: int = 1) -> Edge:
    spec = dataclasses.replace(SPEC, max_count=max_count, time_steps=time_steps)
    graph = quantise(random_network(spec)).graph
    return graph.edges[graph.source.name]


def scales(layer: Linear, method: ScaleMethod = "maxabs", edge: Edge | None = None) -> RealArray:
    rule = ScaleRule(method, 8, 2.0**-40)
    return quantise_readout(layer, rule, None, edge or events()).scale


def readout(quantised: Quantised) -> Population:
    return population_named(quantised.graph, quantised.graph.readout.name)


def weights(layer: Population) -> IntArray:
    return as_integer(weight_of(layer))


def with_outlier(value: float, spec: NetworkSpec = SPEC) -> Graph:
    graph = random_network(spec)
    last = graph.of_type(Linear)[-1]
    weight = last.weight.copy()
    weight[-1, 0] = value
    return graph.replace(last.name, dataclasses.replace(last, weight=weight))


def test_classes_of_similar_weights_share_one_scale() -> None:
    weight = np.array([[1.0, -0.9], [0.51, 0.3], [-0.7, 0.2]])
    assert len(set(scales(linear(weight)).tolist())) == 1


@pytest.mark.parametrize(("factor", "halvings"), [(0.51, 0), (0.5, 1), (0.26, 1), (0.25, 2), (2.0**-11, 11)])
def test_a_class_of_smaller_weights_has_the_common_scale_halved_until_it_would_clip(
    factor: float, halvings: int
) -> None:
    common, own = scales(linear(np.array([[127.0, -3.0], [127.0 * factor, 0.0]])))
    assert common == own * 2**halvings == 1.0


def test_a_class_without_weights_takes_the_unit_of_the_scores() -> None:
    weight = np.array([[100.0, 1.0], [0.0, 0.0], [1.0, 0.5]])
    large, zero, small = scales(linear(weight))
    assert zero == small < large


@pytest.mark.parametrize(("max_count", "time_steps"), [(4, 1), (255, 1), (4, 1000), (255, 1000)])
def test_scales_are_as_fine_as_scores_of_32_bits_allow(max_count: int, time_steps: int) -> None:
    weight = np.array([[2.0**30] * 50, [1.0] * 50])
    edge = events(max_count, time_steps)
    common, own = scales(linear(weight), edge=edge)
    widest_sum = 50 * 127 * edge.high * time_steps
    assert common == own * 2 ** (31 - widest_sum.bit_length())


def test_a_bias_too_large_for_the_finest_unit_takes_a_coarser_one() -> None:
    weight = np.array([[127.0, 0.0], [1.0, 0.5]])
    free = scales(linear(weight))
    tight = scales(linear(weight, np.array([2.0**30, 0.0])))
    assert free.min() == 2.0**-6 and tight.min() == 1.0


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("value", [30.0, -1000.0, 2e4])
def test_one_large_weight_costs_the_other_classes_nothing(method: ScaleMethod, value: float) -> None:
    spec = dataclasses.replace(SPEC, sizes=(20, 5))
    graph = with_outlier(value, spec)
    x = random_inputs(graph, 200)
    quantised = quantise(graph, Scheme(scale_method=method), x)
    rules.check(quantised.graph)
    layer = readout(quantised)
    expected = float_model.simulate(graph, x).scores[:, :-1] * spec.time_steps
    found = simulate(quantised.graph, x).scores[:, :-1] * quantised.decisions.score_scale
    assert np.abs(found - expected).max() < 0.02 * np.abs(expected).max()
    assert layer.readout.shift[-1] > layer.readout.shift[:-1].max() or method in ("calibrated", "clipped")


@pytest.mark.parametrize("value", [1.0, 40.0, -3000.0])
def test_scores_are_those_of_the_reference_network_exactly(value: float) -> None:
    quantised = quantise(with_outlier(value, dataclasses.replace(SPEC, time_steps=1)))
    report = compare_reference(quantised.reference, quantised.graph, random_inputs(quantised.graph, 100))
    assert report.exact
    assert bool(readout(quantised).readout.shift.any()) == (abs(value) > 1)


def test_the_bias_is_rounded_in_the_finest_unit_and_holds_the_lowest_level_of_the_events() -> None:
    graph = with_outlier(500.0)
    quantised = quantise(graph, Scheme(scale_method="maxabs"))
    layer, unit = readout(quantised), Fraction(quantised.decisions.score_scale)
    last = graph["fc2"]
    assert isinstance(last, Linear)
    lowest = -SPEC.time_steps * (weights(layer).sum(axis=1) << as_integer(layer.readout.shift))
    expected = [round(SPEC.time_steps * Fraction(bias) / unit) for bias in last.bias.tolist()]
    assert (as_integer(layer.readout.bias) - lowest).tolist() == expected


def test_scores_fit_their_bits_at_the_extremes() -> None:
    layer = readout(quantise(with_outlier(1e9)))
    counts = SPEC.time_steps * SPEC.levels
    ends = [
        (np.clip(weights(layer), *side).sum(axis=1) * counts) << as_integer(layer.readout.shift)
        for side in ((None, 0), (0, None))
    ]
    scores = np.concatenate([as_integer(layer.readout.bias) + end for end in ends])
    assert np.abs(scores).max() < 2 ** (SCORE_BITS - 1)
    assert np.abs(scores).max() >= 2 ** (SCORE_BITS - 2)
