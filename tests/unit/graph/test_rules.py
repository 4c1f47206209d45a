"""Each rule: a graph that breaks it, and the sentence it says."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
from asn2fpga.graph.layers import LAYERS, DensePopulation
from strategies import random_graph, small_integer_graph

from asn2fpga.errors import RuleError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rule import Rule
from asn2fpga.graph.rules import RULES, check
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input

REAL = random_graph(1, (6, 4, 2), batch_norm=True)
FRAMES = small_integer_graph(1, (6, 4, 2), time_steps=2)
EVENTS = small_integer_graph(1, (6, 4, 2), encoding="events", time_steps=2)
STATELESS = small_integer_graph(1, (6, 4, 2))


def changed(graph: Graph, name: str, /, **fields: Any) -> Graph:
    """`graph` with some fields of a layer (`neuron.base` style keys reach into the neuron) replaced."""
    layer = graph[name]
    inner = {key.split("__")[1]: value for key, value in fields.items() if "__" in key}
    outer = {key: value for key, value in fields.items() if "__" not in key}
    for key in ("neuron", "semantics"):
        if inner and hasattr(layer, key):
            outer[key] = dataclasses.replace(getattr(layer, key), **inner)
    new = dataclasses.replace(layer, **outer)
    return graph.with_layers(new if old is layer else old for old in graph.layers)


def population(graph: Graph) -> DensePopulation:
    (layer,) = graph.of_type(DensePopulation)
    return layer


def test_good_graphs_obey_all_rules() -> None:
    for graph in (REAL, FRAMES, EVENTS, STATELESS):
        check(graph)


BROKEN: list[tuple[str, Graph, str]] = [
    (
        "names_are_identifiers",
        changed(REAL, "scores", name="a b"),
        "a b: the name must be letters, digits and '_', a letter first, not 'a b'",
    ),
    (
        "names_are_unique",
        changed(REAL, "flatten", name="pixels"),
        "pixels: the name must be unique, not 'pixels' again",
    ),
    (
        "inputs_come_before",
        changed(REAL, "flatten", inputs=("fc1",)),
        "flatten: inputs must be layers before it, not 'fc1'",
    ),
    (
        "chain_has_two_ends",
        REAL.with_layers(REAL.layers[1:]),
        "flatten: inputs must be layers before it, not 'pixels'",
    ),
    (
        "chain_has_two_ends",
        REAL.with_layers(REAL.layers[:-1]),
        "fc2_norm: the last layer, and no other, must give the scores, not BatchNorm",
    ),
    (
        "chain_has_two_ends",
        REAL.with_layers((REAL.layers[0], dataclasses.replace(REAL["pixels"], name="again"))),
        "again: the first layer, and no other, must be a source, not Input",
    ),
    (
        "reads_the_layer_before",
        changed(REAL, "fc1", inputs=("pixels",)),
        "fc1: inputs must be ['flatten'], not ['pixels']",
    ),
    (
        "one_level",
        Graph(
            "net",
            (REAL.layers[0], dataclasses.replace(population(FRAMES), inputs=("pixels",)), Output(name="o")),
        ),
        "fc1: the layer must be real-valued as the first one, not DensePopulation",
    ),
    (
        "one_level",
        Graph("net", (FRAMES.layers[0], Output(name="o", inputs=("encode",)))),
        "o: the layer must be integer as the first one, not Output",
    ),
    (
        "input_is_in_range",
        changed(REAL, "pixels", shape=(0, 3)),
        "pixels: shape must be of positive integers, not (0, 3)",
    ),
    (
        "input_is_in_range",
        changed(REAL, "pixels", time_steps=0),
        "pixels: time_steps must be in 1..1024, not 0",
    ),
    (
        "input_is_in_range",
        changed(REAL, "pixels", max_count=256),
        "pixels: max_count must be in 1..255, not 256",
    ),
    (
        "input_is_in_range",
        changed(REAL, "pixels", scale=0.0),
        "pixels: scale must be positive and finite, not 0",
    ),
    (
        "linear_is_finite",
        changed(REAL, "fc1", weight=np.zeros(6)),
        "fc1: weight must have 2 axes, not 1",
    ),
    (
        "linear_is_finite",
        changed(REAL, "fc1", weight=np.full((4, 6), np.nan)),
        "fc1: weight must be finite numbers, not NaN or infinity",
    ),
    (
        "linear_is_finite",
        changed(REAL, "fc1", bias=np.zeros(3)),
        "fc1: the shape of bias must be (4,), not (3,)",
    ),
    (
        "linear_is_finite",
        changed(REAL, "fc1", bias=np.zeros(4, dtype=np.int64)),
        "fc1: elements of bias must be float64, not int64",
    ),
    (
        "linear_fits_its_input",
        changed(REAL, "fc1", weight=np.zeros((4, 5))),
        "fc1: columns of the weight must be 6, not 5",
    ),
    (
        "batch_norm_fits_its_input",
        changed(REAL, "fc1_norm", gain=np.zeros(3)),
        "fc1_norm: the shape of gain must be (4,), not (3,)",
    ),
    (
        "neuron_is_in_range",
        changed(REAL, "fc1_neuron", semantics__levels=256),
        "fc1_neuron: levels must be in 1..255, not 256",
    ),
    (
        "neuron_is_in_range",
        changed(REAL, "fc1_neuron", semantics__beta=1.5),
        "fc1_neuron: beta must be in 0..1, not 1.5",
    ),
    (
        "neuron_is_in_range",
        changed(REAL, "fc1_neuron", semantics__threshold=-1.0),
        "fc1_neuron: threshold must be positive and finite, not -1",
    ),
    (
        "scores_have_one_axis",
        Graph("net", (REAL.layers[0], Output(name="o", inputs=("pixels",)))),
        "o: axes of the scores must be 1, not 2",
    ),
    (
        "source_is_in_range",
        changed(FRAMES, "encode", time_steps=2000),
        "encode: time_steps must be in 1..1024, not 2000",
    ),
    (
        "source_is_in_range",
        changed(FRAMES, "encode", shape=()),
        "encode: shape must be of positive integers, not ()",
    ),
    (
        "pixels_fit_a_byte",
        changed(FRAMES, "encode", max_count=256),
        "encode: max_count must be in 1..255, not 256",
    ),
    (
        "events_fit_an_input_word",
        changed(EVENTS, "receive", max_count=2**29 - 1),
        "receive: an event must fit 32 bits, not 33",
    ),
    (
        "events_fit_an_input_word",
        changed(EVENTS, "receive", max_count=0),
        "receive: max_count must be positive, not 0",
    ),
    (
        "weights_are_within_their_bits",
        changed(FRAMES, "fc1", weight_bits=9),
        "fc1: weight_bits must be in 2..8, not 9",
    ),
    (
        "weights_are_within_their_bits",
        changed(FRAMES, "fc1", weight=np.full((4, 6), -8), weight_bits=4),
        "fc1: the largest weight must be in 0..7, not 8",
    ),
    (
        "weights_are_within_their_bits",
        changed(FRAMES, "fc1", weight=np.zeros((4, 0), dtype=np.int64)),
        "fc1: weight must have 2 axes that are not empty, not shape (4, 0)",
    ),
    (
        "weights_are_within_their_bits",
        changed(FRAMES, "fc1", weight=np.zeros((4, 6))),
        "fc1: elements of weight must be int64, not float64",
    ),
    (
        "dense_fits_its_input",
        changed(FRAMES, "fc2", weight=np.zeros((2, 3), dtype=np.int64)),
        "fc2: columns of the weight must be 4, not 3",
    ),
    (
        "dense_fits_its_input",
        changed(FRAMES, "fc2", input_count_type=FixedType(4, False)),
        "fc2: input_count_type must be u3, not u4",
    ),
    ("lanes_are_in_range", changed(FRAMES, "fc1", lanes=5), "fc1: lanes must be in 1..4, not 5"),
    ("population_keeps_time", changed(FRAMES, "fc1", time_steps=3), "fc1: time_steps must be 2, not 3"),
    (
        "population_keeps_time",
        changed(FRAMES, "fc1", static_input=False),
        "fc1: static_input must be True, not False",
    ),
    ("readout_keeps_time", changed(FRAMES, "fc2", time_steps=1), "fc2: time_steps must be 2, not 1"),
    (
        "accumulator_cannot_overflow",
        changed(FRAMES, "fc1", weight=np.full((4, 6), 127), acc_type=FixedType(18, True)),
        "fc1: the range of acc_type's sums must be in -131072..131071 (s18), not 0..194310",
    ),
    (
        "scores_fit_32_bits",
        changed(FRAMES, "fc2", bias=np.array([0, 2**31])),
        "fc2: scores must be in -2147483648..2147483647 (s32), not -536..2147485256",
    ),
    (
        "scores_fit_32_bits",
        changed(FRAMES, "fc2", shift=np.array([0, 31])),
        "fc2: scores must be in -2147483648..2147483647 (s32), not -395136991331..3453153705885",
    ),
    (
        "scores_fit_32_bits",
        changed(FRAMES, "fc2", shift=np.array([0, 32])),
        "fc2: the largest shift must be in 0..31, not 32",
    ),
    (
        "scores_fit_32_bits",
        changed(FRAMES, "fc2", shift=np.array([1, 2])),
        "fc2: the smallest shift must be 0, not 1",
    ),
    (
        "scores_fit_32_bits",
        changed(FRAMES, "fc2", shift=np.zeros(3, dtype=np.int64)),
        "fc2: the shape of shift must be (2,), not (3,)",
    ),
    (
        "scores_fit_32_bits",
        changed(FRAMES, "fc2", bias=np.zeros(3, dtype=np.int64)),
        "fc2: the shape of bias must be (2,), not (3,)",
    ),
    (
        "level_values_increase",
        changed(FRAMES, "fc1", neuron__level_values=(0, 2, 1)),
        "fc1: level_values must start at 0 and increase, not [0, 2, 1]",
    ),
    (
        "level_values_increase",
        changed(FRAMES, "fc1", neuron__level_values=(0, 1, 2, 3, 8)),
        "fc1: level_values must be in 0..7 (u3), not 0..8",
    ),
    (
        "level_values_increase",
        changed(FRAMES, "fc1", neuron__count_type=FixedType(4, True)),
        "fc1: count_type must be unsigned, not s4",
    ),
    (
        "thresholds_do_not_decrease",
        changed(FRAMES, "fc1", neuron__thresholds=np.array([[0, 1, 2, 3]] * 3 + [[0, 2, 1, 3]])),
        "fc1: thresholds must not decrease, not [0, 2, 1, 3] of neuron 3",
    ),
    (
        "thresholds_do_not_decrease",
        changed(
            FRAMES, "fc1", neuron__threshold_type=FixedType(2, True), neuron__thresholds=np.full((4, 4), 2)
        ),
        "fc1: thresholds must be in -2..1 (s2), not 2..2",
    ),
    (
        "thresholds_do_not_decrease",
        changed(FRAMES, "fc1", neuron__thresholds=np.zeros((4, 3), dtype=np.int64)),
        "fc1: the shape of thresholds must be (4, 4), not (4, 3)",
    ),
    (
        "membrane_is_complete",
        changed(FRAMES, "fc1", neuron__bias=None),
        "fc1: bias must be an array of integers, not none",
    ),
    (
        "membrane_is_complete",
        changed(FRAMES, "fc1", neuron__state_type=None),
        "fc1: state_type of a stateful neuron must be a type, not none",
    ),
    (
        "membrane_is_complete",
        changed(FRAMES, "fc1", neuron__leak_multiplier=3),
        "fc1: leak_multiplier must be in 0..2, not 3",
    ),
    (
        "membrane_is_complete",
        changed(STATELESS, "fc1", neuron__state_type=FixedType(8, True)),
        "fc1: state_type of a stateless neuron must be none, not s8",
    ),
    (
        "potential_cannot_overflow",
        changed(
            STATELESS,
            "fc1",
            weight=np.ones((4, 6), dtype=np.int64),
            neuron__potential_type=FixedType(4, True),
        ),
        "fc1: the potential must be in -8..7 (s4), not 0..1530",
    ),
]


@pytest.mark.parametrize(
    ("rule", "graph", "message"), BROKEN, ids=[f"{b[0]}-{i}" for i, b in enumerate(BROKEN)]
)
def test_a_broken_rule_is_named_with_its_sentence(rule: str, graph: Graph, message: str) -> None:
    with pytest.raises(RuleError) as error:
        check(graph)
    assert str(error.value).splitlines()[0] == f"{message}."


def test_scale_must_be_positive() -> None:
    from asn2fpga.graph.layers import Scale

    layers = (
        REAL.layers[0],
        Scale(name="s", inputs=("pixels",), factor=-1.0),
        Output(name="o", inputs=("s",)),
    )
    with pytest.raises(RuleError, match=r"^s: factor must be positive and finite, not -1\.\n"):
        check(Graph("net", layers))


def test_an_empty_graph_is_refused() -> None:
    with pytest.raises(RuleError, match=r"^net: the graph must have layers, not none\.$"):
        check(Graph("net", ()))


def test_the_message_shows_the_graph_with_the_rule_under_the_layer() -> None:
    layers = (
        Input(name="pixels", shape=(2,), encoding="frames", time_steps=0),
        Output(name="scores", inputs=("pixels",)),
    )
    with pytest.raises(RuleError) as error:
        check(Graph("tiny", layers))
    assert str(error.value) == (
        "pixels: time_steps must be in 1..1024, not 0.\n"
        "\n"
        "graph tiny\n"
        "\n"
        "pixels = Input()\n"
        '    source = ""\n'
        "    shape = [2]\n"
        '    encoding = "frames"\n'
        "    time_steps = 0\n"
        "    max_count = 255\n"
        "    scale = 1.0\n"
        "    ^ input_is_in_range: time_steps must be in 1..1024, not 0\n"
        "\n"
        "scores = Output(pixels)\n"
        '    source = ""\n'
        '    reduce = "mean"'
    )


def all_rules() -> set[Rule]:
    return {rule for kind in LAYERS for rule in RULES[kind]}


def test_every_rule_has_one_sentence_of_docstring() -> None:
    for rule in all_rules():
        text = (rule.__doc__ or "").strip()
        assert text.endswith(".") and "\n" not in text, rule


def test_every_rule_is_broken_by_a_test() -> None:
    tested = {name for name, _, _ in BROKEN} | {"scale_is_positive"}
    assert {rule.__name__ for rule in all_rules()} == tested
