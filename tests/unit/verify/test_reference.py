"""Golden against the real-valued reference: ties, float64 at its limits, membranes, and a wrong golden."""

from __future__ import annotations

import dataclasses
from fractions import Fraction

import numpy as np
import pytest
from hand_graphs import add, cat, inputs_of, linear, net, neuron, past, scores, x
from strategies import random_graph, random_inputs, tied_weights

from asn2fpga.errors import MismatchError
from asn2fpga.graph.arrays import as_integer
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import Fires, NeuronSemantics
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.population import population_named
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.conv import Conv
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.kinds.synapses.diagonal import Diagonal
from asn2fpga.quantise.apply import Quantised, quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model
from asn2fpga.verify.exact import exact_level, exact_sum, of_neuron
from asn2fpga.verify.reference import compare_reference


def tied_network(
    alpha: float, round_mode: str = "half_even", bias: float = 0.0, time_steps: int = 1, beta: float = 0.5
) -> Quantised:
    """Weights and biases of multiples of 1/2 (exact at 4 bits): a good part of all sums are ties."""
    random = np.random.default_rng(7)
    neuron = NeuronSemantics(
        model="asn",
        levels=4,
        alpha=alpha,
        beta=beta,
        round_mode=round_mode,  # type: ignore[arg-type]
    )
    first, second = tied_weights(random, (20, 8)), tied_weights(random, (20, 20))
    first[:, 0], second[:, 0] = 3.5, -3.5
    layers = (
        Input(name="events", shape=(8,), encoding="events", time_steps=time_steps, max_count=3),
        Linear(name="fc1", inputs=("events",), weight=first, bias=np.full(20, bias)),
        Neuron(name="n1", inputs=("fc1",), semantics=neuron),
        Linear(name="fc2", inputs=("n1",), weight=second, bias=np.full(20, bias)),
        Neuron(name="n2", inputs=("fc2",), semantics=neuron),
        Linear(name="fc3", inputs=("n2",), weight=tied_weights(random, (3, 20)), bias=np.zeros(3)),
        Output(name="scores", inputs=("fc3",)),
    )
    return quantise(Graph("tied", layers), Scheme(weight_bits=4, scale_method="maxabs"))


def tied_inputs(count: int = 300, time_steps: int = 1) -> Array:
    return np.random.default_rng(8).integers(0, 4, (count, time_steps, 8))


@pytest.mark.parametrize("alpha", [0.0, -1.0, 1.0, -2.0])
@pytest.mark.parametrize("round_mode", ["half_even", "half_up"])
def test_ties_are_equal_to_the_last_one(alpha: float, round_mode: str) -> None:
    quantised = tied_network(alpha, round_mode)
    x = tied_inputs()
    drive = float_model.simulate(quantised.reference, x, keep=("fc1",)).values["fc1"]
    assert (np.abs(drive % 1) == 0.5).mean() > 0.3  # the test is about ties
    report = compare_reference(quantised.reference, quantised.graph, x)
    assert report.exact
    assert report.class_agreement == 1.0
    assert [layer.rounded for layer in report.layers] == [0, 0, 0]


@pytest.mark.parametrize("bias", [2.0**-56, -(2.0**-56)])
def test_where_float64_rounds_onto_a_tie_exact_arithmetic_decides(bias: float) -> None:
    report = compare_reference(*both(tied_network(0.0, bias=bias)), tied_inputs())
    assert report.exact
    assert report.layers[0].rounded > 0


def both(quantised: Quantised) -> tuple[Graph, Graph]:
    return quantised.reference, quantised.graph


def test_neurons_without_leak_are_exact_at_any_number_of_steps() -> None:
    report = compare_reference(*both(tied_network(-1.0, time_steps=4, beta=0.0)), tied_inputs(50, 4))
    assert report.exact
    assert not any(layer.stateful for layer in report.layers)


