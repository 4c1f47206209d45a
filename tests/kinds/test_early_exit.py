"""Early exit on score margins: the rule against one written by hand, C++ and RTL against golden."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path

import numpy as np
import pytest
from graph_check import check_cpp, check_estimates, check_rtl

from asn2fpga.errors import RuleError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.serial import from_plain, to_plain
from asn2fpga.graph.text import to_text
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.early_exit import NEVER, margins_of, steps_used
from asn2fpga.kinds.nodes import answer_of
from asn2fpga.kinds.population import population_named
from asn2fpga.kinds.registry import KINDS
from asn2fpga.nn import IF
from asn2fpga.passes.demand import demands
from asn2fpga.passes.early_exit import with_margins
from asn2fpga.passes.predict_cycles import predict_latency
from asn2fpga.verify.reference import compare_reference
from kinds.cases import Case, block, leaky
from kinds.test_streams import CASES, Built, T, built, quantised


def margins_by_hand(scores: Array) -> list[list[int]]:
    """Of scores (B, T, C), with plain integers."""
    found = []
    for vector in scores.tolist():
        ordered = [sorted(step) for step in vector]
        found.append([step[-1] - step[-2] for step in ordered])
    return found


def exiting(case: Case, lanes: int) -> tuple[Built, Array]:
    """The network with thresholds that some margins of each time step reach, and its scores of all steps."""
    plain = built(case, lanes, 32)
    rows = plain.expected.answers
    thresholds = np.quantile(margins_of(rows), 0.6, axis=0).astype(np.int64)[:-1] + 1
    graph = with_margins(plain.graph, thresholds)
    rules.check(graph)
    return Built(graph, plain.x, simulate(graph, plain.x)), rows


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_first_margin_that_is_large_enough_decides(case: Case) -> None:
    network, rows = exiting(case, 4)
    thresholds = network.graph.readout.neuron.margins.tolist()  # type: ignore[attr-defined]
    wanted = []
    for scores, margins in zip(rows.tolist(), margins_by_hand(rows), strict=True):
        step = next((t for t in range(T - 1) if margins[t] >= thresholds[t]), T - 1)
        wanted.append([*scores[step], step + 1])
    assert network.expected.answers[:, 0].tolist() == wanted
    assert network.expected.steps_used is not None
    assert len(np.unique(network.expected.steps_used)) > 1, "all use as many time steps"
    assert answer_of(network.graph).values == 4 and answer_of(network.graph).exits


@pytest.mark.parametrize(
    ("margins", "threshold", "used"),
    [
        ([5, 9, 9], [5, 0], 1),  # as large as the threshold is enough
        ([4, 9, 9], [5, 9], 2),
        ([4, 8, 0], [5, 9], 3),  # the last step needs no margin
        ([0, 0, 0], [0, 0], 1),
        ([NEVER - 1, 0, 0], [NEVER, NEVER], 3),
    ],
)
def test_thresholds(margins: list[int], threshold: list[int], used: int) -> None:
    assert steps_used(np.array([margins]), np.array(threshold)).tolist() == [used]


def test_equal_scores_have_no_margin() -> None:
    scores = np.array([[[7, 7, 1], [-3, 2, 2], [9, -(2**31), 2**31 - 1]]])
    assert margins_of(scores).tolist() == [[0, 0, 2**31 - 10]]


def test_the_reference_is_compared_with_the_scores_of_all_steps() -> None:
    found = quantised(CASES[1])
    graph = with_margins(found.graph, np.array([5, 5, 5]))
    report = compare_reference(found.reference, graph, built(CASES[1], 2, 32).x)
    assert report.layers[-1].compared == 24 * T * 3


def test_it_is_saved_printed_costed_and_bounded() -> None:
    network, _ = exiting(CASES[0], 2)
    assert to_text(from_plain(*to_plain(network.graph), KINDS)) == to_text(network.graph)
    check_estimates(network)


def test_cpp_and_rtl_exit_where_golden_does(tmp_path: Path) -> None:
    """Back to back, isolated and with stalls: what comes after an exit is no part of the next inference."""
    network, _ = exiting(CASES[1], 2)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("lanes", [1, 2, 4])
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_every_case_with_every_packing(case: Case, lanes: int, tmp_path: Path) -> None:
    network, _ = exiting(case, lanes)
    check_cpp(network, tmp_path)
    check_rtl(network, tmp_path)


def test_it_answers_earlier_than_without() -> None:
    network, _ = exiting(CASES[1], 4)
    rows = built(CASES[1], 4, 32)
    found = demands(network.graph, network.expected.counts)
    used = network.expected.steps_used
    early = predict_latency(network.graph, found, steps_used=used)
    whole = predict_latency(rows.graph, found)
    assert used is not None and (early[used < T] < whole[used < T]).all()


BROKEN = [
    (np.zeros(T, np.int64), f"the shape of margins must be ({T - 1},), not ({T},)"),
    (np.array([0, -1, 0]), f"margins must be in 0..{NEVER}, not -1..0"),
    (np.array([0, NEVER + 1, 0]), f"margins must be in 0..{NEVER}, not 0..{NEVER + 1}"),
]


@pytest.mark.parametrize(("margins", "message"), BROKEN)
def test_broken_thresholds(margins: Array, message: str) -> None:
    graph = with_margins(built(CASES[0], 2, 32).graph, margins)
    with pytest.raises(RuleError, match=re.escape(message)):
        rules.check(graph)


def test_wide_words_and_single_rows_cannot_exit() -> None:
    graph = with_margins(built(CASES[0], 2, 32).graph, np.zeros(T - 1, np.int64))
    node = population_named(graph, "body_2")
    wide = graph.replace("body_2", dataclasses.replace(node, word_bits=64))
    with pytest.raises(RuleError, match="word_bits of an early exit must be 32, not 64"):
        rules.check(wide)
    last = built(Case("last", block(lambda: IF(time_steps=T)), T, end=leaky("last", 0.5, T)), 2, 32).graph
    neuron = dataclasses.replace(population_named(last, "body_2").neuron, every_step=False)  # type: ignore[call-arg]
    once = last.replace("body_2", dataclasses.replace(population_named(last, "body_2"), neuron=neuron))
    with pytest.raises(RuleError, match="early exit needs scores of every time step"):
        rules.check(with_margins(once, np.zeros(T - 1, np.int64)))
