"""Rules of every node: a graph that breaks each, the sentence it says, and how a broken rule is shown."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from broken_graphs import changed
from mixed_graphs import mixed_graph
from strategies import random_graph, small_integer_graph

from asn2fpga.errors import RuleError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.rule import Rule, Unsupported, unsupported
from asn2fpga.graph.rules import check, first_complaint
from asn2fpga.graph.rules_graph import GRAPH_RULES
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.kinds.registry import KINDS
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.kinds.synapses.diagonal import Diagonal

REAL = random_graph(1, (6, 4, 2), batch_norm=True)
FRAMES = small_integer_graph(1, (6, 4, 2), time_steps=2)
EVENTS = small_integer_graph(1, (6, 4, 2), encoding="events", time_steps=2)
STATELESS = small_integer_graph(1, (6, 4, 2))
MIXED = mixed_graph()


def loop(*, delay: bool) -> Graph:
    """A layer of two neurons that reads itself, as it should or within one time step."""
    before = Delay(name="before", inputs=("neuron",), shape=(2,)) if delay else None
    return Graph(
        "loop",
        tuple(
            node
            for node in (
                Input(name="pixels", shape=(2,), encoding="frames", time_steps=3),
                before,
                Linear(
                    name="own",
                    inputs=("before" if delay else "neuron",),
                    weight=np.ones((2, 2)),
                    bias=np.zeros(2),
                ),
                Linear(name="fc", inputs=("pixels",), weight=np.ones((2, 2)), bias=np.zeros(2)),
                Add(name="sum", inputs=("fc", "own")),
                Neuron(name="neuron", inputs=("sum",), semantics=NeuronSemantics("ilif", 4, 0.0, 0.5)),
                Linear(name="last", inputs=("neuron",), weight=np.ones((2, 2)), bias=np.zeros(2)),
                Output(name="scores", inputs=("last",)),
            )
            if node is not None
        ),
    )


def with_past(past: Node) -> Graph:
    """A layer that reads itself, and the sum of its currents also this node."""
    graph = changed(loop(delay=True), "sum", inputs=("fc", "own", "past"))
    return graph.with_layers((*graph.layers[:2], past, *graph.layers[2:]))


def test_good_graphs_obey_all_rules() -> None:
    for graph in (REAL, FRAMES, EVENTS, STATELESS, MIXED, mixed_graph(frames=False), loop(delay=True)):
        check(graph)


BROKEN: list[tuple[str, Graph, str]] = [
    (
        "names_are_identifiers",
        changed(REAL, "scores", name="a b"),
        "a b: the name must be letters, digits and '_', a letter first, not 'a b'",
    ),
    (
        "names_are_identifiers",
        Graph("1st", REAL.layers),
        "pixels: the name must be letters, digits and '_', a letter first, not '1st'",
    ),
    (
        "names_are_unique",
        changed(REAL, "flatten", name="pixels"),
        "pixels: the name must be unique, not 'pixels' again",
    ),
    (
        "inputs_come_before",
        REAL.with_layers(REAL.layers[1:]),
        "flatten: inputs must be layers before it, not 'pixels'",
    ),
    (
        "inputs_come_before",
        changed(loop(delay=True), "before", inputs=("nobody",)),
        "before: inputs must be layers before it, not 'nobody'",
    ),
    (
        "inputs_come_before",
        changed(loop(delay=True), "sum", inputs=("fc", "own", "last")),
        "sum: a loop must hold a delay, not be sum -> neuron -> last -> sum within one time step",
    ),
    (
        "inputs_come_before",
        loop(delay=False),
        "own: a loop must hold a delay, not be own -> sum -> neuron -> own within one time step",
    ),
    (
        "inputs_come_before",
        changed(loop(delay=True), "sum", inputs=("fc", "own", "sum")),
        "sum: a loop must hold a delay, not be sum -> sum within one time step",
    ),
    (
        "inputs_come_before",
        changed(REAL, "pixels", inputs=("pixels",)),
        "pixels: a loop must hold a delay, not be pixels -> pixels within one time step",
    ),
    (
        "inputs_come_before",
        changed(MIXED, "loop", projection1__steps_late=0),
        "loop: a loop must hold a delay, not be loop -> loop within one time step",
    ),
    (
        "ends_are_ends",
        REAL.with_layers(REAL.layers[:-1]),
        "fc2_norm: the last layer, and no other, must give the scores, not BatchNorm",
    ),
    (
        "ends_are_ends",
        REAL.with_layers(
            (*REAL.layers[:2], dataclasses.replace(REAL["pixels"], name="again"), *REAL.layers[2:])
        ),
        "again: the first layer, and no other, must be a source, not Input",
    ),
    (
        "ends_are_ends",
        changed(FRAMES.with_layers(FRAMES.layers[1:]), "fc1", inputs=()),
        "fc1: the first layer, and no other, must be a source, not Population",
    ),
    (
        "ends_are_ends",
        REAL.with_layers((*REAL.layers[:-1], REAL["scores"], Output(name="again", inputs=("scores",)))),
        "scores: the last layer, and no other, must give the scores, not Output",
    ),
    (
        "ends_are_ends",
        FRAMES.with_layers(FRAMES.layers[:-1]),
        "fc1: the last layer, and no other, must give the scores, not Population",
    ),
    (
        "inputs_are_there",
        with_past(Scale(name="past", factor=1.0)),
        "past: the layer must have inputs, not none",
    ),
    (
        "inputs_are_there",
        changed(REAL, "fc2", inputs=("fc1_neuron", "flatten")),
        "fc2: Linear must read one layer, not 2",
    ),
    (
        "inputs_are_there",
        changed(loop(delay=True), "before", inputs=("neuron", "pixels")),
        "before: Delay must read one layer, not 2",
    ),
    (
        "inputs_are_there",
        changed(MIXED, "both", inputs=("source", "source", "loop")),
        "both: the currents read must be those of a population, not of source",
    ),
    (
        "every_node_is_read",
        changed(REAL, "fc1", inputs=("pixels",)),
        "flatten: its output must be read by another layer, not by none",
    ),
    (
        "one_level",
        Graph(
            "net",
            (REAL.layers[0], dataclasses.replace(FRAMES["fc1"], inputs=("pixels",)), Output(name="o")),
        ),
        "fc1: the layer must be real-valued as the first one, not Population",
    ),
    (
        "one_level",
        Graph("net", (FRAMES.layers[0], Output(name="o", inputs=("encode",)))),
        "o: the layer must be integer as the first one, not Output",
    ),
]


@pytest.mark.parametrize(
    ("rule", "graph", "message"), BROKEN, ids=[f"{b[0]}-{i}" for i, b in enumerate(BROKEN)]
)
def test_a_broken_rule_is_named_with_its_sentence(rule: str, graph: Graph, message: str) -> None:
    with pytest.raises(RuleError) as error:
        check(graph)
    assert str(error.value).splitlines()[0] == f"{message}."
    complaint = first_complaint(graph)
    assert complaint is not None
    assert (complaint.node.name, complaint.text) == tuple(message.split(": ", 1))
    assert complaint.rule == rule


def test_the_rules_of_all_nodes_are_each_broken_by_a_test() -> None:
    assert {rule.__name__ for rule in GRAPH_RULES} == {rule for rule, _, _ in BROKEN}


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
        "pixels: time_steps (T) must be in 1..1024, not 0.\n"
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
        "    ^ input_is_in_range: time_steps (T) must be in 1..1024, not 0\n"
        "\n"
        "scores = Output(pixels)\n"
        '    source = ""\n'
        '    reduce = "mean"\n'
        "    beta = null"
    )


def test_of_several_broken_rules_the_first_node_is_named() -> None:
    graph = changed(changed(REAL, "scores", name="a b"), "pixels", scale=-1.0)
    complaint = first_complaint(graph)
    assert complaint is not None and complaint.node.name == "pixels"


def test_late_rules_come_after_those_of_all_nodes() -> None:
    """A delay is compared with what it reads, which stands behind it, once that is known to be sound."""
    broken = changed(loop(delay=True), "before", shape=(3,))
    complaint = first_complaint(changed(broken, "last", weight=np.ones((2, 3))))
    assert complaint is not None and complaint.node.name == "own"  # it reads what the delay says
    late = first_complaint(changed(broken, "own", weight=np.ones((2, 3))))
    assert late is not None
    assert (late.node.name, late.rule) == ("before", "delay_reads_events_of_its_shape")


def test_what_is_not_built_is_told_from_what_is_wrong() -> None:
    complaint = unsupported("x must be y, not z")
    assert complaint == "x must be y, not z" and isinstance(complaint, Unsupported)
    linear = REAL.of_type(Linear)[0]
    before = REAL.layers[: REAL.layers.index(linear) + 1]
    size = len(linear.weight)
    again = Diagonal(name="again", inputs=(linear.name,), weight=np.ones(size), bias=np.zeros(size))
    found = first_complaint(REAL.with_layers([*before, again, Output(name="s", inputs=("again",))]))
    assert found is not None and isinstance(found.text, Unsupported)
    wrong = first_complaint(changed(REAL, "pixels", scale=-1.0))
    assert wrong is not None and not isinstance(wrong.text, Unsupported)


def all_rules() -> set[Rule]:
    kinds = KINDS.nodes.values()
    return {*GRAPH_RULES, *(rule for kind in kinds for rule in (*kind.rules, *kind.late_rules))}


def test_every_rule_has_one_sentence_of_docstring() -> None:
    for rule in all_rules():
        text = (rule.__doc__ or "").strip()
        assert text.endswith(".") and "\n" not in text, rule
