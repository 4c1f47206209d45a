"""Loops over several populations on the way to integers: golden against the real network, C++ and RTL."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from graph_check import Case, check_cpp, check_estimates, check_rtl
from hand_graphs import kinds_of
from loop_graphs import LOOPS, T

from asn2fpga.golden import simulate as golden
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.verify.reference import compare_reference


def given(samples: int) -> Array:
    random = np.random.default_rng(1)
    shape = (samples, T, 4)
    return (random.integers(1, 4, shape) * (random.random(shape) < 0.5)).astype(np.uint8)


def integers(name: str) -> Graph:
    return quantise(LOOPS[name][0], Scheme(state_frac_bits=16)).graph


def case_of(name: str, samples: int = 12) -> Case:
    graph = integers(name)
    graph = with_lanes(graph, {node.name: 3 for node in foldable_nodes(graph)})
    rules.check(graph)
    return Case(graph, given(samples), simulate(graph, given(samples)))


@pytest.mark.parametrize("name", LOOPS)
def test_golden_is_the_network_of_the_reference(name: str) -> None:
    graph, expected = LOOPS[name]
    quantised = quantise(graph, Scheme(state_frac_bits=16))
    rules.check(quantised.graph)
    assert kinds_of(quantised.graph) == expected
    report = compare_reference(quantised.reference, quantised.graph, given(30))
    assert report.exact and report.class_agreement == 1.0
    trace = simulate(quantised.graph, given(30))
    assert all(len(np.unique(counts)) > 1 for counts in trace.counts.values())


@pytest.mark.parametrize("name", LOOPS)
def test_a_loop_costs_something_and_is_bounded(name: str) -> None:
    check_estimates(case_of(name))


def test_chunks_do_not_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = integers("with currents, and a loop inside")
    whole = simulate(graph, given(9))
    monkeypatch.setattr(golden, "CHUNK", 2)
    parts = simulate(graph, given(9))
    assert np.array_equal(whole.scores, parts.scores)
    assert all(np.array_equal(whole.counts[name], parts.counts[name]) for name in whole.counts)


def test_what_one_inference_sent_is_gone_in_the_next(tmp_path: Path) -> None:
    """A silent input after a loud one, back to back, in C++ and RTL: the first left something on its way."""
    graph = case_of("of a longer delay").graph
    x = given(12)
    x[1::2] = 0
    case = Case(graph, x, simulate(graph, x))
    silent = case.expected.counts["n1"][1::2]
    assert np.array_equal(silent, np.broadcast_to(silent[:1], silent.shape))
    check_cpp(case, tmp_path, ("engine",))
    check_rtl(case, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", LOOPS)
def test_cpp_and_rtl_compute_what_golden_does(name: str, tmp_path: Path) -> None:
    case = case_of(name)
    check_cpp(case, tmp_path)
    check_rtl(case, tmp_path)
