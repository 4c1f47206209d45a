"""Edges: what nodes send, the word of one event, and how messages name an element."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from mixed_graphs import NEURONS, mixed_graph
from strategies import random_graph, small_integer_graph

from asn2fpga.graph.edge import Edge, EventFormat
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.nodes import senders
from asn2fpga.verify.vectors import event_messages

U3 = FixedType(3, False)


@pytest.mark.parametrize(("neurons", "bits"), [(1, 1), (2, 1), (3, 2), (4, 2), (5, 3), (784, 10), (1024, 10)])
def test_address_is_ceil_log2_and_at_least_one_bit(neurons: int, bits: int) -> None:
    assert EventFormat(neurons, FixedType(3, False)).address_bits == bits


def test_end_is_the_top_bit() -> None:
    format_ = EventFormat(784, FixedType(8, False))
    assert (format_.width_bits, format_.end_word) == (19, 1 << 18)


def test_formats_and_ends_of_layers() -> None:
    graph = small_integer_graph(1, (16, 8, 4), levels=4, time_steps=3)
    encode, population, readout = (graph.edges[node.name] for node in graph.layers)
    assert encode.format == EventFormat(16, FixedType(8, False))
    assert population.format == EventFormat(8, U3)
    assert [encode.steps, population.steps, readout.steps] == [1, 3, 1]
    assert [edge.time_steps for edge in (encode, population, readout)] == [3, 3, 3]
    assert [edge.carries for edge in (encode, population, readout)] == ["events", "events", "scores"]
    assert [node.name for node in senders(graph)] == ["encode", "fc1"]
    with pytest.raises(AssertionError):
        _ = readout.format


def test_received_events_end_every_time_step() -> None:
    graph = small_integer_graph(1, (16, 8, 4), encoding="events", time_steps=3, max_count=3)
    edge = graph.edges[graph.layers[0].name]
    assert edge.format == EventFormat(16, FixedType(2, False))
    assert edge.steps == 3


def test_the_words_in_the_specification_are_true() -> None:
    text = (Path(__file__).parents[3] / "docs" / "spec" / "events.md").read_text()
    counts = np.array([[[0, 1, 0, 0, 3], [0, 0, 0, 0, 0]]])
    words = event_messages(EventFormat(5, FixedType(2, False)), counts).words
    assert f"\n    {'  '.join(format(int(word), '06b') for word in words)}\n" in text


def shown(graph: Graph) -> dict[str, str]:
    return {name: str(edge) for name, edge in graph.edges.items()}


def test_types_of_a_real_graph() -> None:
    graph = random_graph(0, (6, 4, 2), batch_norm=True)
    assert shown(graph) == {
        "pixels": "real[2,3]",
        "flatten": "real[6]",
        "fc1": "real[4]",
        "fc1_norm": "real[4]",
        "fc1_neuron": "real[4]",
        "fc2": "real[2]",
        "fc2_norm": "real[2]",
        "scores": "real[2]",
    }
    assert {name: edge.carries for name, edge in graph.edges.items()} == {
        "pixels": "events",
        "flatten": "events",
        "fc1": "currents",
        "fc1_norm": "currents",
        "fc1_neuron": "events",
        "fc2": "currents",
        "fc2_norm": "currents",
        "scores": "scores",
    }
    with pytest.raises(AssertionError, match=r"^real values have no integer type$"):
        _ = graph.edges["fc1"].fixed


def test_types_of_an_integer_graph() -> None:
    assert shown(small_integer_graph(0, (6, 4, 2))) == {"encode": "u8[2,3]", "fc1": "u3[4]", "fc2": "s32[2]"}


@pytest.mark.parametrize("frames", [True, False])
def test_what_stays_a_frame_until_neurons_fire(frames: bool) -> None:
    real = random_graph(0, (6, 4, 2), time_steps=3, encoding="frames" if frames else "events")
    still = {name: edge.is_frame for name, edge in real.edges.items() if edge.carries != "scores"}
    assert still == {
        "pixels": frames,
        "flatten": frames,
        "fc1": frames,
        "fc1_neuron": False,
        "fc2": False,
    }
    assert real.edges["scores"].is_frame


def test_currents_of_a_frame_alone_are_sent_once() -> None:
    frames = small_integer_graph(1, (16, 8, 4), time_steps=3)
    events = small_integer_graph(1, (16, 8, 4), time_steps=3, encoding="events")
    assert [graph.currents["fc1"].steps for graph in (frames, events)] == [1, 3]
    mixed = mixed_graph(frames=True)
    assert mixed.edges["source"].is_frame
    assert mixed.currents["loop"].steps == 3  # it also reads itself
    assert mixed.currents["loop"].type == mixed["loop"].acc_type  # type: ignore[attr-defined]


def test_counts_from_outside_reach_the_largest_of_their_type_and_others_their_levels() -> None:
    graph = small_integer_graph(0, encoding="events", max_count=4)
    assert (graph.edges["receive"].low, graph.edges["receive"].high) == (0, 7)
    assert (graph.edges["fc1"].low, graph.edges["fc1"].high) == (0, 4)


def test_edges_say_what_a_count_stands_for() -> None:
    graph = small_integer_graph(2, alpha=0.75, integer_alpha=False, alpha_snap="exact", levels=2)
    edge = graph.edges["fc1"]
    assert (edge.base, edge.frac_bits) == (12, 4)  # levels 0.75, 1, 2, 2.75
    assert (str(edge.type), edge.low, edge.high) == ("u6", 0, 32)
    loop = mixed_graph().edges["loop"]
    assert (loop.shape, loop.base, loop.frac_bits) == ((NEURONS,), -1, 0)


@pytest.mark.parametrize(
    ("shape", "element", "place"),
    [
        ((10,), 3, ""),
        ((2, 3), 5, " (y=1,x=2)"),
        ((3, 4, 5), 47, " (c=2,y=1,x=2)"),
        ((2, 2, 2, 2), 5, ""),
    ],
)
def test_messages_name_the_place_of_an_element_of_an_image(
    shape: tuple[int, ...], element: int, place: str
) -> None:
    assert Edge(shape, "events", U3).place(element) == place


def test_size_and_text() -> None:
    edge = Edge((3, 4), "events", U3, high=5, time_steps=2)
    assert (edge.size, edge.steps, str(edge)) == (12, 2, "u3[3,4]")
    assert str(Edge((3,), "currents")) == "real[3]"
