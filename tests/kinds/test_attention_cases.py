"""Attention and products of maps all the way: an independent sum, text, estimate, bound, C++ and RTL."""

from __future__ import annotations

import functools
import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from attention_graphs import AttentionCase, ProductCase, built, with_lanes_of
from graph_check import Case, check_cpp, check_estimates, check_rtl
from often import often

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.serial import from_plain, to_plain
from asn2fpga.graph.text import from_text, to_text
from asn2fpga.graph.types import Array
from asn2fpga.kinds.maps.attention import MapAttention
from asn2fpga.kinds.maps.product import MapProduct
from asn2fpga.kinds.registry import KINDS
from asn2fpga.passes.demand import demands
from asn2fpga.passes.map_waiting import waiting_pixels
from asn2fpga.passes.predict_cycles import predict_latency
from kinds.attention_cases import ATTENTION_CASES, EVERY_TIME, LARGEST, PRODUCT_CASES, SCORES_CASES

Made = AttentionCase | ProductCase
ALL: tuple[Made, ...] = (*ATTENTION_CASES, *SCORES_CASES, *PRODUCT_CASES)
ids = [case.name for case in ALL]


@functools.cache
def network(case: Made) -> Case:
    return built(case.graph())


def factors(network: Case, name: str) -> Array:
    """(B * T, pixels, channels) what the counts of a layer stand for, but for their scale."""
    edge, counts = network.graph.edges[name], network.expected.counts[name]
    return counts.astype(object).reshape(-1, edge.image[1] * edge.image[2], edge.image[0]) + edge.base


@pytest.mark.parametrize("case", ATTENTION_CASES, ids=[case.name for case in ATTENTION_CASES])
def test_attention_is_what_its_queries_and_keys_give_first(case: AttentionCase) -> None:
    """(q k^T) v head by head, in integers of any size."""
    queries, keys, values = (factors(network(case), name) for name in "qkv")
    found = factors(network(case), "attn")
    rows, columns = queries.shape[2] // case.heads, values.shape[2] // case.heads
    for step, head in itertools.product(range(len(found)), range(case.heads)):
        own, sent = slice(head * rows, (head + 1) * rows), slice(head * columns, (head + 1) * columns)
        scores = queries[step][:, own].dot(keys[step][:, own].T)
        assert (found[step][:, sent] == scores.dot(values[step][:, sent])).all()
    assert len(np.unique(found)) > 1


@pytest.mark.parametrize("case", PRODUCT_CASES, ids=[case.name for case in PRODUCT_CASES])
def test_products_are_of_each_element(case: ProductCase) -> None:
    node = network(case).graph["times"]
    assert isinstance(node, MapProduct)
    maps, mask, found = (factors(network(case), name) for name in (*node.inputs, "times"))
    for step, pixel, channel in itertools.product(*map(range, found.shape)):
        met = mask[step, 0 if node.mask_is_one_pixel else pixel, channel // node.share]
        assert found[step, pixel, channel] == maps[step, pixel, channel] * met
    assert len(np.unique(found)) > 1


@pytest.mark.parametrize("case", ALL, ids=ids)
def test_it_is_printed_and_read_again(case: Made) -> None:
    graph = network(case).graph
    plain, tensors = to_plain(graph)
    assert to_text(from_plain(plain, tensors, KINDS)) == to_text(graph)
    assert to_text(from_text(to_text(graph), tensors, KINDS)) == to_text(graph)


@pytest.mark.parametrize("case", ALL, ids=ids)
def test_every_layer_costs_something_and_is_bounded(case: Made) -> None:
    check_estimates(network(case))


@pytest.mark.parametrize("case", often(ALL, lambda case: case.name == EVERY_TIME), ids=ids)
def test_cpp_and_rtl_compute_what_golden_does(case: Made, tmp_path: Path) -> None:
    check_cpp(network(case), tmp_path, ("engine",))
    result = check_rtl(network(case), tmp_path)
    found = demands(network(case).graph, network(case).expected.counts)
    predicted = predict_latency(network(case).graph, found)
    assert abs(predicted.mean() / result.latencies.mean() - 1) < 0.1


@pytest.mark.parametrize("case", PRODUCT_CASES[-2:], ids=[case.name for case in PRODUCT_CASES[-2:]])
def test_cpp_computes_products(case: ProductCase, tmp_path: Path) -> None:
    check_cpp(network(case), tmp_path, ("engine",))


def lanes_of_all(graph: Graph, seed: int) -> Graph:
    random = np.random.default_rng(seed)
    return with_lanes_of(graph, [(name, int(random.integers(1, 9))) for name in "qkv"])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_any_lanes_compute_the_same(seed: int, tmp_path: Path) -> None:
    """The same sums in C++, whatever the lanes of queries, keys and values; some have no common divisor."""
    case = next(case for case in ATTENTION_CASES if case.heads == 2)
    graph, x = lanes_of_all(network(case).graph, seed), network(case).x
    again = Case(graph, x, simulate(graph, x))
    assert (again.expected.counts["attn"] == network(case).expected.counts["attn"]).all()
    check_cpp(again, tmp_path, ("engine",))


@pytest.mark.parametrize("case", SCORES_CASES, ids=[case.name for case in SCORES_CASES])
def test_orders_send_the_same_words(case: AttentionCase) -> None:
    """Of which values, golden says without asking for the order: C++ and RTL are compared with that."""
    other = replace(case, order="memory")
    assert network(case).graph.edges["attn"] == network(other).graph.edges["attn"]


def test_words_are_cut_to_those_of_a_head() -> None:
    case = next(case for case in ATTENTION_CASES if case.heads == 4 and case.time_steps == 1)
    graph = network(case).graph
    assert isinstance(graph["attn"], MapAttention)
    assert graph.edges["v"].lanes == 16 and graph.edges["attn"].lanes == 2


def test_queries_wait_for_all_keys_and_keys_for_no_query() -> None:
    """What q is made of waits as a whole, before its neurons or after them; keys and values do not."""
    graph = AttentionCase("", LARGEST, LARGEST, LARGEST, pixels=(12, 12)).graph()
    waiting = waiting_pixels(graph)
    assert waiting["q", 0] == 144
    assert all(waiting["attn", position] <= 4 for position in range(3))
    assert all(waiting[name, 0] <= 8 for name in "kv")
