"""Types hold every value: a slow simulation in Python integers, on random and on adversarial inputs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
from asn2fpga.graph.layers import DensePopulation, DenseReadout
from hypothesis import given, settings
from hypothesis import strategies as st
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
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.ranges import signed_type
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme

STEPS = st.integers(2, 5)


@dataclass
class Seen:
    """Every value that a signal took."""

    values: dict[str, list[int]] = field(default_factory=dict)

    def __call__(self, signal: str, value: int, kind: FixedType) -> int:
        """Note `value`, which must be one of its type."""
        assert kind.min <= value <= kind.max, (signal, value, str(kind))
        self.values.setdefault(signal, []).append(value)
        return value


def neuron_counts(layer: DensePopulation, index: int, steps: list[list[int]], seen: Seen) -> list[int]:
    """Counts of one neuron over time, in Python integers, event by event."""
    neuron = layer.neuron
    row = as_integer(layer.weight)[index].tolist()
    thresholds = as_integer(neuron.thresholds)[index].tolist()
    state, fired = 0, []
    for step in range(layer.time_steps):
        acc = 0
        for weight, count in zip(row, steps[0 if layer.static_input else step], strict=True):
            acc = seen("acc", acc + weight * count, layer.acc_type)
        potential = acc
        if neuron.bias is not None:
            potential = state + acc * 2**neuron.state_frac_bits + int(as_integer(neuron.bias)[index])
        seen("potential", potential, neuron.potential_type)
        count = neuron.level_values[sum(potential >= threshold for threshold in thresholds)]
        fired.append(seen("count", count, neuron.count_type))
        if neuron.reset_step is not None and neuron.state_type is not None:
            rest = potential - (neuron.base + count) * int(as_integer(neuron.reset_step)[index])
            seen("potential", rest, neuron.potential_type)
            half = 2**neuron.leak_shift // 2
            state = (rest * neuron.leak_multiplier + half) // 2**neuron.leak_shift
            if step < layer.time_steps - 1:
                seen("state", state, neuron.state_type)
    return fired


def scores(layer: DenseReadout, steps: list[list[int]], seen: Seen) -> list[int]:
    """Scores of one inference, in Python integers, event by event."""
    result = []
    columns = (as_integer(values).tolist() for values in (layer.weight, layer.bias, layer.shift))
    for row, bias, shift in zip(*columns, strict=True):
        acc = 0
        for counts in steps:
            for weight, count in zip(row, counts, strict=True):
                acc = seen("readout", acc + weight * count, layer.acc_type)
        result.append(seen("score", (acc << shift) + bias, FixedType(32, True)))
    return result


def run_slowly(graph: Graph, sample: Array) -> Iterator[tuple[str, list[list[int]]]]:
    """Layer name and counts (T, N) of one inference, then the scores."""
    (source, *_), seen = graph.layers, Seen()
    steps = as_integer(simulate(graph, sample[None]).counts[source.name][0]).tolist()
    for layer in graph.of_type(DensePopulation):
        columns = [neuron_counts(layer, index, steps, seen) for index in range(len(layer.weight))]
        steps = [list(counts) for counts in zip(*columns, strict=True)]
        yield layer.name, steps
    (readout,) = graph.of_type(DenseReadout)
    yield readout.name, [scores(readout, steps, seen)]


def check_against_golden(graph: Graph, x: Array) -> None:
    trace = simulate(graph, x)
    expected = {**trace.counts, graph.layers[-1].name: trace.scores[:, None]}
    for index, sample in enumerate(x):
        for name, values in run_slowly(graph, sample):
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
    (layer,) = graph.of_type(DensePopulation)
    weight = as_integer(layer.weight)
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
