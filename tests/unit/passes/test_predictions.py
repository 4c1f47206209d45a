"""The search for lanes: what is known of a node that a change does not touch is what it would answer."""

from __future__ import annotations

import copy
import functools
import math
from collections.abc import Callable, Mapping

import pytest
from attention_graphs import AttentionCase, Fired, built
from mixed_graphs import mixed_graph
from strategies import random_inputs

from asn2fpga.device.resources import Resources
from asn2fpga.errors import StoppedError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import foldable_nodes, integer_nodes
from asn2fpga.passes import fold_steps, telling
from asn2fpga.passes.demand import demands
from asn2fpga.passes.estimate_resources import estimate, estimate_layers
from asn2fpga.passes.expectations import Brought
from asn2fpga.passes.fold_lanes import Aims, Folding, fold_lanes
from asn2fpga.passes.lanes import all_lanes, with_lanes
from asn2fpga.passes.predict_cycles import predict_busy
from asn2fpga.passes.predictions import Predictions
from asn2fpga.passes.speed import Speed, smooth_maximum, speed_of

BOARD = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)
ONE = Fired(8, 1, levels=2)


@functools.cache
def attention() -> tuple[Graph, Mapping[str, Array]]:
    case = built(AttentionCase("", ONE, ONE, ONE, pixels=(6, 6)).graph())
    return case.graph, case.expected.counts


@functools.cache
def mixed() -> tuple[Graph, Mapping[str, Array]]:
    """Events, sums that are handed on, and a layer that reads itself."""
    graph = mixed_graph(frames=False)
    return graph, simulate(graph, random_inputs(graph, 5)).counts


Network = Callable[[], tuple[Graph, Mapping[str, Array]]]
NETWORKS = [attention, mixed]


@pytest.mark.parametrize("network", NETWORKS)
def test_predictions_are_those_of_each_network_alone(network: Network) -> None:
    graph, counts = network()
    known = Predictions(counts)
    for _ in range(2):
        for layer in foldable_nodes(graph):
            for lanes in all_lanes(layer):
                wider = with_lanes(graph, {layer.name: lanes})
                alone = Graph(wider.name, wider.layers)
                assert known.speed(wider) == speed_of(alone, demands(alone, counts))
                busy = predict_busy(alone, demands(alone, counts))
                assert {name: cycles.tolist() for name, cycles in known.busy(wider).items()} == {
                    name: cycles.tolist() for name, cycles in busy.items()
                }
                for node in integer_nodes(wider):
                    if not node.closes_a_loop:
                        assert known.mean_busy(wider, node) == busy[node.name].mean()


@pytest.mark.parametrize("network", NETWORKS)
def test_estimates_are_those_of_new_nodes(network: Network) -> None:
    graph, _ = network()
    for layer in foldable_nodes(graph):
        for lanes in all_lanes(layer):
            wider = with_lanes(graph, {layer.name: lanes})
            again = Graph(wider.name, tuple(copy.copy(node) for node in wider.layers))
            assert estimate_layers(wider) == estimate_layers(again)
            assert estimate(wider) == estimate(again)


def folded(network: Network, **aims: object) -> Folding:
    graph, counts = network()
    return fold_lanes(graph, counts, BOARD, Aims(**aims))  # type: ignore[arg-type]


@pytest.mark.parametrize("network", NETWORKS)
@pytest.mark.parametrize("optimise", ["balance", "latency", "area"])
def test_what_promises_little_is_not_missed(
    network: Network, optimise: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The lanes are those that trying every step each time would choose."""
    found = folded(network, optimise=optimise)
    monkeypatch.setattr(fold_steps, "TRUST", math.inf)
    every = folded(network, optimise=optimise)
    assert [node.lanes for node in foldable_nodes(found.graph)] == [
        node.lanes for node in foldable_nodes(every.graph)
    ]


def test_fewer_networks_are_compared_than_steps_are_possible(monkeypatch: pytest.MonkeyPatch) -> None:
    def asked() -> int:
        graph, counts = attention()
        known = Predictions(counts)
        monkeypatch.setattr("asn2fpga.passes.fold_lanes.Predictions", lambda counts, say: known)
        fold_lanes(graph, counts, BOARD)
        return known.asked.count

    few = asked()
    monkeypatch.setattr(fold_steps, "TRUST", math.inf)
    assert few < 0.8 * asked()


def test_the_search_says_how_far_it_is_and_ends_where_that_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(telling, "SECONDS", 0.0)
    graph, counts = attention()
    said: list[str] = []

    def say(text: str) -> None:
        said.append(text)
        if len(said) == 3:
            raise StoppedError("stopped")

    with pytest.raises(StoppedError, match=r"\Astopped\Z"):
        fold_lanes(graph, counts, BOARD, say=say)
    assert said == [f"choosing lanes: {count} networks compared" for count in (1, 2, 3)]


def speed(latency: float, **busy: float) -> Speed:
    slowest = max(busy, key=lambda name: busy[name])
    return Speed(latency, busy[slowest], smooth_maximum(busy), slowest, busy[slowest], latency, busy)


def test_a_step_is_expected_to_cut_what_it_cut() -> None:
    before, after = speed(1000, a=400, b=300), speed(900, a=200, b=300)
    brought = Brought.of(before, after, Resources(lut=10), Resources(lut=15))
    assert brought.need(Resources(lut=100, dsp=2)) == Resources(lut=105, dsp=2)
    now = brought.speed(speed(800, a=400, b=100))
    assert now.busy == {"a": 200, "b": 100} and now.smooth_interval == smooth_maximum(now.busy)
    assert now.latency == 600  # what a works less may show now that b is faster


def test_of_a_step_that_was_taken_in_part_the_rest_is_expected() -> None:
    before = speed(1000, a=400, b=300)
    two, four = speed(900, a=200, b=300), speed(840, a=100, b=300)
    none = Resources()
    taken, further = (
        Brought.of(before, after, none, Resources(lut=lut)) for after, lut in ((two, 5), (four, 20))
    )
    rest = further.after(taken)
    assert (rest.saved_cycles, rest.busy, rest.added, rest.age) == (60, {"a": 0.5}, Resources(lut=15), 1)
    assert further.after(None).age == 1 and further.after(None).busy == further.busy
