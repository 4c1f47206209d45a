"""Delays on the way to integers: what waits where, and golden against the real network."""

from __future__ import annotations

import numpy as np
import pytest
from hand_graphs import add, cat, diagonal, kinds_of, linear, net, neuron, numbers, past, scores, x

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.delays import Layer, Read, by_element, by_synapse, layers_of
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.verify.reference import compare_reference

T = 6
RANDOM = np.random.default_rng(0)


# ---- which form ------------------------------------------------------------------------------------------


def edge(inputs: int, base: int = 0) -> Edge:
    return Edge((inputs,), "events", FixedType(1, False), 0, 1, time_steps=32, base=base)


def reads(outputs: int, inputs: int, delays: list[int]) -> list[Read]:
    """Synapses each of which has one of these delays."""
    chosen = RANDOM.integers(0, len(delays), (outputs, inputs))
    weight = RANDOM.integers(1, 100, (outputs, inputs))
    return [
        Read(np.where(chosen == number, weight, 0), np.full(inputs, delay))
        for number, delay in enumerate(delays)
    ]


def total(layers: list[Layer], steps: int, counts: IntArray) -> IntArray:
    """(T, N) sums of counts (T, M)."""
    found = np.zeros((steps, len(layers[0].weight)), np.int64)
    for layer in layers:
        delays = np.broadcast_to(layer.delays, layer.weight.shape)
        for step in range(steps):
            for i, j in np.argwhere(delays <= step).tolist():
                found[step, i] += layer.weight[i, j] * counts[step - delays[i, j], j]
    return found


def test_both_forms_do_the_same() -> None:
    several = [*reads(3, 4, [0, 2, 5]), Read(RANDOM.integers(-9, 9, (3, 4)), np.array([1, 0, 3, 3]))]
    counts = RANDOM.integers(0, 3, (8, 4))
    expected = total([Layer(read.weight, read.delays) for read in several], 8, counts)
    for layers in (by_element(several), by_synapse(several)):
        np.testing.assert_array_equal(total(layers, 8, counts), expected)
    assert [layer.of_synapses for layer in by_synapse(several)] == [True, True]
    assert [layer.of_synapses for layer in by_element(several)] == [False] * 4


def test_events_wait_where_an_element_has_one_delay_and_sums_where_it_has_many() -> None:
    uniform = [Read(RANDOM.integers(1, 100, (20, 30)), np.full(30, 7))]
    each = [Read(RANDOM.integers(1, 100, (20, 30)), RANDOM.integers(0, 20, 30))]
    many = reads(20, 30, list(range(20)))
    assert [layer.of_synapses for layer in layers_of(uniform, 8, edge(30))] == [False]
    assert [layer.of_synapses for layer in layers_of(each, 8, edge(30))] == [False]
    assert [layer.of_synapses for layer in layers_of(many, 8, edge(30))] == [True]


def test_events_that_stand_for_something_else_wait_themselves() -> None:
    found = layers_of(reads(6, 5, [0, 1, 2]), 8, edge(5, base=-1))
    assert not any(layer.of_synapses for layer in found)


def test_reads_of_different_elements_become_one() -> None:
    left, right = np.array([[1, 0], [2, 0]]), np.array([[0, 3], [0, 4]])
    (layer,) = by_element([Read(left, np.array([2, 2])), Read(right, np.array([5, 5]))])
    np.testing.assert_array_equal(layer.weight, [[1, 3], [2, 4]])
    np.testing.assert_array_equal(layer.delays, [2, 5])


def test_weights_of_zero_are_a_projection_too() -> None:
    for made in (by_element, by_synapse):
        (layer,) = made([Read(np.zeros((2, 3), np.int64), np.full(3, 2))])
        assert not layer.weight.any()


# ---- whole networks --------------------------------------------------------------------------------------


def synapses(name: str, read: str, delays: list[int], outputs: int = 4) -> list[Node]:
    """Synapses each of which has one of these delays, as Delay, Concat and Linear."""
    chosen = np.random.default_rng(3).integers(0, len(delays), (outputs, 4))
    weight = numbers(name, outputs, 4)
    late: list[Node] = [past(f"{name}_{delay}", read, delay) for delay in delays if delay]
    beside = cat(f"{name}_beside", *(f"{name}_{delay}" if delay else read for delay in delays))
    rows = np.concatenate([np.where(chosen == number, weight, 0) for number in range(len(delays))], axis=1)
    bias = numbers(f"{name}.bias", outputs)
    return [
        *late,
        beside,
        Linear(name=name, inputs=(beside.name,), source=f"net.{name}", weight=rows, bias=bias),
    ]


