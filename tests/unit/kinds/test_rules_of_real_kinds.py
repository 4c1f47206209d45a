"""Rules of real-valued kinds: a graph that breaks each, and the sentence it says."""

from __future__ import annotations

import numpy as np
import pytest
from broken_attention import TRAINED_ATTENTION
from broken_causal import BROKEN as CAUSAL
from broken_graphs import changed
from broken_maps import TRAINED_MAPS
from broken_neurons import TRAINED_NEURONS
from real_graphs import BRANCHES, CHAIN, inserted, linear, semantics

from asn2fpga.errors import RuleError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check, first_complaint
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.registry import REAL
from asn2fpga.kinds.synapses.diagonal import Diagonal


def test_good_graphs_obey_all_rules() -> None:
    for graph in (CHAIN, BRANCHES):
        check(graph)


VALUES: list[tuple[str, Graph, str]] = [
    (
        "input_is_in_range",
        changed(CHAIN, "pixels", shape=(0, 3)),
        "pixels: the input's shape must have 1..1048576 elements, not (0, 3)",
    ),
    (
        "input_is_in_range",
        changed(CHAIN, "pixels", shape=()),
        "pixels: the input's shape must have 1..1048576 elements, not ()",
    ),
    (
        "input_is_in_range",
        changed(CHAIN, "pixels", shape=(2**10, 2**11)),
        "pixels: the input's shape must have 1..1048576 elements, not (1024, 2048)",
    ),
    (
        "input_is_in_range",
        changed(CHAIN, "pixels", time_steps=0),
        "pixels: time_steps (T) must be in 1..1024, not 0",
    ),
    (
        "input_is_in_range",
        changed(CHAIN, "pixels", max_count=256),
        "pixels: max_count must be in 1..255, not 256",
    ),
    (
        "input_is_in_range",
        changed(CHAIN, "pixels", scale=0.0),
        "pixels: scale must be in 1e-09..1e+09, not 0",
    ),
    (
        "input_is_in_range",
        changed(CHAIN, "pixels", scale=10**400),
        "pixels: scale must be in 1e-09..1e+09, not inf",
    ),
    (
        "scale_is_positive",
        changed(BRANCHES, "scale", factor=-1.0),
        "scale: factor must be in 1e-09..1e+09, not -1",
    ),
    (
        "linear_is_finite",
        changed(CHAIN, "fc1", weight=np.zeros(6)),
        "fc1: weight must have shape (out, in), not (6,)",
    ),
    (
        "linear_is_finite",
        changed(CHAIN, "fc1", weight=np.zeros((0, 6)), bias=np.zeros(0)),
        "fc1: weight must have shape (out, in), not (0, 6)",
    ),
    (
        "linear_is_finite",
        changed(CHAIN, "fc1", weight=np.full((4, 6), np.nan)),
        "fc1: weight must hold finite numbers, not NaN or infinity; the training has diverged",
    ),
    (
        "linear_is_finite",
        changed(CHAIN, "fc1", weight=np.full((4, 6), -2e9)),
        "fc1: weight must be within +-1e+09, not as large as 2e+09",
    ),
    (
        "linear_is_finite",
        changed(CHAIN, "fc1", bias=np.zeros(3)),
        "fc1: bias must have shape (4,), not (3,)",
    ),
    (
        "linear_is_finite",
        changed(CHAIN, "fc1", bias=np.zeros(4, dtype=np.int64)),
        "fc1: bias must be float64, not int64",
    ),
    (
        "linear_fits_its_input",
        changed(CHAIN, "fc1", weight=np.zeros((4, 5))),
        "fc1: Linear must get (5,) features, not (6,)",
    ),
    (
        "diagonal_fits_its_input",
        changed(BRANCHES, "same", weight=np.zeros(3)),
        "same: weight must have shape (4,), not (3,)",
    ),
    (
        "diagonal_fits_its_input",
        changed(BRANCHES, "same", bias=np.full(4, np.inf)),
        "same: bias must hold finite numbers, not NaN or infinity; the training has diverged",
    ),
    (
        "batch_norm_fits_its_input",
        changed(CHAIN, "fc1_norm", gain=np.zeros(3)),
        "fc1_norm: gain must have shape (4,), not (3,)",
    ),
    (
        "batch_norm_fits_its_input",
        changed(CHAIN, "fc1_norm", shift=np.zeros(3)),
        "fc1_norm: shift must have shape (4,), not (3,)",
    ),
    ("neuron_is_in_range", semantics(levels=256), "a: levels (D) must be in 1..255, not 256"),
    ("neuron_is_in_range", semantics(alpha=-256.0), "a: alpha must be in -255..255, not -256"),
    ("neuron_is_in_range", semantics(beta=1.5), "a: beta must be in 0..1, not 1.5"),
    ("neuron_is_in_range", semantics(threshold=-1.0), "a: threshold must be in 1e-09..1e+09, not -1"),
    ("neuron_is_in_range", semantics(output_scale=0.0), "a: output_scale must be in 1e-09..1e+09, not 0"),
    ("neuron_is_in_range", semantics(reset_gain=-1.0), "a: reset_gain must be in 1e-09..1e+09, not -1"),
    (
        "neuron_fields_agree",
        semantics(reset="hard", v_reset=1.0),
        "a: v_reset must be below the threshold, not 1",
    ),
    (
        "neuron_fields_agree",
        semantics(reset="hard", v_reset=0.5, thresholds=np.array([0.5, 1.0, 1.0, 1.0])),
        "a: v_reset must be below the threshold, not 0.5",
    ),
    (
        "neuron_fields_agree",
        semantics(decay_input=True, beta=1.0),
        "a: decay_input needs beta below 1, not 1: nothing of the input would be left",
    ),
    (
        "neuron_fields_agree",
        semantics(synaptic_beta=-0.5),
        "a: synaptic beta must be in 0..1, not -0.5",
    ),
    (
        "neuron_fields_agree",
        semantics(refractory=256),
        "a: refractory must be in 0..255, not 256",
    ),
    (
        "neuron_fields_agree",
        semantics(refractory=1, fires="round"),
        "a: neurons that round cannot be refractory",
    ),
    (
        "changes_are_of_integrals",
        semantics(sends_change=True, fires="round"),
        "a: neurons that round cannot send changes",
    ),
    (
        "doubling_is_of_binary_neurons",
        semantics(doubles_threshold=True, fires=">="),
        "a: neurons that double their threshold must be binary and fire above it",
    ),
    (
        "doubling_is_of_binary_neurons",
        semantics(doubles_threshold=True, fires=">", levels=1, leak_order="before_reset"),
        "a: neurons that double their threshold must have a soft reset by it, before the leak",
    ),
    (
        "doubling_is_of_binary_neurons",
        semantics(doubles_threshold=True, fires=">", levels=1, refractory=1),
        "a: neurons that double their threshold must have no floor, refractory time, changes or decay of the "
        "input",
    ),
]

