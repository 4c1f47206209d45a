"""The real-valued network against the equations, written out by hand."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from strategies import random_graph, random_inputs

from asn2fpga.graph.arrays import as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, fire, level_of
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.reference.float_model import simulate


def asn(**fields: object) -> NeuronSemantics:
    values: dict[str, object] = {"model": "asn", "levels": 4, "alpha": 0.0, "beta": 0.5}
    return NeuronSemantics(**{**values, **fields})  # type: ignore[arg-type]


def test_rounding_modes() -> None:
    ties = np.array([-0.5, 0.5, 1.5, 2.5, 3.5, 9.0])
    assert level_of(asn(), ties).tolist() == [0, 0, 2, 2, 4, 4]
    assert level_of(asn(round_mode="half_up"), ties).tolist() == [0, 1, 2, 3, 4, 4]


def test_alpha_moves_the_window() -> None:
    drive = np.array([-9.0, 0.2, 1.0, 9.0])
    assert level_of(asn(alpha=-1.0), drive).tolist() == [-1, 0, 1, 3]
    assert level_of(asn(alpha=0.3), drive).tolist() == [0, 0, 1, 4]
    assert level_of(asn(alpha=0.3, integer_alpha=False), drive).tolist() == [0.3, 0.3, 1, 4.3]


def test_membrane_leaks_after_the_reset() -> None:
    drive = np.array([1.4, 0.4, 5.0]).reshape(1, 3, 1)
    # U = 1.4, S = 1, H = 0.2;  U = 0.6, S = 1, H = -0.2;  U = 4.8, S = 4
    assert fire(asn(), drive).ravel().tolist() == [1, 1, 4]
    # beta = 1: U = 1.4, S = 1, H = 0.4;  U = 0.8, S = 1, H = -0.2;  U = 4.8
    assert fire(asn(beta=1.0), drive).ravel().tolist() == [1, 1, 4]
    # beta = 0: no membrane
    assert fire(asn(beta=0.0), drive).ravel().tolist() == [1, 0, 4]


def test_the_threshold_scales_the_reset() -> None:
    drive = np.array([0.7, 0.2]).reshape(1, 2, 1)
    # threshold 0.5: U = 0.7, S = 1, H = 0.1; U = 0.3, S = 1
    assert fire(asn(threshold=0.5), drive).ravel().tolist() == [1, 1]


@pytest.mark.parametrize(("reduce", "scores"), [("sum", [9.0]), ("mean", [3.0])])
def test_a_static_score_is_presented_at_every_step(reduce: str, scores: list[float]) -> None:
    layers = (
        Input(name="pixels", shape=(2, 1), encoding="frames", time_steps=3, scale=0.5),
        Scale(name="double", inputs=("pixels",), factor=2.0),
        Flatten(name="flatten", inputs=("double",)),
        Linear(name="fc", inputs=("flatten",), weight=np.array([[1.0, 1.0]]), bias=np.zeros(1)),
        Output(name="scores", inputs=("fc",), reduce=reduce),  # type: ignore[arg-type]
    )
    assert simulate(Graph("net", layers), np.array([[[1], [2]]], dtype=np.uint8)).scores.tolist() == [scores]


def test_nasn_divides_what_it_sends() -> None:
    neuron = NeuronSemantics(model="nasn", levels=4, alpha=0.0, beta=0.5, output_scale=0.25)
    layers = (
        Input(name="events", shape=(1,), encoding="events", time_steps=2, max_count=9),
        Linear(name="fc1", inputs=("events",), weight=np.array([[1.0]]), bias=np.zeros(1)),
        Neuron(name="neuron", inputs=("fc1",), semantics=neuron),
        Linear(name="fc2", inputs=("neuron",), weight=np.array([[1.0]]), bias=np.zeros(1)),
        Output(name="scores", inputs=("fc2",), reduce="sum"),
    )
    trace = simulate(Graph("net", layers), np.array([[[3], [9]]]))
    assert trace.spikes["neuron"].ravel().tolist() == [3, 4]
    assert trace.scores.tolist() == [[1.75]]


def identity(name: str, read: str, weight: float = 1.0) -> Linear:
    return Linear(name=name, inputs=(read,), weight=np.array([[weight]]), bias=np.zeros(1))


def test_branches_are_added_and_stand_side_by_side() -> None:
    layers = (
        Input(name="events", shape=(1,), encoding="events", time_steps=2, max_count=9),
        identity("fc1", "events"),
        Neuron(name="n1", inputs=("fc1",), semantics=asn()),
        identity("fc2", "n1", 0.5),
        Add(name="sum", inputs=("fc1", "fc2")),
        Neuron(name="n2", inputs=("sum",), semantics=asn()),
        Concat(name="both", inputs=("n1", "n2", "events")),
        Linear(name="fc3", inputs=("both",), weight=np.array([[1.0, 10.0, 100.0]]), bias=np.zeros(1)),
        Output(name="scores", inputs=("fc3",), reduce="sum"),
    )
    trace = simulate(Graph("net", layers), np.array([[[1], [2]]]), keep=("sum", "both"))
    # n1: U = 1, S = 1, H = 0; U = 2, S = 2.  sum = 1.5, 3: U = 1.5, S = 2, H = -0.25; U = 2.75, S = 3
    assert trace.spikes["n1"].ravel().tolist() == [1, 2]
    assert trace.values["sum"].ravel().tolist() == [1.5, 3]
    assert trace.spikes["n2"].ravel().tolist() == [2, 3]
    assert trace.values["both"].tolist() == [[[1, 2, 1], [2, 3, 2]]]
    assert trace.scores.tolist() == [[121 + 232]]


def test_a_frame_beside_events_is_there_at_every_time_step() -> None:
    layers = (
        Input(name="pixels", shape=(1,), encoding="frames", time_steps=2),
        identity("fc1", "pixels", 0.75),
        Neuron(name="n", inputs=("fc1",), semantics=asn()),
        Concat(name="both", inputs=("pixels", "n")),
        Linear(name="fc2", inputs=("both",), weight=np.array([[1.0, 10.0]]), bias=np.zeros(1)),
        Output(name="scores", inputs=("fc2",), reduce="sum"),
    )
    trace = simulate(Graph("net", layers), np.array([[1]], dtype=np.uint8))
    # U = 0.75, S = 1, H = -0.125; U = 0.625, S = 1
    assert trace.scores.tolist() == [[22.0]]


@pytest.mark.parametrize("output_scale", [1.0, 0.25])
def test_a_loop_feeds_back_what_was_sent_a_time_step_ago(output_scale: float) -> None:
    layers = (
        Input(name="events", shape=(1,), encoding="events", time_steps=3, max_count=9),
        Delay(name="before", inputs=("n",), shape=(1,)),
        identity("back", "before", 2.0),
        identity("fc1", "events"),
        Add(name="sum", inputs=("fc1", "back")),
        Neuron(name="n", inputs=("sum",), semantics=asn(beta=0.0, output_scale=output_scale)),
        identity("fc2", "n"),
        Output(name="scores", inputs=("fc2",), reduce="sum"),
    )
    trace = simulate(Graph("net", layers), np.array([[[1], [0], [1]]]), keep=("before", "sum", "n"))
    # sums: 1; 0 + 2 * 1; 1 + 2 * 2 = 5, of which 4 are fired.  With a quarter: 1; 0.5, a tie; 1
    fired = [1, 2, 4] if output_scale == 1 else [1, 0, 1]
    assert trace.spikes["n"].ravel().tolist() == fired
    assert trace.values["n"].ravel().tolist() == [value * output_scale for value in fired]
    assert trace.values["before"].ravel().tolist() == [0, *(value * output_scale for value in fired[:2])]
    assert trace.scores.tolist() == [[sum(fired) * output_scale]]


def test_step_by_step_is_what_whole_sequences_give() -> None:
    layers = [
        dataclasses.replace(layer, weight=np.rint(8 * as_real(layer.weight)) / 8)
        if isinstance(layer, Linear)
        else layer
        for layer in random_graph(1, (6, 5, 3), time_steps=4, encoding="events", model="nasn").layers
    ]
    silent = (
        *layers[:2],
        Delay(name="before", inputs=("fc1_neuron",), shape=(5,), steps=2),
        Linear(name="back", inputs=("before",), weight=np.zeros((5, 5)), bias=np.zeros(5)),
        layers[2],
        Add(name="sum", inputs=("fc1", "back")),
        dataclasses.replace(layers[3], inputs=("sum",)),
        *layers[4:],
    )
    graph = Graph("net", tuple(layers))
    x = random_inputs(graph, 50)
    whole, stepwise = simulate(graph, x), simulate(Graph("net", silent), x)
    assert np.array_equal(whole.scores, stepwise.scores)
    assert np.array_equal(whole.spikes["fc1_neuron"], stepwise.spikes["fc1_neuron"])


def test_chunks_do_not_matter() -> None:
    graph = random_graph(0, (4, 3, 2), time_steps=2)
    x = random_inputs(graph, 1100)
    whole = simulate(graph, x)
    assert whole.scores.shape == (1100, 2)
    assert np.array_equal(whole.scores[1050:], simulate(graph, x[1050:]).scores)
    assert simulate(graph, x[:0]).scores.shape == (0, 2)
