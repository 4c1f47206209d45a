"""Lanes of layers whose maps attention and products work on: these have none of their own."""

from __future__ import annotations

import functools

import pytest
from attention_graphs import AttentionCase, Fired, ProductCase, built
from graph_check import Case

from asn2fpga.device.resources import Resources
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.demand import demands
from asn2fpga.passes.fold_lanes import Aims, fold_lanes
from asn2fpga.passes.lanes import followers, lane_groups, with_lanes
from asn2fpga.passes.predict_cycles import predict_busy

BOARD = Resources(lut=50_000, ff=100_000, bram36=140, dsp=220)
ONE = Fired(8, 1, levels=2)


@functools.cache
def attention() -> Case:
    return built(AttentionCase("", ONE, ONE, ONE, pixels=(12, 12)).graph())


@pytest.fixture
def masked() -> Case:
    return built(ProductCase("", ONE, ONE).graph())


def test_attention_and_what_reads_it_word_by_word_follow_the_values() -> None:
    graph = attention().graph
    assert [node.name for node in followers(graph, "v")] == ["attn", "events"]
    assert not list(followers(graph, "q")) and not list(followers(graph, "fc"))


def test_maps_that_are_multiplied_have_equal_lanes(masked: Case) -> None:
    groups = lane_groups(masked.graph)
    assert ("a", "b") in groups
    wider = with_lanes(masked.graph, {"b": 4})
    assert [wider.edges[name].lanes for name in ("a", "b", "times")] == [4, 4, 4]


def test_a_mask_of_few_channels_has_its_own_lanes() -> None:
    graph = ProductCase("", ONE, Fired(2, 1)).graph()
    assert ("a",) in lane_groups(graph) and ("b",) in lane_groups(graph)


def slowest(case: Case, cycles: float) -> tuple[int, float]:
    """Lanes of the values where no layer may work longer than that, and what attention needs then."""
    graph = fold_lanes(case.graph, case.expected.counts, BOARD, Aims(interval=cycles)).graph
    busy = predict_busy(graph, demands(graph, case.expected.counts))
    assert all(found.mean() <= cycles for found in busy.values())
    return next(node.lanes for node in foldable_nodes(graph) if node.name == "v"), busy["attn"].mean()


def test_lanes_of_values_are_those_with_which_attention_is_fast_enough() -> None:
    """Neurons that fire as fast with one lane get more of them for its sake."""
    busy = predict_busy(attention().graph, demands(attention().graph, attention().expected.counts))
    assert busy["attn"].mean() > busy["v"].mean()
    lanes, cycles = slowest(attention(), 0.99 * float(busy["attn"].mean()))
    assert lanes > 1 and cycles < busy["attn"].mean()
