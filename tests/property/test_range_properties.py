"""Types hold every value: a slow simulation in Python integers, on random and on adversarial inputs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from dense_graphs import weight_of
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_branches, spec_of
from slow_network import layers_of
from strategies import (
    NetworkSpec,
    extreme_inputs,
    network_specs,
    of_whole_types,
    random_inputs,
    random_network,
    schemes,
)

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.arrays import as_integer
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.population import population_named
from asn2fpga.kinds.ranges import signed_type
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme

STEPS = st.integers(2, 5)


def check_against_golden(graph: Graph, x: Array) -> None:
    trace = simulate(graph, x)
    expected = {**trace.counts, graph.layers[-1].name: trace.scores[:, None]}
    for index, sample in enumerate(x):
        for name, values in layers_of(graph, sample):
            assert as_integer(expected[name][index]).tolist() == values, (name, index)


@settings(max_examples=60, deadline=None, derandomize=True)
@given(network_specs(max_size=8, max_layers=3), schemes(), STEPS)
def test_golden_equals_python_integers_and_no_value_leaves_its_type(
    spec: NetworkSpec, scheme: Scheme, time_steps: int
) -> None:
    spec = replace(spec, time_steps=time_steps)
    graph = quantise(random_network(spec), scheme).graph
    check_against_golden(graph, random_inputs(graph, 4, seed=spec.seed))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(network_specs(max_size=8, max_layers=3), schemes(), st.integers(0, 7), st.booleans())
def test_adversarial_inputs_stay_within_the_types(
    spec: NetworkSpec, scheme: Scheme, channel: int, largest: bool
) -> None:
    spec = replace(spec, sizes=(spec.sizes[0], 8, *spec.sizes[1:]))
    graph = of_whole_types(quantise(random_network(spec), scheme).graph)
    check_against_golden(graph, extreme_inputs(graph, channel, largest))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(network_specs(max_size=12, max_layers=2), schemes())
def test_accumulators_are_no_wider_than_the_worst_input_needs(spec: NetworkSpec, scheme: Scheme) -> None:
    spec = replace(spec, sizes=(spec.sizes[0], 6, 3))
    graph = of_whole_types(quantise(random_network(spec), scheme).graph)
    layer = population_named(graph, "fc1")
    weight = as_integer(weight_of(layer))
    source = graph.layers[0].name
    reached = [0]
    for channel in range(len(weight)):
        for largest in (False, True):
            counts = simulate(graph, extreme_inputs(graph, channel, largest)).counts[source]
            reached.append(int(as_integer(counts)[0, 0] @ weight[channel]))
    assert layer.acc_type == signed_type(min(reached), max(reached))


@settings(max_examples=40, deadline=None, derandomize=True)
@given(network_specs(max_size=6, max_layers=2), STEPS, st.integers(0, 2**32 - 1))
def test_greedy_inputs_stay_within_the_membrane(spec: NetworkSpec, time_steps: int, seed: int) -> None:
    """At every step all excitatory, or all inhibitory, inputs of one neuron fire as much as they can."""
    spec = replace(
        spec, encoding="events", time_steps=time_steps, sizes=(spec.sizes[0], 4, 2), beta=max(spec.beta, 0.5)
    )
    graph = of_whole_types(quantise(random_network(spec)).graph)
    random = np.random.default_rng(seed)
    channel = int(random.integers(4))
    pushes = [extreme_inputs(graph, channel, bool(up))[:, 0] for up in random.integers(0, 2, time_steps)]
    check_against_golden(graph, np.stack(pushes, axis=1))


@settings(max_examples=60, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), schemes(), st.sampled_from((0.1, 0.5, 1.0)))
def test_branches_and_all_neurons_stay_within_their_types(seed: int, scheme: Scheme, density: float) -> None:
    graph = of_whole_types(quantise(random_branches(spec_of(seed)), scheme).graph)
    check_against_golden(graph, random_inputs(graph, 3, seed=seed, density=density))
