"""quantise as a whole: structure, names, choices, offsets, refusals."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from dense_graphs import weight_of
from hand_graphs import add, inputs_of, linear, net, neuron, past, scores, x
from strategies import NetworkSpec, random_graph, random_inputs, random_network

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.text import to_text
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.population import Population, population_named
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme, SnapChoice
from asn2fpga.verify.reference import compare_reference

ASN = NeuronSemantics(model="asn", levels=2, alpha=0.0, beta=0.5)


def two_layers(
    semantics: NeuronSemantics = ASN, time_steps: int = 1, hidden: str = "fc1", bias: float = 0.0
) -> Graph:
    """2 events -> 1 neuron -> 1 score, all weights 1 or -1."""
    return Graph(
        "net",
        (
            Input(name="events", shape=(2,), encoding="events", time_steps=time_steps, max_count=3),
            Linear(name=hidden, inputs=("events",), weight=np.array([[1.0, -1.0]]), bias=np.array([bias])),
            Neuron(name="neuron", inputs=(hidden,), semantics=semantics),
            Linear(name="fc2", inputs=("neuron",), weight=np.array([[1.0]]), bias=np.array([0.5])),
            Output(name="scores", inputs=("fc2",)),
        ),
    )


def population(graph: Graph) -> Population:
    (layer,) = (layer for layer in graph.of_type(Population) if not layer.is_end)
    return layer


def readout(graph: Graph) -> Population:
    return population_named(graph, graph.readout.name)


def test_a_small_network_by_hand() -> None:
    quantised = quantise(two_layers(), Scheme(weight_bits=2, scale_method="maxabs"))
    layer = population(quantised.graph)
    # u = acc: level 1 at u > 0.5, level 2 at u >= 1.5
    assert weight_of(layer).tolist() == [[1, -1]]
    assert layer.graded.thresholds.tolist() == [[1, 2]]
    assert (str(layer.acc_type), str(layer.graded.threshold_type)) == ("s3", "s3")
    assert readout(quantised.graph).readout.bias.tolist() == [0]  # 0.5 is a tie: to even
    assert quantised.decisions.score_scale == 1.0
    assert quantised.reference["fc2"].bias.tolist() == [0.0]  # type: ignore[attr-defined]


def test_layers_are_named_after_the_linears() -> None:
    graph = quantise(random_graph(0, (6, 5, 4, 3))).graph
    assert [(layer.name, layer.source) for layer in graph.layers] == [
        ("encode", "pixels"),
        ("fc1", "fc1"),
        ("fc2", "fc2"),
        ("fc3", "fc3"),
    ]
    assert [layer.name for layer in quantise(two_layers(hidden="receive")).graph.layers] == [
        "receive_input",
        "receive",
        "fc2",
    ]


def test_the_lowest_level_goes_into_the_bias_of_the_consumer() -> None:
    lowered = dataclasses.replace(ASN, alpha=-1.0)
    plain, shifted = (quantise(two_layers(s, time_steps=3)) for s in (ASN, lowered))
    # One weight of 127 units; 3 time steps of the lowest level -1 each.
    assert readout(shifted.graph).readout.bias - readout(plain.graph).readout.bias == -3 * 127


def test_one_step_or_no_leak_is_stateless() -> None:
    assert not population(quantise(two_layers()).graph).graded.stateful
    forgetful = dataclasses.replace(ASN, beta=0.0)
    assert not population(quantise(two_layers(forgetful, time_steps=2)).graph).graded.stateful
    assert population(quantise(two_layers(time_steps=2)).graph).graded.stateful


def test_a_read_out_behind_a_frame_takes_one_step() -> None:
    graph = quantise(random_graph(0, (6, 3), time_steps=4)).graph
    assert readout(graph).time_steps == 1
    rules.check(graph)


def test_bits_a_layer() -> None:
    graph = quantise(random_graph(0), Scheme(weight_bits={"fc1": 3})).graph
    assert (population(graph).weight_bits, readout(graph).weight_bits) == ({"fc1": 3}, {"fc2": 8})
    assert np.abs(weight_of(population(graph))).max() == 3


def test_choices_without_data() -> None:
    graph = random_graph(0, alpha=0.4, integer_alpha=False)
    decisions = quantise(graph).decisions
    assert decisions.calibration_samples == 0
    assert [(item.layer, item.method, item.value) for item in decisions.alpha] == [
        ("fc1_neuron", "nearest", 0.0)
    ]
    assert [(item.layer, item.method, item.bits) for item in decisions.weights] == [
        ("fc1", "mse", 8),
        ("fc2", "mse", 8),
    ]


def test_choices_with_data_report_every_trial() -> None:
    graph = random_graph(0, alpha=0.4, integer_alpha=False)
    x = random_inputs(graph, 100)
    y = np.zeros(100, dtype=np.int64)
    decisions = quantise(graph, Scheme(), x, y).decisions
    (alpha,) = decisions.alpha
    assert [trial.choice for trial in alpha.trials] == ["nearest", "floor", "ceil", "exact"]
    assert alpha.method in ("nearest", "floor", "ceil")
    assert all(trial.accuracy is not None for trial in alpha.trials)
    assert [trial.choice for trial in decisions.weights[0].trials] == [
        "maxabs",
        "mse",
        "calibrated",
        "compensated",
    ]
    assert decisions.calibration_samples == 100
    assert all(trial.accuracy is None for trial in quantise(graph, Scheme(), x).decisions.alpha[0].trials)


@pytest.mark.parametrize(
    ("snap", "value", "top"),
    [("floor", -1.0, 4), ("nearest", 0.0, 4), ("ceil", 0.0, 4), ("exact", -0.4375, 64)],
)
def test_alpha_snapping_on_demand(snap: SnapChoice, value: float, top: int) -> None:
    graph = random_graph(0, alpha=-0.44, integer_alpha=False)
    quantised = quantise(graph, Scheme(alpha_snap=snap))
    assert quantised.decisions.alpha[0].value == value
    assert population(quantised.graph).graded.level_values[-1] == top


def test_an_alpha_trained_as_integer_is_not_snapped() -> None:
    quantised = quantise(random_graph(0, alpha=0.7), Scheme(alpha_snap="floor"))
    (alpha,) = quantised.decisions.alpha
    assert (alpha.method, alpha.trained, alpha.value) == ("integer", 0.7, 1.0)


def test_states_are_reported() -> None:
    quantised = quantise(random_graph(0, time_steps=2, beta=0.9), Scheme(state_frac_bits=3))
    (state,) = quantised.decisions.states
    assert (state.layer, state.state_frac_bits) == ("fc1", 3)
    assert (state.leak_multiplier, state.leak_shift, state.trained_beta) == (230, 8, 0.9)


def test_the_same_input_gives_the_same_integers() -> None:
    graph = random_graph(0, (20, 10, 5), time_steps=2)
    x = random_inputs(graph, 200)
    assert to_text(quantise(graph, Scheme(), x).graph) == to_text(quantise(graph, Scheme(), x).graph)


def test_zero_weights_are_taken() -> None:
    graph = random_network(NetworkSpec(sizes=(4, 3, 2), time_steps=2))
    zero = {
        name: dataclasses.replace(graph[name], weight=np.zeros_like(graph[name].weight))
        for name in ("fc1", "fc2")
    }
    quantised = quantise(graph.with_layers(zero.get(layer.name, layer) for layer in graph.layers))
    rules.check(quantised.graph)
    assert not weight_of(readout(quantised.graph)).any()


def test_scores_of_more_than_32_bits_are_refused() -> None:
    graph = two_layers()
    wide = dataclasses.replace(graph["fc2"], bias=np.array([1e9]))
    with pytest.raises(UnsupportedError) as error:
        quantise(graph.replace("fc2", wide))
    assert str(error.value) == (
        "fc2: scores must fit 32 bits, not 38; use fewer time steps, fewer weight bits or a smaller bias."
    )


def test_labels_must_fit_the_data() -> None:
    graph = random_graph(0)
    with pytest.raises(InputError) as error:
        quantise(graph, Scheme(), random_inputs(graph, 5), np.zeros(4))
    assert str(error.value) == "calibration: y must have shape (5,), not (4,)."


def test_calibration_data_must_fit_the_input() -> None:
    with pytest.raises(InputError) as error:
        quantise(random_graph(0), Scheme(), np.zeros((5, 16), dtype=np.uint8))
    assert str(error.value) == "calibration: x must have shape (samples, 2, 8), not (5, 16)."


def ending_with(*last: Node) -> Graph:
    """The input, fc1 and its neurons, and what follows them."""
    layers = (*two_layers().layers[:3], *last)
    return Graph("net", (*layers, Output(name="scores", inputs=(layers[-1].name,))))


def norm(inputs: str) -> BatchNorm:
    return BatchNorm(name="norm", inputs=(inputs,), gain=np.array([2.0]), shift=np.array([0.5]))


def last(name: str, inputs: str) -> Linear:
    return Linear(name=name, inputs=(inputs,), weight=np.ones((1, 1)), bias=np.zeros(1))


@pytest.mark.parametrize(
    ("nodes", "message"),
    [
        (
            (norm("fc1"), Neuron(name="again", inputs=("norm",), semantics=ASN), last("fc2", "again")),
            "norm: BatchNorm must stand after a Linear layer, or a sum of some, that nothing else reads, or "
            "before Linear layers only, not here; its gain and shift become part of their weights.",
        ),
    ],
)
def test_what_is_no_network_is_refused(nodes: tuple[Node, ...], message: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        quantise(ending_with(*nodes))
    assert str(error.value) == message


def test_a_network_must_have_an_end() -> None:
    with pytest.raises(UnsupportedError) as error:
        quantise(two_layers().with_layers(two_layers().layers[:3]))
    assert str(error.value) == "net: the network must end with a Linear layer, not Neuron 'neuron'."


def with_a_loop(alpha: float) -> Graph:
    loop = (past("before", "n"), linear("back", "before"), linear("fc1", "x"), add("sum", "fc1", "back"))
    neurons = neuron("n", "sum", alpha=alpha, beta=0.0, integer_alpha=False)
    return net(x(time_steps=3), *loop, neurons, linear("fc2", "n"), scores("fc2"))


@pytest.mark.parametrize("alpha", [0.0, -1.0, -3.0, -0.25])
@pytest.mark.parametrize("snap", ["nearest", "exact"])
def test_a_loop_starts_from_0_whatever_the_lowest_level(alpha: float, snap: SnapChoice) -> None:
    graph = with_a_loop(alpha)
    quantised = quantise(graph, Scheme(alpha_snap=snap))
    rules.check(quantised.graph)
    assert compare_reference(quantised.reference, quantised.graph, inputs_of(graph, 100)).exact


@pytest.mark.parametrize(("alpha", "built"), [(1.0, "1"), (-4.0, "-4"), (0.25, "0.25")])
def test_a_loop_whose_neurons_never_send_0_is_refused(alpha: float, built: str) -> None:
    with pytest.raises(UnsupportedError) as error:
        quantise(with_a_loop(alpha), Scheme(alpha_snap="exact"))
    assert str(error.value) == (
        f"net.n: alpha of neurons that read themselves must be in -3..0, not {built}; before the first "
        "time step they sent 0, which must be within their levels."
    )


@pytest.mark.parametrize("nodes", [(), (norm("neuron"),)])
def test_spikes_as_scores_get_synapses_of_their_own(nodes: tuple[Node, ...]) -> None:
    graph = ending_with(*nodes)
    quantised = quantise(graph)
    rules.check(quantised.graph)
    name = f"{graph.layers[-2].name}_to_scores"
    assert [layer.name for layer in quantised.graph.layers] == ["receive", "fc1", name]
    assert compare_reference(quantised.reference, quantised.graph, random_inputs(graph, 50)).exact