STRUCTURES: list[tuple[str, Graph, str]] = [
    (
        "linear_reads_events",
        inserted(linear("other", "sum", 4, 4), "same"),
        "other: Linear must read neurons or the input, not sum (Add); "
        "put a neuron between them or merge the two",
    ),
    (
        "diagonal_fits_its_input",
        inserted(Diagonal(name="other", inputs=("fc",), weight=np.ones(4), bias=np.zeros(4)), "sum"),
        "other: Diagonal must read neurons or the input, not currents; put a neuron before it",
    ),
    (
        "branches_have_one_shape",
        changed(BRANCHES, "skip", inputs=("same",)),
        "skip: an add must read two branches or more, not 1",
    ),
    (
        "branches_have_one_shape",
        changed(BRANCHES, "skip", inputs=("same", "a", "flat")),
        "skip: branches of an add must have equal shapes, not (4,) (same) and (6,) (flat)",
    ),
    (
        "terms_are_few",
        changed(BRANCHES, "skip", inputs=("same",) * 257),
        "skip: an add must have at most 256 terms, those of the adds it reads too, not 257",
    ),
    (
        "current_is_read_by_neurons",
        inserted(linear("other", "skip", 4, 4), "b"),
        "skip: the sum of neurons and a Linear layer must be read by a neuron, not by other; "
        "put a neuron after the add",
    ),
    (
        "current_is_read_by_neurons",
        changed(BRANCHES, "side", inputs=("a", "skip")),
        "skip: the sum of neurons and a Linear layer must be read by a neuron, not by side; "
        "put a neuron after the add",
    ),
    (
        "branches_fit_side_by_side",
        changed(BRANCHES, "side", inputs=("b",)),
        "side: a concatenation must read two branches or more, not 1",
    ),
    (
        "branches_fit_side_by_side",
        changed(BRANCHES, "side", inputs=("b", "pixels")),
        "side: branches of a concatenation must have equal pixels, not shape (2, 3) (pixels) beside (4,)",
    ),
    (
        "branches_fit_side_by_side",
        changed(BRANCHES, "side", inputs=("b", "sum")),
        "side: branches of a concatenation must be neurons or the input, not currents (sum); "
        "put a neuron after each Linear, or concatenate before the Linear",
    ),
    (
        "delay_fits_the_time",
        changed(BRANCHES, "pixels", time_steps=1),
        "before: a recurrent layer must see several time steps, not T = 1; present the input over time",
    ),
    ("delay_fits_the_time", changed(BRANCHES, "before", steps=3), "before: steps must be in 1..2, not 3"),
    (
        "delay_fits_the_time",
        changed(BRANCHES, "before", each=np.array([1, 1, 3, 1])),
        "before: the longest delay must be in 1..2, not 3",
    ),
    (
        "delay_fits_the_time",
        changed(BRANCHES, "before", each=np.array([1, -1, 2, 1])),
        "before: the shortest delay must be in 0..2, not -1",
    ),
    (
        "delay_fits_the_time",
        changed(BRANCHES, "before", each=np.array([1, 1])),
        "before: the shape of each must be (4,), not (2,)",
    ),
    (
        "delay_reads_events_of_its_shape",
        inserted(Delay(name="late", inputs=("flat",), shape=(6,)), "scale"),
        "late: a delay must read what changes from step to step, not a frame that is shown all the time; put "
        "neurons before it, or give events as input",
    ),
    ("delay_fits_the_time", changed(BRANCHES, "before", steps=-1), "before: steps must be in 1..2, not -1"),
    (
        "delay_reads_events_of_its_shape",
        changed(BRANCHES, "before", inputs=("sum",)),
        "before: a delay must read neurons, not the currents of sum",
    ),
    (
        "delay_reads_events_of_its_shape",
        changed(changed(BRANCHES, "before", shape=(3,)), "own", weight=np.ones((4, 3))),
        "before: the shape must be (4,), not (3,)",
    ),
    (
        "scores_have_one_axis",
        Graph("net", (CHAIN.layers[0], Output(name="o", inputs=("pixels",)))),
        "o: axes of the scores must be 1, not 2",
    ),
]
BROKEN = [*VALUES, *TRAINED_NEURONS, *STRUCTURES, *TRAINED_MAPS, *TRAINED_ATTENTION]