def each(name: str, read: str, *delays: int) -> Delay:
    return Delay(name=name, inputs=(read,), source=name, shape=(4,), each=np.array(delays))


END = (linear("fc2", "n"), scores("fc2"))
NETWORKS: dict[str, tuple[Graph, str]] = {
    "of the input": (
        net(x(T), past("d", "x", 2), linear("fc1", "d"), neuron("n", "fc1"), *END),
        "ReceiveEvents DelayLine Dense Dense",
    ),
    "of each neuron": (
        net(x(T), each("d", "x", 0, 1, 3, 2), linear("fc1", "d"), neuron("n", "fc1"), *END),
        "ReceiveEvents DelayLine Dense Dense",
    ),
    "of synapses": (
        net(
            x(T),
            *synapses("fc1", "x", [0, 1, 2, 3, 4, 5], 16),
            neuron("n", "fc1"),
            linear("fc2", "n", 16),
            scores("fc2"),
        ),
        "ReceiveEvents DelayedDense Dense",
    ),
    "one after the other": (
        net(
            x(T), past("a", "x", 2), each("b", "a", 1, 0, 3, 2), linear("fc1", "b"), neuron("n", "fc1"), *END
        ),
        "ReceiveEvents DelayLine Dense Dense",
    ),
    "of the scores": (
        net(x(T), linear("fc1", "x"), neuron("n", "fc1"), *synapses("fc2", "n", [0, 2]), scores("fc2")),
        "ReceiveEvents Dense DelayLine Dense+Dense",
    ),
    "of a level below 0": (
        net(
            x(T),
            linear("fc1", "x"),
            neuron("m", "fc1", alpha=-1.0),
            *synapses("fc3", "m", [1, 2, 3]),
            neuron("n", "fc3"),
            *END,
        ),
        "ReceiveEvents Dense DelayLine DelayLine DelayLine Dense+Dense+Dense Dense",
    ),
    "one line for two layers": (
        net(
            x(T),
            past("d", "x", 2),
            linear("a", "d"),
            neuron("m", "a"),
            linear("b", "m"),
            linear("c", "d"),
            add("s", "b", "c"),
            neuron("n", "s"),
            *END,
        ),
        "ReceiveEvents DelayLine Dense Dense+Dense Dense",
    ),
    "as it is": (
        net(
            x(T),
            past("d", "x", 2),
            diagonal("a", "d"),
            *synapses("b", "x", [0, 1, 2, 3]),
            add("s", "a", "b"),
            neuron("n", "s"),
            *END,
        ),
        "ReceiveEvents DelayLine OneToOne+DelayedDense Dense",
    ),
    "beside itself": (
        net(x(T), past("d", "x", 1), add("s", "d", "x"), linear("fc1", "s"), neuron("n", "fc1"), *END),
        "ReceiveEvents DelayLine Dense+Dense Dense",
    ),
    "beside a loop": (
        net(
            x(T),
            past("back", "n"),
            linear("loop", "back"),
            *synapses("b", "x", [0, 1, 2, 3]),
            add("s", "b", "loop"),
            neuron("n", "s"),
            *END,
        ),
        "ReceiveEvents DelayedDense+Dense Dense",
    ),
}


@pytest.mark.parametrize("name", NETWORKS)
def test_golden_is_the_network_of_the_reference(name: str) -> None:
    graph, expected = NETWORKS[name]
    quantised = quantise(graph, Scheme(state_frac_bits=8))
    rules.check(quantised.graph)
    assert kinds_of(quantised.graph) == expected
    random = np.random.default_rng(1)
    given = (random.integers(1, 4, (30, T, 4)) * (random.random((30, T, 4)) < 0.5)).astype(np.uint8)
    report = compare_reference(quantised.reference, quantised.graph, given)
    assert report.exact
    trace = simulate(quantised.graph, given)
    assert all(np.count_nonzero(counts) > 0 for counts in trace.counts.values())