def test_membranes_of_exact_units_are_exact() -> None:
    # beta = 1/2, two steps, weights multiples of 1/2: nothing is rounded.
    report = compare_reference(*both(tied_network(-1.0, time_steps=2)), tied_inputs(200, 2))
    assert [layer.stateful for layer in report.layers] == [True, True, False]
    assert [layer.different for layer in report.layers] == [0, 0, 0]


def test_differences_of_rounded_membranes_are_counted_and_explained() -> None:
    graph = random_graph(1, (30, 40, 5), time_steps=6, beta=0.9)
    x = random_inputs(graph, 200)
    quantised = quantise(graph, Scheme(weight_bits=4, state_frac_bits=0))
    report = compare_reference(*both(quantised), x)
    hidden, scores = report.layers
    assert 0 < hidden.different < 0.1 * hidden.compared == 0.1 * 200 * 6 * 40
    assert (
        hidden.explanation == "membranes are rounded to 0 fractional bits of a weight unit, "
        "the leak is 230/256"
    )
    assert (scores.stateful, scores.different) == (False, 0)
    assert not report.exact
    finer = compare_reference(*both(quantise(graph, Scheme(weight_bits=4, state_frac_bits=12))), x)
    assert finer.layers[0].different < hidden.different


def test_a_wrong_threshold_is_found() -> None:
    quantised = tied_network(0.0)
    layer = population_named(quantised.graph, "fc2")
    thresholds = as_integer(layer.graded.thresholds).copy()
    thresholds[3] += 3
    wrong = dataclasses.replace(layer, neuron=dataclasses.replace(layer.graded, thresholds=thresholds))
    with pytest.raises(MismatchError) as error:
        compare_reference(quantised.reference, quantised.graph.replace("fc2", wrong), tied_inputs())
    assert str(error.value) == (
        "layer fc2, vector 3, time step 0, neuron 3: golden must be 4, as the real-valued reference, not 2."
    )


def test_a_wrong_read_out_is_found() -> None:
    quantised = tied_network(0.0)
    layer = population_named(quantised.graph, "fc3")
    wrong = dataclasses.replace(layer, neuron=dataclasses.replace(layer.readout, bias=np.array([0, 0, 1])))  # type: ignore[type-var]
    with pytest.raises(MismatchError, match=r"^layer fc3, vector 0, time step 0, neuron 2: golden must be "):
        compare_reference(quantised.reference, quantised.graph.replace("fc3", wrong), tied_inputs())


def test_levels_of_the_exact_neuron() -> None:
    neuron = NeuronSemantics(model="asn", levels=2, alpha=-0.25, beta=0.5, threshold=0.5, integer_alpha=False)
    potentials = (Fraction(-9), Fraction(1, 4), Fraction(1, 4) + Fraction(1, 2**80), Fraction(9))
    assert [exact_level(neuron, u, Fraction(1, 2)) for u in potentials] == [
        Fraction(-1, 4),
        0,
        1,
        Fraction(7, 4),
    ]


def test_exact_potentials() -> None:
    dense = Linear(name="a", weight=np.array([[1e16, 1.0, -1e16]]), bias=np.array([0.5]))
    assert exact_sum(dense, np.array([1.0, 1.0, 1.0]), 0) == Fraction(3, 2)
    single = Diagonal(name="b", weight=np.array([2.0, 2.0**-60]), bias=np.array([0.5, 1.0]))
    assert exact_sum(single, np.array([9.0, 2.0]), 1) == 1 + Fraction(1, 2**59)


def test_exact_sums_of_windows() -> None:
    """At the border only what lies on the map counts, and what stands beyond it as far as it is kept."""
    conv = Conv(
        name="a",
        weight=np.arange(1.0, 10).reshape(1, 1, 3, 3),
        bias=np.array([0.5]),
        window=Window(kernel=(3, 3), stride=(1, 1), padding=(1, 1, 1, 1)),
    )
    values = np.array([[[2.0**-60, 1.0], [0.0, 3.0]]])
    assert exact_sum(conv, values, 0) == Fraction(1, 2) + 5 * Fraction(1, 2**60) + 6 + 27
    beyond = dataclasses.replace(conv, beyond=2.0 * np.arange(1.0, 10).reshape(1, 3, 3))
    assert exact_sum(beyond, values, 3) == Fraction(1, 2) + Fraction(1, 2**60) + 2 + 15 + 2 * (
        3 + 6 + 7 + 8 + 9
    )


