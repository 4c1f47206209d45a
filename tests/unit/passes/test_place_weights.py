"""Weights move to look-up tables exactly where block RAM is short and look-up tables are free."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from dense_graphs import dense_graph, dense_projection
from mixed_graphs import mixed_graph

from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.population import Population
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.place_weights import moves, place_weights

PLENTY = Resources(lut=10**6, ff=10**6, bram36=10**4, dsp=10**4)
GRAPH = dense_graph(784, 512, 256, 10)


def in_tables(graph: Graph) -> list[str]:
    return [
        projection.name
        for layer in graph.of_type(Population)
        for projection in layer.projections
        if getattr(projection.synapse, "memory", "auto") == "lut"
    ]


def short_of(graph: Graph, bram36: float, lut: float = 10**6) -> Resources:
    """Everything but so many block RAMs."""
    return dataclasses.replace(PLENTY, bram36=estimate(graph).bram36 - bram36, lut=lut)


def test_nothing_moves_where_nothing_is_short() -> None:
    placed = place_weights(GRAPH, PLENTY)
    assert in_tables(placed) == []
    assert moves(placed) == ()


@pytest.mark.parametrize(
    ("short", "moved"), [(0.5, ["fc3"]), (5, ["fc2"]), (40, ["fc1"]), (110, ["fc1", "fc2"])]
)
def test_what_moves_is_enough_and_nothing_of_it_needless(short: float, moved: list[str]) -> None:
    available = short_of(GRAPH, short)
    placed = place_weights(GRAPH, available)
    assert in_tables(placed) == moved
    assert estimate(placed).bram36 <= available.bram36
    freed = sum(move.frees_bram36 for move in moves(placed))
    assert all(freed - move.frees_bram36 < short for move in moves(placed))


def test_moves_say_what_the_estimate_says() -> None:
    placed = place_weights(GRAPH, short_of(GRAPH, 5))
    (move,) = moves(placed)
    before, after = estimate(GRAPH), estimate(placed)
    assert move.layer == "fc2"
    assert move.frees_bram36 == before.bram36 - after.bram36
    assert move.costs_lut == pytest.approx(after.lut - before.lut)


@pytest.mark.parametrize("short", [0.5, 5, 40, 1000])
def test_nothing_moves_where_look_up_tables_are_short_too(short: float) -> None:
    available = short_of(GRAPH, short, lut=estimate(GRAPH).lut)
    assert in_tables(place_weights(GRAPH, available)) == []


def test_earlier_choices_are_forgotten() -> None:
    placed = place_weights(GRAPH, short_of(GRAPH, 40))
    assert in_tables(place_weights(placed, PLENTY)) == []


@pytest.mark.parametrize("lanes", [1, 8, 32])
def test_the_network_of_issue_9_leaves_room_on_a_pynq_z2(lanes: int) -> None:
    graph = with_lanes(GRAPH, {"fc1": lanes, "fc2": lanes})
    placed = place_weights(graph, Resources(lut=53_200, ff=106_400, bram36=120, dsp=220))
    assert in_tables(placed) == (["fc2"] if estimate(graph).bram36 > 120 else [])
    assert estimate(placed).bram36 <= 120
    assert estimate(placed).lut <= 53_200


def test_every_projection_with_weights_may_move() -> None:
    """At 64 neurons and 1000 inputs each of two projections of one layer needs block RAM."""
    random = np.random.default_rng(1)
    graph = dense_graph(1000, 64, 10)
    node = graph["fc1"]
    assert isinstance(node, Population)
    more = dense_projection("more", random.integers(-127, 128, (64, 1000)))
    wide = dataclasses.replace(node, inputs=2 * node.inputs, projections=(*node.projections, more))
    graph = graph.with_layers(wide if layer is node else layer for layer in graph.layers)
    assert in_tables(place_weights(graph, short_of(graph, 5))) == ["fc1"]
    assert in_tables(place_weights(graph, short_of(graph, 20))) == ["fc1", "more"]


def test_currents_have_no_weights_to_move() -> None:
    graph = mixed_graph()
    assert in_tables(place_weights(graph, Resources(lut=10**6, ff=10**6, bram36=-1, dsp=10**4))) == []


def test_a_layer_has_weights_if_one_of_its_projections_has() -> None:
    """Also where several are of one trained layer, as that reads two others side by side."""
    node = dense_graph(4, 3)["fc1"]
    assert isinstance(node, Population)
    zero = dense_projection("fc1", np.zeros((3, 4), np.int64))
    both = dataclasses.replace(node, inputs=2 * node.inputs, projections=(*node.projections, zero))
    assert both.has_weights
    assert not dataclasses.replace(node, projections=(zero,)).has_weights
