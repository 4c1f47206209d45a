"""Rules of integer kinds: a graph that breaks each, and the sentence it says."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from broken_attention import INTEGER_ATTENTION
from broken_causal import BROKEN as CAUSAL
from broken_delays import DELAYS, LOOP
from broken_delays import LATE as DELAYED
from broken_delays import SYNAPSES as DELAYED_SYNAPSES
from broken_graphs import changed
from broken_maps import INTEGER_MAPS
from dense_graphs import every_step
from mixed_graphs import mixed_graph
from strategies import small_integer_graph
from torch import nn

from asn2fpga.errors import RuleError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check, first_complaint
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.registry import INTEGER
from asn2fpga.kinds.sources.precise import EncodePrecise
from asn2fpga.kinds.synapses.diagonal import OneToOne
from asn2fpga.loader.save import convert
from asn2fpga.nn import EGRU, Lookup, TimeMean
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme


def trained_graph(*layers: nn.Module) -> Graph:
    """The integer graph of layers that read counts of 3 inputs at two time steps."""
    torch.manual_seed(1)
    for layer in layers:
        for parameter in layer.parameters():
            nn.init.uniform_(parameter, 0.1, 1.0)
    module = nn.Sequential(*layers, TimeMean()).eval()
    graph = convert(module, "net", torch.zeros(2, 1, 3), encoding="events", max_count=3).graph
    return quantise(graph, Scheme()).graph


FRAMES = small_integer_graph(1, (6, 4, 2), time_steps=2)
EVENTS = small_integer_graph(1, (6, 4, 2), encoding="events", time_steps=2)
STATELESS = small_integer_graph(1, (6, 4, 2))
STREAMED = every_step(EVENTS)
GATED = trained_graph(EGRU(3, 2, time_steps=2), nn.Linear(2, 2))
TABLES = trained_graph(nn.Linear(3, 2), Lookup(time_steps=2), nn.Linear(2, 2))
MIXED = mixed_graph()
MOVING = mixed_graph(frames=False)


def test_good_graphs_obey_all_rules() -> None:
    for graph in (
        FRAMES,
        EVENTS,
        STATELESS,
        STREAMED,
        GATED,
        TABLES,
        MIXED,
        MOVING,
        DELAYED,
        DELAYED_SYNAPSES,
        LOOP,
    ):
        check(graph)


def ints(*values: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def with_projections(graph: Graph, name: str, count: int) -> Graph:
    """The graph with so many projections of a population, the last one repeated."""
    node = graph[name]
    assert isinstance(node, Population)
    return changed(graph, name, projections=(*node.projections, *3 * node.projections[-1:])[:count])


NOT_PAIRED = (
    "products can be paired only for all synapses of a population together, and only where a DSP slice "
    "holds two sums and multiplies two weights"
)

SOURCES: list[tuple[str, Graph, str]] = [
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
        "source_is_in_range",
        changed(EVENTS, "receive", shape=(2, 0)),
        "receive: shape must be of positive integers, not (2, 0)",
    ),
    (
        "pixels_fit_a_byte",
        changed(FRAMES, "encode", max_count=256),
        "encode: max_count must be in 1..255, not 256",
    ),
    (
        "a_word_has_one_event_or_two",
        changed(FRAMES, "encode", events_in_word=3),
        "encode: events_in_word must be in 1..2, not 3",
    ),
    (
        "there_are_several_precisions",
        FRAMES.replace(
            "encode", EncodePrecise(name="encode", shape=(6,), max_count=255, time_steps=2, precisions=5)
        ),
        "encode: precisions must be in 2..4, not 5",
    ),
    (
        "words_are_of_a_known_width",
        changed(FRAMES, "encode", word_bits=48),
        "encode: word_bits must be one of 32, 64, 128, not 48",
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
]

SYNAPSES: list[tuple[str, Graph, str]] = [
    (
        "synapses_are_sound",
        changed(FRAMES, "fc1", synapse0__weight_bits=9),
        "fc1: weight_bits must be in 2..8, not 9",
    ),
    (
        "synapses_are_sound",
        changed(FRAMES, "fc1", synapse0__weight=np.full((4, 6), -8), synapse0__weight_bits=4),
        "fc1: the largest weight must be in 0..7, not 8",
    ),
    (
        "synapses_are_sound",
        changed(FRAMES, "fc1", synapse0__weight=np.zeros((4, 0), dtype=np.int64)),
        "fc1: weight must have 2 axes that are not empty, not shape (4, 0)",
    ),
    (
        "synapses_are_sound",
        changed(FRAMES, "fc1", synapse0__weight=ints(1, 2, 3)),
        "fc1: weight must have 2 axes that are not empty, not shape (3,)",
    ),
    (
        "synapses_are_sound",
        changed(FRAMES, "fc1", synapse0__weight=np.zeros((4, 6))),
        "fc1: elements of weight must be int64, not float64",
    ),
    (
        "synapses_are_sound",
        changed(FRAMES, "fc2", synapse0__weight=np.zeros((2, 3), dtype=np.int64)),
        "fc2: columns of the weight must be 4, not 3",
    ),
    (
        "synapses_are_sound",
        changed(MIXED, "both", synapse2__weight=np.zeros((5, 5), dtype=np.int64)),
        "both: weight must have 1 axis that is not empty, not shape (5, 5)",
    ),
    (
        "synapses_are_sound",
        changed(MIXED, "both", synapse2__weight=np.zeros(5)),
        "both: elements of weight must be int64, not float64",
    ),
    (
        "synapses_are_sound",
        changed(MIXED, "both", synapse2__weight_bits=1),
        "both: weight_bits must be in 2..8, not 1",
    ),
    (
        "synapses_are_sound",
        changed(MIXED, "both", synapse2__weight=ints(0, 0, -8, 0, 0)),
        "both: the largest weight must be in 0..7, not 8",
    ),
    (
        "synapses_are_sound",
        changed(MIXED, "both", synapse2__weight=ints(0, 0, 1, 0)),
        "both: elements of the weight must be 5, not 4",
    ),
    (
        "synapses_are_sound",
        changed(MIXED, "both", synapse1__size=4),
        "both: neurons must be 5, not 4",
    ),
    (
        "synapses_are_sound",
        changed(MIXED, "both", synapse0__weight=np.zeros((4, 6), dtype=np.int64)),
        "both: neurons of each projection must be 4, not 5",
    ),
    (
        "synapses_are_sound",
        changed(MIXED, "both", projection2__shift=32),
        "both: shift must be in 0..31, not 32",
    ),
    (
        "synapses_are_sound",
        changed(MIXED, "loop", synapse1__weight=np.zeros((5, 4), dtype=np.int64)),
        "loop: columns of the weight must be 5, not 4",
    ),
]

PROJECTIONS: list[tuple[str, Graph, str]] = [
    (
        "a_projection_for_each_input",
        with_projections(MIXED, "both", 4),
        "both: projections must be 3, one for each input, not 4",
    ),
    (
        "a_projection_for_each_input",
        with_projections(MIXED, "both", 2),
        "both: projections must be 3, one for each input, not 2",
    ),
    (
        "a_projection_for_each_input",
        changed(FRAMES, "fc1", projection0__steps_late=1),
        "fc1: one projection at least must be of the same time step, not none",
    ),
    ("lanes_are_in_range", changed(FRAMES, "fc1", lanes=5), "fc1: lanes must be in 1..4, not 5"),
    ("lanes_are_in_range", changed(MIXED, "loop", lanes=0), "loop: lanes must be in 1..5, not 0"),
    (
        "parts_fill_the_lanes",
        changed(MIXED, "loop", fire_lanes=3),
        "loop: fire_lanes must be in 1..2, not 3",
    ),
    (
        "parts_fill_the_lanes",
        changed(FRAMES, "fc1", lanes=3, fire_lanes=2),
        "fc1: fire_lanes must divide the 3 lanes, not be 2",
    ),
    (
        "parts_fill_the_lanes",
        changed(GATED, "layer_0_units", lanes=4, fire_lanes=2),
        "layer_0_units: fire_lanes of gated recurrent units must be a multiple of 4 and at most 4, not 2",
    ),
    (
        "parts_fill_the_lanes",
        changed(GATED, "layer_0_units", lanes=8, fire_lanes=8),
        "layer_0_units: fire_lanes of gated recurrent units must be a multiple of 4 and at most 4, not 8",
    ),
    (
        "parts_fill_the_lanes",
        changed(TABLES, "layer_0", lanes=2, fire_lanes=2),
        "layer_0: fire_lanes of tables must be at most 1, not 2",
    ),
    (
        "rows_of_scores_are_steps",
        changed(STREAMED, "fc2", neuron__bias=np.zeros((1, 2), dtype=np.int64)),
        "fc2: rows of bias must be 2, not 1",
    ),
    (
        "rows_of_scores_are_steps",
        every_step(STATELESS),
        "fc2: scores of every time step must be of several, not of 1",
    ),
    (
        "early_exit_is_sound",
        changed(STREAMED, "fc2", neuron__margins=np.array([-1])),
        "fc2: margins must be in 0..4294967296, not -1..-1",
    ),
    (
        "scores_fill_their_words",
        changed(FRAMES, "fc2", lanes=1, word_bits=64),
        "fc2: word_bits must hold a part of the 1 lanes or be 32, not 64",
    ),
    (
        "bursts_are_possible",
        changed(FRAMES, "fc1", events_in_word=4),
        "fc1: events_in_word must be one of 1, 2, not 4",
    ),
    (
        "bursts_are_possible",
        changed(MIXED, "loop", events_in_word=2),
        "loop: events_in_word must be one of 1, not 2",
    ),
    (
        "synapses_are_sound",
        changed(
            changed(FRAMES, "encode", events_in_word=2),
            "fc1",
            projection0__synapse=OneToOne(weight=ints(1, 1, 1, 1, 1, 1), weight_bits=4),
        ),
        "fc1: events in a word must be in 1..1, not 2",
    ),
    (
        "delays_are_of_its_own_events",
        changed(MIXED, "loop", projection1__steps_late=2),
        "loop: a delay must be of one time step, from the population onto itself, and the only one",
    ),
    (
        "delays_are_of_its_own_events",
        changed(MIXED, "both", projection2__steps_late=1),
        "both: a delay must be of one time step, from the population onto itself, and the only one",
    ),
    (
        "delays_are_of_its_own_events",
        changed(with_projections(MIXED, "loop", 3), "loop", inputs=("source", "loop", "loop")),
        "loop: a delay must be of one time step, from the population onto itself, and the only one",
    ),
    (
        "delays_are_of_its_own_events",
        changed(MIXED, "loop", time_steps=1),
        "loop: a population that reads itself must fire at several time steps, not 1",
    ),
    (
        "delays_are_of_its_own_events",
        changed(MIXED, "loop", projection1__synapse=OneToOne(weight=ints(1, 2, 3, 2, 1), weight_bits=4)),
        "loop: a population must read itself through dense synapses, not through one-to-one synapses",
    ),
    (
        "delays_are_of_its_own_events",
        changed(MIXED, "loop", neuron__base=1),
        "loop: a population that reads itself must be able to send what stands for 0 "
        "(alpha 0 or below, not below -D), not a count of -1",
    ),
    (
        "delays_are_of_its_own_events",
        changed(MIXED, "loop", neuron__base=-5),
        "loop: a population that reads itself must be able to send what stands for 0 "
        "(alpha 0 or below, not below -D), not a count of 5",
    ),
    (
        "currents_have_its_lanes",
        changed(MIXED, "both", lanes=3, fire_lanes=3),
        "both: lanes must be 2, not 3",
    ),
    ("population_keeps_time", changed(FRAMES, "fc1", time_steps=3), "fc1: time_steps must be 2, not 3"),
    (
        "population_keeps_time",
        changed(FRAMES, "fc1", time_steps=1025),
        "fc1: time_steps must be in 1..1024, not 1025",
    ),
    ("population_keeps_time", changed(FRAMES, "fc2", time_steps=1), "fc2: time_steps must be 2, not 1"),
    (
        "population_keeps_time",
        changed(small_integer_graph(1, (6, 2), time_steps=2), "fc1", time_steps=2),
        "fc1: time_steps must be 1, not 2",
    ),
    ("population_keeps_time", changed(MIXED, "scores", time_steps=1), "scores: time_steps must be 3, not 1"),
    (
        "pairs_are_whole_and_fit",
        changed(FRAMES, "fc1", synapse0__products="paired", acc_type=FixedType(25, True)),
        f"fc1: {NOT_PAIRED}",
    ),
    ("pairs_are_whole_and_fit", changed(MIXED, "both", synapse0__products="paired"), f"both: {NOT_PAIRED}"),
    (
        "accumulator_cannot_overflow",
        changed(FRAMES, "fc1", synapse0__weight=np.full((4, 6), 127), acc_type=FixedType(18, True)),
        "fc1: the range of acc_type's sums must be in -131072..131071 (s18), not 0..194310",
    ),
]

BROKEN = [*SOURCES, *SYNAPSES, *PROJECTIONS, *INTEGER_MAPS, *INTEGER_ATTENTION, *DELAYS]


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
    """That of the neurons has a file of its own."""
    rules = {rule.__name__ for kind in INTEGER for rule in (*kind.rules, *kind.late_rules)}
    causal = {name for _, name, _ in CAUSAL.values()}
    assert {name for name, _, _ in BROKEN} <= rules
    assert rules - {"neurons_are_sound"} == ({name for name, _, _ in BROKEN} | causal) & rules
