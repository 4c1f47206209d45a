"""The warning `accuracy_loss`: only where more than a point is lost, with the layer and a way out."""

from __future__ import annotations

import dataclasses
import re

import numpy as np
import pytest
from strategies import NetworkSpec, random_inputs, random_network

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.blame import Judge, Suspects
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model
from asn2fpga.stages.accuracy_loss import accuracy_loss
from asn2fpga.verify.reference import ReferenceReport, compare_reference
from asn2fpga.warning import BuildWarning

SPEC = NetworkSpec(seed=1, sizes=(24, 20, 6))


def network(bits: int = 8, **fields: object) -> Graph:
    """Weights are integers of `bits` bits times a scale: so many bits lose next to nothing."""
    random = random_network(dataclasses.replace(SPEC, **fields))  # type: ignore[arg-type]
    graph, rounded = (
        prepare(random),
        quantise(random, Scheme(weight_bits=bits, scale_method="maxabs")).reference,
    )
    return graph.with_layers(
        rounded[layer.name] if isinstance(layer, Linear) else layer for layer in graph.layers
    )


def warnings(
    graph: Graph, scheme: Scheme, labelled: bool = True, count: int = 400
) -> tuple[BuildWarning, ...]:
    x = random_inputs(graph, count)
    quantised = quantise(graph, scheme)
    real, integer = float_model.simulate(graph, x).scores, simulate(quantised.graph, x).scores
    suspects = Suspects(graph, quantised.reference, scheme, None, Judge(x, real.argmax(axis=1)))
    report = compare_reference(quantised.reference, quantised.graph, x[:100])
    return accuracy_loss(suspects, real, integer, report, labelled)


def test_nothing_lost_is_no_warning() -> None:
    assert warnings(network(), Scheme(scale_method="mse")) == ()


def test_the_layer_its_bits_the_loss_and_what_to_change() -> None:
    (warning,) = warnings(network(), Scheme(weight_bits={"fc1": 2}))
    assert (warning.code, warning.where) == ("accuracy_loss", "fc1")
    assert re.fullmatch(
        r"fc1: integer accuracy is \d\d\.\d\d %, float accuracy 100\.00 %; 2-bit weights of this layer alone "
        r"cost \d\d\.\d\d points; with --weight-bits fc1=\d,fc2=8 it is \d+\.\d\d % on 400 samples\.",
        warning.sentence,
    )


def test_without_labels_the_float_network_is_right() -> None:
    (warning,) = warnings(network(), Scheme(weight_bits={"fc2": 2}), labelled=False)
    assert re.match(
        r"fc2: the integer network finds the float network's class for only \d\d\.\d\d % of 400 samples; "
        r"2-bit weights of this layer alone cost ",
        warning.sentence,
    )


def test_an_integer_alpha_is_named() -> None:
    (warning,) = warnings(network(alpha=-0.4375, integer_alpha=False), Scheme(alpha_snap="floor"))
    assert "; the integer alpha of this layer alone costs " in warning.text
    assert warning.where == "fc1_neuron" and warning.hint.startswith("with --alpha-snap exact it is ")


def test_what_no_option_repairs_has_other_advice() -> None:
    graph = network(sizes=(24, 20, 16, 6), alpha=-0.46, integer_alpha=False)
    (alpha,) = warnings(graph, Scheme(alpha_snap="floor", alpha_frac_bits=1))
    assert alpha.hint == "train with integer_alpha=True"


@pytest.mark.parametrize(
    ("column", "hint"), [(slice(None), "train the network with weights"), (0, "its largest weight is ")]
)
def test_weights_that_no_option_repairs_have_other_advice(column: int | slice, hint: str) -> None:
    graph = network(sizes=(24, 6))
    linear = graph["fc1"]
    assert isinstance(linear, Linear)
    weight = linear.weight * 1e-4  # what tells one class from another is too fine for the scale
    weight[:, column] += 1.0 if isinstance(column, slice) else 3e3
    graph = graph.replace("fc1", dataclasses.replace(linear, weight=weight, bias=np.zeros(6)))
    (warning,) = warnings(graph, Scheme())
    assert warning.hint.startswith(hint)


def test_rounded_membranes_are_named() -> None:
    graph = network(bits=3, time_steps=6, beta=0.9, encoding="events")
    (warning,) = warnings(graph, Scheme(weight_bits=3, scale_method="maxabs", state_frac_bits=0))
    assert warning.where == "fc1"
    assert re.search(
        r"rounding membranes costs \d+\.\d\d points, most of it here: membranes are rounded to 0 frac",
        warning.text,
    )
    assert warning.hint == "use more fractional bits (--state-frac-bits, up to 16)"


@pytest.mark.parametrize(("time_steps", "count", "tried"), [(1, 2100, 2000), (8, 400, 400), (200, 210, 200)])
def test_layers_are_tried_on_a_part_of_many_samples(time_steps: int, count: int, tried: int) -> None:
    graph = network(time_steps=time_steps)
    (warning,) = warnings(graph, Scheme(weight_bits={"fc2": 2}), count=count)
    assert warning.hint.endswith(f"on {tried} samples")


def test_exactly_a_point_is_no_warning() -> None:
    graph, scores = network(), np.zeros((200, 6))
    suspects = Suspects(graph, graph, Scheme(), None, Judge(np.zeros((200, 2, 12)), np.zeros(200, np.int64)))
    integer = scores.copy()
    integer[:2, 1] = 1.0
    assert accuracy_loss(suspects, scores, integer, ReferenceReport(0, (), 1.0), True) == ()
