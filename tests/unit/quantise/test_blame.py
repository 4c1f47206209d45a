"""Which layer loses accuracy, and which option of `build` repairs it."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from strategies import NetworkSpec, random_inputs, random_network

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.blame import Judge, Suspects
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model

SPEC = NetworkSpec(seed=1, sizes=(24, 20, 16, 6))


def suspects(graph: Graph, scheme: Scheme, calibration: Array | None = None) -> Suspects:
    """Of a network whose own classes are the right ones."""
    x = random_inputs(graph, 400)
    labels = float_model.simulate(graph, x).scores.argmax(axis=1)
    quantised = quantise(graph, scheme, calibration)
    return Suspects(graph, quantised.reference, scheme, calibration, Judge(x, labels))


def prepared(**fields: object) -> Graph:
    """A network whose weights are integers of 8 bits times a scale: so many bits lose next to nothing."""
    return rounded(random_network(dataclasses.replace(SPEC, **fields)))  # type: ignore[arg-type]


def rounded(network: Graph) -> Graph:
    """The network prepared, with the weights that its integers of 8 bits stand for."""
    graph, integer = prepare(network), quantise(network).reference
    return graph.with_layers(
        integer[layer.name] if isinstance(layer, Linear) else layer for layer in graph.layers
    )


def linear(graph: Graph, name: str) -> Linear:
    layer = graph[name]
    assert isinstance(layer, Linear)
    return layer


def with_a_large_weight_that_is_never_used(graph: Graph) -> Graph:
    """fc3 has it, and neuron 3 of fc2, which it reads, does not fire."""
    weight, bias = linear(graph, "fc3").weight.copy(), linear(graph, "fc2").bias.copy()
    weight[:, 3], weight[2, 3], bias[3] = 0.0, -3000.0, -1e6
    graph = graph.replace("fc3", dataclasses.replace(linear(graph, "fc3"), weight=weight))
    return graph.replace("fc2", dataclasses.replace(linear(graph, "fc2"), bias=bias))


def test_a_judge_counts_exactly() -> None:
    judge = Judge(np.zeros((300, 1)), np.zeros(300, np.int64))
    scores = np.zeros((300, 2))
    scores[7:10, 1] = 1.0
    assert judge.right(scores) == 297
    assert [judge.lose_a_point(lost) for lost in (-1, 3, 4)] == [False, False, True]
    assert [judge.first(50).lose_a_point(lost) for lost in (1, 2)] == [False, True]
    assert judge.first(8).right(scores[:8]) == 7


@pytest.mark.parametrize("layer", ["fc1", "fc2", "fc3"])
def test_the_layer_of_few_bits_is_named_and_gets_more_of_them(layer: str) -> None:
    found = suspects(prepared(), Scheme(weight_bits={layer: 2}, scale_method="maxabs"))
    worst = found.losses[0]
    assert (worst.layer, worst.part) == (layer, "weights")
    assert found.judge.lose_a_point(worst.lost)
    assert not any(found.judge.lose_a_point(loss.lost) for loss in found.losses[1:])
    remedy = found.remedy(worst)
    assert remedy is not None and not found.judge.lose_a_point(400 - remedy.right)
    option, values = remedy.option.split()
    bits = dict(value.split("=") for value in values.split(","))
    assert option == "--weight-bits"
    assert {name: bits[name] == "8" for name in bits if name != layer} == {
        name: True for name in ("fc1", "fc2", "fc3") if name != layer
    }
    assert 2 < int(bits[layer]) <= 8


def test_a_remedy_does_what_it_says() -> None:
    graph = prepared()
    found = suspects(graph, Scheme(weight_bits={"fc2": 2}))
    remedy = found.remedy(found.losses[0])
    assert remedy is not None
    values = dict(value.split("=") for value in remedy.option.removeprefix("--weight-bits ").split(","))
    scheme = Scheme(weight_bits={name: int(bits) for name, bits in values.items()}, scale_method="mse")
    assert suspects(graph, scheme).right(quantise(graph, scheme).reference) == remedy.right


def test_several_layers_get_more_bits_if_one_is_not_enough() -> None:
    found = suspects(prepared(), Scheme(weight_bits=2))
    remedy = found.remedy(found.losses[0])
    assert remedy is not None and "=2" not in remedy.option.replace(f"{found.losses[-1].layer}=2", "")


def test_another_scale_is_found_before_more_bits() -> None:
    found = suspects(with_a_large_weight_that_is_never_used(prepared()), Scheme(scale_method="maxabs"))
    assert found.losses[0].layer == "fc3"
    remedy = found.remedy(found.losses[0])
    assert remedy is not None and remedy.option == "--scale-method clipped"
    assert found.spread("fc3") > 1000


def test_calibrated_scales_are_tried_if_the_model_has_data() -> None:
    graph = prepared()
    found = suspects(graph, Scheme(weight_bits=4, scale_method="maxabs"), random_inputs(graph, 50, seed=5))
    tried = [remedy.option.split()[1] for remedy in found._scales()]
    assert tried == ["maxabs", "mse", "calibrated", "clipped", "compensated"]
    without = dataclasses.replace(found, calibration=None)
    assert [remedy.option.split()[1] for remedy in without._scales()] == ["maxabs", "mse", "clipped"]


def test_a_snapped_alpha_is_blamed_and_another_one_found() -> None:
    found = suspects(prepared(alpha=-0.4375, integer_alpha=False), Scheme(alpha_snap="floor"))
    worst = found.losses[0]
    assert worst.part == "alpha" and worst.lost > 0
    assert {loss.part for loss in found.losses} == {"weights", "alpha"}
    remedy = found.remedy(worst)
    assert remedy is not None and remedy.option == "--alpha-snap exact"


def with_branches() -> Graph:
    """Two branches of the input on one sum, a current that goes on, and a read-out of all events."""
    random = np.random.default_rng(4)

    def synapses(name: str, read: str, inputs: int, outputs: int) -> Linear:
        weight, bias = random.normal(size=(outputs, inputs)) / 2, random.normal(size=outputs)
        return Linear(name=name, inputs=(read,), weight=weight, bias=bias)

    def neurons(name: str, read: str) -> Neuron:
        semantics = NeuronSemantics(model="asn", levels=4, alpha=0.0, beta=0.5)
        return Neuron(name=name, inputs=(read,), semantics=semantics)

    return Graph(
        "net",
        (
            Input(name="events", shape=(16,), encoding="events", time_steps=1, max_count=3),
            synapses("fc1", "events", 16, 20),
            neurons("n1", "fc1"),
            synapses("fc2", "n1", 20, 20),
            synapses("fc3", "events", 16, 20),
            Add(name="sum", inputs=("fc1", "fc2", "fc3")),
            neurons("n2", "sum"),
            Concat(name="both", inputs=("n1", "n2")),
            synapses("fc4", "both", 40, 5),
            Output(name="scores", inputs=("fc4",)),
        ),
    )


def test_layers_on_one_sum_are_told_apart() -> None:
    found = suspects(rounded(with_branches()), Scheme(weight_bits={"fc2": 2}))
    assert sorted(loss.layer for loss in found.losses) == ["fc1", "fc2", "fc3", "fc4"]
    worst = found.losses[0]
    assert worst.layer == "fc2" and found.judge.lose_a_point(worst.lost)
    remedy = found.remedy(worst)
    assert remedy is not None and remedy.option.startswith("--weight-bits fc1=8,fc2=")
    assert not found.judge.lose_a_point(400 - remedy.right)


def test_what_no_option_repairs_has_no_remedy() -> None:
    found = suspects(
        prepared(alpha=-0.46, integer_alpha=False), Scheme(alpha_snap="floor", alpha_frac_bits=1)
    )
    assert found.losses[0].part == "alpha"
    assert found.remedy(found.losses[0]) is None


def test_layers_without_weights_have_no_spread() -> None:
    graph = prepared()
    zero = dataclasses.replace(linear(graph, "fc2"), weight=np.zeros((16, 20)))
    assert suspects(graph.replace("fc2", zero), Scheme()).spread("fc2") == 1.0
