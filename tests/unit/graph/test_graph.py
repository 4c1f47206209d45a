"""What a graph answers: its two ends, who reads what, edges with and without a delay; and how it changes."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from dense_graphs import dense_graph
from mixed_graphs import mixed_graph

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.nodes import foldable_nodes, integer_node, integer_nodes, real_nodes
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.population import Population, population_named
from asn2fpga.kinds.sources.input import Input, input_of
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.kinds.synapses.dense import Linear

REAL = Graph(
    "net",
    (
        Input(name="pixels", shape=(4,), encoding="frames", time_steps=1),
        Linear(name="fc1", inputs=("pixels",), weight=np.ones((3, 4)), bias=np.zeros(3)),
        Output(name="output", inputs=("fc1",)),
    ),
)
INTEGER = dense_graph(4, 6, 5)
MIXED = mixed_graph()
LOOP = Graph(
    "loop",
    (
        Input(name="pixels", shape=(4,), encoding="frames", time_steps=3),
        Linear(name="fc1", inputs=("pixels",), weight=np.ones((3, 4)), bias=np.zeros(3)),
        Delay(name="before", inputs=("neuron",), shape=(3,)),
        Linear(name="own", inputs=("before",), weight=np.ones((3, 3)), bias=np.zeros(3)),
        Add(name="sum", inputs=("fc1", "own")),
        Neuron(name="neuron", inputs=("sum",), semantics=NeuronSemantics("ilif", 4, 0.0, 0.5)),
        Linear(name="fc2", inputs=("neuron",), weight=np.ones((2, 3)), bias=np.zeros(2)),
        Output(name="output", inputs=("fc2",)),
    ),
)


def names(nodes: tuple[Node, ...]) -> list[str]:
    return [node.name for node in nodes]


def test_ends_of_both_kinds_of_graph() -> None:
    assert (REAL.source.name, REAL.readout.name, REAL.classes) == ("pixels", "output", 3)
    assert (INTEGER.source.name, INTEGER.readout.name, INTEGER.classes) == ("source", "fc2", 5)
    assert input_of(REAL) is REAL.layers[0]
    assert source_of(INTEGER) is INTEGER.layers[0]


def test_a_graph_of_the_other_kind_has_none_of_these_ends() -> None:
    with pytest.raises(ValueError, match=r"^net: source is no input of a real-valued graph$"):
        input_of(INTEGER)
    with pytest.raises(ValueError, match=r"^net: pixels is no input of an integer graph$"):
        source_of(REAL)


def test_a_graph_without_one_end_says_so() -> None:
    with pytest.raises(ValueError, match=r"^net: the graph must have one node that gives the scores, not 0$"):
        _ = INTEGER.with_layers(INTEGER.layers[:-1]).readout
    with pytest.raises(ValueError, match=r"^net: the graph must have one source, not 2$"):
        _ = REAL.with_layers((REAL.layers[0], *REAL.layers)).source


def test_nodes_are_found_by_name() -> None:
    assert REAL["fc1"] is REAL.layers[1]
    assert "fc1" in REAL and "fc2" not in REAL
    with pytest.raises(KeyError, match=r"^'fc2'$"):
        _ = REAL["fc2"]
    assert names(MIXED.of_type(Population)) == ["loop", "both", "scores"]


def test_nodes_of_the_other_level_are_refused_by_name() -> None:
    assert names(integer_nodes(MIXED)) == ["source", "loop", "both", "scores"]
    assert names(foldable_nodes(MIXED)) == ["loop", "both", "scores"]
    assert integer_node(MIXED, "loop") is MIXED["loop"]
    assert population_named(MIXED, "loop") is MIXED["loop"]
    with pytest.raises(TypeError, match=r"^pixels: Input is no layer of hardware$"):
        integer_nodes(REAL)
    with pytest.raises(TypeError, match=r"^fc1: Linear is no layer of hardware$"):
        integer_node(REAL, "fc1")
    with pytest.raises(TypeError, match=r"^source: Encode is no step of a trained network$"):
        real_nodes(MIXED)
    with pytest.raises(TypeError, match=r"^source: Encode is no population$"):
        population_named(MIXED, "source")


def test_readers_of_events_and_of_currents() -> None:
    assert names(MIXED.consumers("source")) == ["loop", "both", "scores"]
    assert names(MIXED.consumers("loop")) == ["loop", "both", "scores"]
    assert [MIXED.reads_currents(node.name) for node in MIXED.layers] == [False, True, False, False]


def test_edges_into_a_node_are_what_it_reads_at_each_input() -> None:
    both = MIXED["both"]
    assert MIXED.edges_into(both) == (MIXED.edges["source"], MIXED.currents["loop"], MIXED.edges["loop"])
    assert list(MIXED.currents) == ["loop", "both"]  # whether anything reads them or not


@pytest.mark.parametrize(("graph", "name"), [(LOOP, "before"), (MIXED, "loop")])
def test_what_comes_with_a_delay_has_an_edge_all_the_same(graph: Graph, name: str) -> None:
    later = "neuron" if graph is LOOP else "loop"
    assert graph.edges[later] in graph.edges_into(graph[name])


def test_a_delayed_edge_does_not_change_what_a_node_sends() -> None:
    assert str(LOOP.edges["before"]) == "real[3]"
    assert (LOOP.edges["before"].carries, LOOP.edges["before"].is_frame) == ("events", False)
    assert not LOOP.edges["sum"].is_frame and LOOP.edges["fc1"].is_frame


def test_a_replaced_node_is_read_under_its_new_name() -> None:
    other = Linear(name="other", inputs=("pixels",), weight=np.ones((2, 4)), bias=np.zeros(2))
    changed = REAL.replace("fc1", other)
    assert names(changed.layers) == ["pixels", "other", "output"]
    assert changed["output"].inputs == ("other",)
    assert REAL["output"].inputs == ("fc1",) and REAL.classes == 3


def test_a_node_that_reads_itself_does_so_under_its_new_name() -> None:
    changed = MIXED.replace("loop", replace(MIXED["loop"], name="ring"))
    assert changed["ring"].inputs == ("source", "ring")
    assert changed["both"].inputs == ("source", "ring", "ring")


def test_a_node_is_taken_out_and_its_readers_read_its_input() -> None:
    changed = LOOP.without("fc2")
    assert changed["output"].inputs == ("neuron",)
    assert names(changed.layers) == [name for name in names(LOOP.layers) if name != "fc2"]
    with pytest.raises(ValueError, match="unpack"):
        LOOP.without("sum")  # which of its two inputs?


def test_what_does_not_read_the_name_stays_as_it_is() -> None:
    assert LOOP.replace("neuron", LOOP["neuron"]) is LOOP
    changed = LOOP.replace("neuron", replace(LOOP["neuron"], name="fires"))
    pairs = zip(LOOP.layers, changed.layers, strict=True)
    assert names(tuple(old for old, new in pairs if old is not new)) == ["before", "neuron", "fc2"]
