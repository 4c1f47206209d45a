"""Layers without weights, without spikes, or at their highest level always."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from dense_graphs import dense_projection, weight_of
from hand_graphs import cat, linear, net, neuron, scores, x
from strategies import random_inputs, small_integer_graph

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.population import population_named
from asn2fpga.quantise.apply import quantise
from asn2fpga.stages.suspicions import suspicions

GRAPH = small_integer_graph(3, (16, 8, 6, 4))
X = random_inputs(GRAPH, 200, seed=1)
NEVER, ALWAYS = 2**18, -(2**18)


def with_thresholds(name: str, value: int, neurons: int) -> Graph:
    """The first neurons of a layer have all their thresholds at `value`."""
    layer = population_named(GRAPH, name)
    thresholds = layer.graded.thresholds.copy()
    thresholds[:neurons] = value
    changed = dataclasses.replace(layer.graded, thresholds=thresholds)
    return GRAPH.replace(name, dataclasses.replace(layer, neuron=changed))


def with_zero_weights(*names: str) -> Graph:
    graph = GRAPH
    for name in names:
        layer = population_named(graph, name)
        zero = dense_projection(name, np.zeros_like(weight_of(layer)))
        graph = graph.replace(name, dataclasses.replace(layer, projections=(zero,)))
    return graph


def sentences(graph: Graph, x: np.ndarray = X) -> list[tuple[str, str]]:
    return [(warning.code, warning.sentence) for warning in suspicions(graph, x)]


def test_a_network_that_does_its_work_has_none() -> None:
    assert sentences(GRAPH) == []


@pytest.mark.parametrize("names", [("fc1",), ("fc2",), ("fc3",), ("fc1", "fc3")])
def test_a_layer_without_weights_is_named_as_that_and_nothing_else(names: tuple[str, ...]) -> None:
    found = [item for item in sentences(with_zero_weights(*names)) if item[1].split(":")[0] in names]
    assert found == [
        (
            "zero_weights",
            f"{name}: all its weights are 0, so nothing that reaches it matters; check that it was trained "
            "and saved (weights far below the threshold become 0 too).",
        )
        for name in names
    ]


def test_neurons_that_share_a_current_have_no_weights_to_be_zero() -> None:
    last = (cat("both", "n1", "n2"), linear("fc2", "both", 8), scores("fc2"))
    graph = net(x(), linear("fc1", "x"), neuron("n1", "fc1"), neuron("n2", "fc1"), *last)
    integer = quantise(graph).graph
    assert [layer.name for layer in integer.layers] == ["receive", "fc1", "n2", "fc2"]
    assert sentences(integer, random_inputs(integer, 50)) == []


@pytest.mark.parametrize("name", ["fc1", "fc2"])
def test_a_silent_layer_is_named(name: str) -> None:
    found = sentences(with_thresholds(name, NEVER, 8))
    assert (
        "silent_layer",
        f"{name}: no neuron fires on 200 of 200 samples (100.00 %); check that the layer was trained, "
        "and that input_scale is not smaller than in training.",
    ) in found


def test_a_layer_is_silent_if_it_says_nothing_of_almost_all_samples() -> None:
    x = np.zeros((200, *X.shape[1:]), np.uint8)
    quiet = [index for index, sample in enumerate(X) if sentences(GRAPH, sample[None]) == []]
    for fired, silent in ((0, True), (2, True), (3, False)):
        x[:fired] = X[quiet[:fired]]
        graph = with_positive_thresholds("fc1")
        assert ("silent_layer" in dict(sentences(graph, x))) == silent


def with_positive_thresholds(name: str) -> Graph:
    """Without input no neuron of the layer fires."""
    layer = population_named(GRAPH, name)
    positive = dataclasses.replace(layer.graded, thresholds=np.maximum(layer.graded.thresholds, 1))
    return GRAPH.replace(name, dataclasses.replace(layer, neuron=positive))


@pytest.mark.parametrize("name", ["fc1", "fc2"])
def test_a_saturated_layer_is_named(name: str) -> None:
    found = sentences(with_thresholds(name, ALWAYS, 8))
    assert (
        "saturated_layer",
        f"{name}: 100.00 % of its counts are the highest level, on 200 samples; check that input_scale is "
        "not larger than in training, and the neurons' threshold.",
    ) in found


def test_one_neuron_at_work_is_enough() -> None:
    for value in (NEVER, ALWAYS):
        names = {warning.where for warning in suspicions(with_thresholds("fc1", value, 7), X)}
        assert "fc1" not in names


def test_no_samples_say_nothing_of_activity() -> None:
    assert sentences(with_thresholds("fc1", NEVER, 8), X[:0]) == []