@pytest.mark.parametrize(
    ("fires", "signed", "levels"),
    [
        (">=", False, [0, 0, 0, 1, 1, 2, 2]),
        (">", False, [0, 0, 0, 0, 1, 1, 2]),
        (">=", True, [-2, -1, 0, 1, 1, 2, 2]),
        (">", True, [-2, 0, 0, 0, 1, 1, 2]),
    ],
)
def test_multiples_of_the_exact_neuron(fires: Fires, signed: bool, levels: list[int]) -> None:
    own = np.array([9.0, 0.5])
    neuron = NeuronSemantics("lif", 2, 0.0, 0.5, fires=fires, signed=signed, thresholds=own)
    least = Fraction(1, 2**80)
    half = Fraction(1, 2)
    potentials = (-1 - least, -half, half - least, half, half + least, Fraction(1), 1 + least)
    assert [exact_level(neuron, u, of_neuron(own, (2,), 1)) for u in potentials] == levels


def test_branches_currents_and_loops_are_exact_without_membranes() -> None:
    graph = net(
        x(time_steps=3),
        past("before", "n2"),
        linear("back", "before"),
        linear("fc1", "x"),
        neuron("n1", "fc1", alpha=-1.0, beta=0.0),
        linear("fc2", "n1"),
        add("sum", "fc1", "fc2", "back", "n1"),
        neuron("n2", "sum", beta=0.0, model="nasn", output_scale=0.25),
        cat("both", "x", "n2", "n1"),
        linear("fc3", "both", 12),
        linear("fc4", "n1"),
        add("end", "fc3", "fc4"),
        scores("end"),
    )
    quantised = quantise(graph, Scheme(weight_bits=4))
    report = compare_reference(*both(quantised), inputs_of(graph, 200))
    assert report.exact
    assert [layer.layer for layer in report.layers] == ["fc1", "n2", "fc4"]
    assert [layer.compared for layer in report.layers] == [200 * 3 * 4, 200 * 3 * 4, 200 * 4]


def test_a_wrong_shift_of_a_branch_is_found() -> None:
    graph = net(
        x(),
        linear("fc1", "x"),
        neuron("n1", "fc1"),
        linear("fc2", "n1"),
        linear("fc3", "x"),
        add("sum", "fc2", "fc3"),
        neuron("n2", "sum"),
        linear("fc4", "n2"),
        scores("fc4"),
    )
    quantised = quantise(graph, Scheme(weight_bits=4))
    layer = population_named(quantised.graph, "n2")
    shifted = tuple(dataclasses.replace(found, shift=found.shift + 1) for found in layer.projections[:1])
    wrong = dataclasses.replace(layer, projections=(*shifted, *layer.projections[1:]))
    with pytest.raises(
        MismatchError, match=r"^layer n2, vector \d+, time step 0, neuron \d: golden must be "
    ):
        compare_reference(quantised.reference, quantised.graph.replace("n2", wrong), inputs_of(graph, 200))


def test_all_zero_weights_are_compared_too() -> None:
    graph = random_graph(0, (4, 3), time_steps=3, encoding="events")
    zero = dataclasses.replace(graph["fc1"], weight=np.zeros((3, 4)))
    quantised = quantise(graph.replace("fc1", zero))
    assert compare_reference(*both(quantised), random_inputs(graph, 5)).exact
    nothing = dataclasses.replace(graph["fc1"], weight=np.zeros((3, 4)), bias=np.zeros(3))
    quantised = quantise(graph.replace("fc1", nothing))
    assert compare_reference(*both(quantised), random_inputs(graph, 5)).exact