@pytest.mark.parametrize(
    ("rule", "graph", "message"), BROKEN, ids=[f"{b[0]}-{i}" for i, b in enumerate(BROKEN)]
)
def test_a_broken_rule_is_named_with_its_sentence(rule: str, graph: Graph, message: str) -> None:
    with pytest.raises(RuleError) as error:
        check(graph)
    assert str(error.value).splitlines()[0] == f"{message}."
    complaint = first_complaint(graph)
    assert complaint is not None and complaint.rule == rule


def test_every_rule_is_broken_by_a_test() -> None:
    rules = {rule.__name__ for kind in REAL for rule in (*kind.rules, *kind.late_rules)}
    broken = {name for name, _, _ in BROKEN} | {name for _, name, _ in CAUSAL.values()}
    assert rules == broken & rules and {name for name, _, _ in BROKEN} <= rules


@pytest.mark.parametrize("reader", ["b", "scores"])
def test_the_sum_of_events_and_currents_may_be_fired_on_or_given_as_scores(reader: str) -> None:
    """What is refused is to multiply it with weights."""
    if reader == "b":
        check(BRANCHES)
        return
    cut = BRANCHES.layers[: BRANCHES.layers.index(BRANCHES["skip"]) + 1]
    check(BRANCHES.with_layers((*cut, Output(name="scores", inputs=("skip",)))))
