"""The passes before quantise: text before and after, and the function they must not change."""

from __future__ import annotations

import numpy as np
import pytest
from strategies import random_graph, random_inputs

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.text import digest, to_text
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.passes.drop_flatten import drop_flatten
from asn2fpga.passes.fold_batchnorm import fold_batchnorm
from asn2fpga.passes.fold_scale import fold_scale
from asn2fpga.passes.prepare import PREPARE, prepare
from asn2fpga.reference.float_model import simulate

NASN = NeuronSemantics(model="nasn", levels=4, alpha=0.0, beta=0.5, output_scale=0.25)
WEIGHT, BIAS = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([5.0, 6.0])


def chain(*layers: Node) -> Graph:
    """A graph of layers, each reading the one before."""
    linked: list[Node] = []
    for layer in layers:
        inputs = (linked[-1].name,) if linked else ()
        linked.append(type(layer)(**{**vars(layer), "inputs": inputs}))
    return Graph("net", tuple(linked))


def source(scale: float = 1.0) -> Input:
    return Input(name="pixels", shape=(1, 2), encoding="frames", time_steps=1, scale=scale)


def linear(name: str, weight: Array = WEIGHT, bias: Array = BIAS) -> Linear:
    return Linear(name=name, weight=weight, bias=bias)


def lines(graph: Graph) -> list[str]:
    """The heads of the layers and their factors: enough to see what a pass did."""
    keys = ("scale =", "factor =", "semantics.output_scale =")
    text = to_text(graph).splitlines()[1:]
    return [
        line.strip() for line in text if line and (not line.startswith(" ") or line.strip().startswith(keys))
    ]


def test_drop_flatten_reconnects_its_consumers() -> None:
    graph = chain(source(), Flatten(name="flatten"), linear("fc"), Output(name="scores"))
    assert lines(drop_flatten(graph)) == [
        "pixels = Input()",
        "scale = 1.0",
        "fc = Linear(pixels)",
        "scores = Output(fc)",
    ]


def test_fold_scale_moves_every_factor_into_the_next_linear() -> None:
    graph = chain(
        source(scale=0.5),
        Scale(name="half", factor=0.5),
        linear("fc1"),
        Neuron(name="neuron", semantics=NASN),
        linear("fc2"),
        Output(name="scores"),
    )
    folded = fold_scale(graph)
    assert lines(folded) == [
        "pixels = Input()",
        "scale = 1.0",
        "fc1 = Linear(pixels)",
        "neuron = Neuron(fc1)",
        "semantics.output_scale = 1.0",
        "fc2 = Linear(neuron)",
        "scores = Output(fc2)",
    ]
    assert f"weight = @fc1.weight float64[2,2] #{digest(WEIGHT * 0.25)}" in to_text(folded)
    assert f"weight = @fc2.weight float64[2,2] #{digest(WEIGHT * 0.25)}" in to_text(folded)
    assert f"bias = @fc2.bias float64[2] #{digest(BIAS)}" in to_text(folded)


@pytest.mark.parametrize("behind", [Neuron(name="neuron", semantics=NASN), Output(name="scores")])
def test_a_scale_behind_a_linear_goes_back_into_it(behind: Node) -> None:
    graph = chain(source(), linear("fc1"), Scale(name="double", factor=2.0), behind)
    folded = fold_scale(graph)
    text = to_text(folded)
    assert f"weight = @fc1.weight float64[2,2] #{digest(WEIGHT * 2)}" in text
    assert f"bias = @fc1.bias float64[2] #{digest(BIAS * 2)}" in text
    assert "double" not in [node.name for node in folded.layers]


def test_a_scale_beside_a_batch_norm_goes_into_it() -> None:
    norm = BatchNorm(name="norm", gain=np.array([1.0, 2.0]), shift=np.array([3.0, 4.0]))
    before = chain(source(), linear("fc1"), Scale(name="double", factor=2.0), norm, Output(name="scores"))
    assert f"gain = @norm.gain float64[2] #{digest(np.array([2.0, 4.0]))}" in to_text(fold_scale(before))
    behind = chain(source(), linear("fc1"), norm, Scale(name="double", factor=2.0), Output(name="scores"))
    assert f"shift = @norm.shift float64[2] #{digest(np.array([6.0, 8.0]))}" in to_text(fold_scale(behind))


def test_fold_batchnorm_into_the_linear_before() -> None:
    norm = BatchNorm(name="norm", gain=np.array([2.0, -1.0]), shift=np.array([1.0, 0.5]))
    folded = fold_batchnorm(chain(source(), linear("fc"), norm, Output(name="scores")))
    expected = chain(
        source(),
        linear("fc", np.array([[2.0, 4.0], [-3.0, -4.0]]), np.array([11.0, -5.5])),
        Output(name="scores"),
    )
    assert to_text(folded) == to_text(expected)


def test_fold_batchnorm_into_the_linear_behind() -> None:
    norm = BatchNorm(name="norm", gain=np.array([2.0, -1.0]), shift=np.array([1.0, 0.5]))
    folded = fold_batchnorm(chain(source(), norm, linear("fc"), Output(name="scores")))
    expected = chain(
        source(),
        linear("fc", np.array([[2.0, -2.0], [6.0, -4.0]]), np.array([7.0, 11.0])),
        Output(name="scores"),
    )
    assert to_text(folded) == to_text(expected)


def test_a_batch_norm_without_a_linear_stays() -> None:
    norm = BatchNorm(name="norm", gain=np.ones(2), shift=np.ones(2))
    graph = chain(source(), norm, Output(name="scores"))
    assert to_text(fold_batchnorm(graph)) == to_text(graph)


@pytest.mark.parametrize("time_steps", [1, 3])
def test_prepare_does_not_change_the_function(time_steps: int) -> None:
    graph = random_graph(3, (8, 6, 5, 3), model="nasn", time_steps=time_steps, batch_norm=True)
    x = random_inputs(graph, 50)
    before, after = simulate(graph, x), simulate(prepare(graph), x)
    for name in before.spikes:
        assert np.array_equal(before.spikes[name], after.spikes[name])
    assert np.array_equal(before.scores.argmax(axis=1), after.scores.argmax(axis=1))


def test_prepare_never_edits_its_argument() -> None:
    graph = random_graph(3, model="nasn", batch_norm=True)
    text = to_text(graph)
    prepare(graph)
    assert to_text(graph) == text


def test_the_passes_have_names() -> None:
    assert [name for name, _ in PREPARE] == [
        "flattened_neurons",
        "dense_scores",
        "drop_flatten",
        "fold_pads",
        "spread_pools",
        "move_pools",
        "join_events",
        "split_sums",
        "fold_scale",
        "fold_batchnorm",
        "ungroup",
        "merge_branches",
        "join_delays",
        "compose",
    ]
