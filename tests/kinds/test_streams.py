"""Scores after every time step: golden against torch on shorter inputs, C++ and RTL against golden."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
import torch
from graph_check import Case as Built
from graph_check import check_cpp, check_estimates, check_rtl

from asn2fpga.errors import InputError
from asn2fpga.golden.simulate import driver_scores_of, simulate
from asn2fpga.graph import rules
from asn2fpga.graph.serial import from_plain, to_plain
from asn2fpga.graph.text import to_text
from asn2fpga.graph.words import Answer, PortWord
from asn2fpga.kinds.nodes import answer_of, foldable_nodes
from asn2fpga.kinds.registry import KINDS
from asn2fpga.nn import IF, LIF
from asn2fpga.passes.fold_words import widest_words
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.quantise.apply import Quantised, quantise
from asn2fpga.verify.reference import compare_reference
from kinds.cases import Case, asn, block, late, leaky, spikes_counted
from kinds.networks import TwoInputs
from kinds.test_cases import EXACT, graph_of, inputs

STREAM = dataclasses.replace(EXACT, stream=True)
T = 4
CASES = (
    Case("sums of a repeated frame", block(lambda: LIF(0.5, time_steps=T)), T),
    Case("sums of events", block(asn(T, beta=0.5, alpha=-1.0)), T, "events"),
    Case("a frame beside events", lambda: TwoInputs(asn(T, beta=0.5)), T),
    Case("delays of synapses", late(lambda: LIF(0.5, time_steps=T), "synapses"), T, "events"),
    Case("spikes counted", spikes_counted(lambda: IF(time_steps=T)), T),
    Case("last membrane", block(lambda: IF(time_steps=T)), T, end=leaky("last", 0.5, T)),
    Case("largest membrane", block(lambda: IF(time_steps=T)), T, "events", end=leaky("max", 0.5, T)),
    Case("sum of membranes", block(lambda: IF(time_steps=T)), T, end=leaky("sum", 0.5, T)),
)
ids = [case.name for case in CASES]


def quantised(case: Case) -> Quantised:
    return quantise(graph_of(case), STREAM)


def built(case: Case, lanes: int, word_bits: int) -> Built:
    graph = quantised(case).graph
    graph = with_lanes(graph, {node.name: min(lanes, node.neurons) for node in foldable_nodes(graph)})
    graph = widest_words(graph, word_bits)
    rules.check(graph)
    x = inputs(case)
    return Built(graph, x, simulate(graph, x))


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_the_last_scores_are_those_without_it(case: Case) -> None:
    x, plain = inputs(case), quantise(graph_of(case), EXACT).graph
    trace = simulate(quantised(case).graph, x)
    assert trace.answers.shape == (len(x), T, plain.classes)
    assert (trace.scores == simulate(plain, x).scores).all()
    assert (driver_scores_of(quantised(case).graph, x)[0] == trace.answers).all()


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.encoding == "events"], ids=lambda case: case.name
)
def test_scores_of_a_step_are_those_of_the_input_so_far(case: Case) -> None:
    """What comes later does not matter, and nothing of it is needed."""
    x, graph = inputs(case), quantised(case).graph
    rows = simulate(graph, x).answers
    for step in range(T - 1):
        cut = x.copy()
        cut[:, step + 1 :] = 0
        assert (simulate(graph, cut).answers[:, : step + 1] == rows[:, : step + 1]).all()
        assert (simulate(graph, cut).answers[:, step + 1 :] != rows[:, step + 1 :]).any()


def test_biases_of_the_sums_so_far_are_rounded_one_by_one() -> None:
    """Real scores of the first steps, in units of the integers, are at most half of one away."""
    case = CASES[1]
    x, found = inputs(case), quantised(case)
    compare_reference(found.reference, found.graph, x)
    with torch.no_grad():
        drive = case.module.body(torch.from_numpy(x).double().flatten(2).transpose(0, 1) * 0.25)  # type: ignore[operator, union-attr]
    wanted = drive.cumsum(0).transpose(0, 1).numpy() / found.decisions.score_scale
    assert np.abs(simulate(found.graph, x).answers - wanted).max() <= 0.5


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_it_is_saved_printed_costed_and_bounded(case: Case) -> None:
    graph = quantised(case).graph
    assert to_text(from_plain(*to_plain(graph), KINDS)) == to_text(graph)
    check_estimates(built(case, 2, 32))


def test_cpp_and_rtl_send_what_golden_does(tmp_path: Path) -> None:
    """Of a frame beside events, in words of two scores: three classes leave room in the last one."""
    network = built(CASES[2], 2, 64)
    assert answer_of(network.graph) == Answer(T, 3, PortWord(64, 32))
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)


def test_membranes_send_what_golden_does(tmp_path: Path) -> None:
    check_cpp(built(CASES[6], 1, 32), tmp_path, ("engine",))


@pytest.mark.slow
@pytest.mark.parametrize("word_bits", [32, 64, 128])
@pytest.mark.parametrize("case", CASES, ids=ids)
def test_every_case_with_every_width(case: Case, word_bits: int, tmp_path: Path) -> None:
    for lanes in (1, 2, 4):
        network = built(case, lanes, word_bits)
        check_cpp(network, tmp_path / str(lanes))
        check_rtl(network, tmp_path / str(lanes))


@pytest.mark.parametrize("end", [None, leaky("last", 0.5, 1)], ids=["sums", "membranes"])
def test_one_time_step_is_refused(end: object) -> None:
    case = Case(f"one step, {end is None}", block(asn()), 1, **({} if end is None else {"end": end}))
    message = (
        "^body_2: --stream needs scores after several time steps, not after 1; leave --stream out, or give "
        r"the network an input over time \(RepeatTime, or events\)\.$"
    )
    with pytest.raises(InputError, match=message):
        quantise(graph_of(case), STREAM)
