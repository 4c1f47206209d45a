"""Sigma-delta neurons: the definition by hand, sums of changes, integers, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from broken_graphs import changed
from torch import Tensor, nn

from asn2fpga.errors import InputError, RuleError, UnsupportedError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.convert import Drive, graded
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, fire
from asn2fpga.loader.nir.export import to_nir
from asn2fpga.loader.save import convert
from asn2fpga.loader.semantics import neuron_semantics
from asn2fpga.nn import SigmaDelta, TimeSum
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme

STEPS = 12


def drives() -> Tensor:
    return torch.from_numpy(np.random.default_rng(3).integers(-9, 10, (STEPS, 4, 5)) / 8)


def by_time(x: Tensor) -> RealArray:
    values: RealArray = x.detach().numpy().transpose(1, 0, 2)
    return values


def test_it_sends_the_change_of_the_quantised_sum() -> None:
    x = drives()
    levels = (x.cumsum(0) / 0.5).floor().clamp(0, 3)
    before = torch.cat([torch.zeros_like(levels[:1]), levels[:-1]])
    found = SigmaDelta(3, threshold=0.5, amplitude=0.25, time_steps=STEPS)(x)
    assert torch.equal(found, (levels - before) * 0.25)
    assert (found < 0).any() and (found > 0.25).any()


MODULES = [
    SigmaDelta(3, threshold=0.5, time_steps=STEPS),
    SigmaDelta(2, signed=True, fires=">", time_steps=STEPS),
    SigmaDelta(15, threshold=torch.tensor([0.25, 0.5, 1.0, 0.125, 2.0]), time_steps=STEPS),
]


@pytest.mark.parametrize("module", MODULES)
def test_sums_of_changes_are_the_activation_of_the_sum(module: SigmaDelta) -> None:
    x = drives()
    shown = SigmaDelta(module.levels, threshold=module.threshold, signed=module.signed, fires=module.fires)
    assert torch.equal(module(x).cumsum(0), shown(x.cumsum(0)))


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_the_definition_and_integers_are_too(module: SigmaDelta) -> None:
    x, semantics = drives(), neuron_semantics(module)
    real = fire(semantics, by_time(x))
    np.testing.assert_array_equal(by_time(module(x)), real)
    neuron = integers(semantics)
    np.testing.assert_array_equal(neuron.run((by_time(x) * 8).astype(np.int64), STEPS), real)
    span = module.levels * (2 if module.signed else 1)
    edge = neuron.output((5,), STEPS)
    assert (edge.low, edge.high) == (-span, span)
    assert neuron.count_type == FixedType.for_range(-span, span)
    assert neuron.state_bits == neuron.membrane.state_type.width_bits + neuron.count_type.width_bits


def integers(semantics: NeuronSemantics) -> Any:
    ends = (np.full(5, -9, np.int64), np.full(5, 9, np.int64))
    zero = np.zeros(5, np.int64)
    drive = Drive("fc1", np.full(5, 1 / 8), zero, np.zeros(5), ends, FixedType(5, True))
    return graded(semantics, drive, STEPS, 4, 0)


def network(time_steps: int, bias: bool = False) -> nn.Sequential:
    torch.manual_seed(1)
    return nn.Sequential(
        nn.Linear(6, 5, bias=bias),
        SigmaDelta(7, threshold=0.25, time_steps=time_steps),
        nn.Linear(5, 3, bias=False),
        TimeSum() if time_steps > 1 else nn.Identity(),
    ).double()


def real_graph(module: nn.Module, steps: int) -> Graph:
    example = torch.zeros(steps, 1, 6, dtype=torch.float64)
    return convert(module, "net", encoding="events", max_count=3, example_input=example).graph


def test_scores_are_those_of_the_input_that_was_sent() -> None:
    """Of integers as well: what adds up is the network with the same weights, shown the sum of all inputs."""
    x = np.random.default_rng(4).integers(0, 4, (20, STEPS, 6)).astype(np.uint8)
    found = quantise(real_graph(network(STEPS), STEPS), Scheme(), x)
    scores = simulate(found.graph, x).scores
    at_once = np.zeros_like(x, dtype=np.uint8)
    sums = x.sum(axis=1, dtype=np.int64)
    for step in range(STEPS):
        at_once[:, STEPS - 1 - step] = np.clip(sums - 3 * step, 0, 3)  # the same sums, in another order
    np.testing.assert_array_equal(at_once.sum(axis=1), sums)
    np.testing.assert_array_equal(simulate(found.graph, at_once).scores, scores)
    wanted = network(1)
    assert (np.abs(scores) > 0).any()
    wanted.load_state_dict(network(STEPS).state_dict())
    given = torch.from_numpy(x).double().transpose(0, 1)
    with torch.no_grad():
        torch.testing.assert_close(network(STEPS)(given), wanted(given.sum(0)))


def test_a_bias_is_refused() -> None:
    x = np.zeros((2, 4, 6), np.uint8)
    with pytest.raises(UnsupportedError) as caught:
        quantise(real_graph(network(4, bias=True), 4), Scheme(), x)
    assert str(caught.value) == (
        "layer_0: the layer before neurons that send changes must have no bias, which they would add up "
        "again in every time step; use bias=False."
    )


def test_one_time_step_is_to_train_with() -> None:
    with pytest.raises(InputError) as caught:
        example = torch.zeros(1, 6, dtype=torch.float64)
        convert(network(1), "net", encoding="frames", max_count=3, example_input=example)
    assert str(caught.value) == (
        "layer_1: neurons that send changes must have several time steps, not 1; use time_steps=T."
    )


def test_there_is_nothing_like_it_in_nir() -> None:
    with pytest.raises(UnsupportedError) as caught:
        to_nir(real_graph(network(4), 4))
    assert str(caught.value) == (
        "layer_1: sigma-delta neurons have no NIR primitive that is near to them; use LIF to export."
    )


@pytest.mark.parametrize(
    ("neuron", "message"),
    [
        (lambda neuron: replace(neuron, base=1), "base of neurons that send changes must be 0, not 1"),
        (
            lambda neuron: replace(neuron, membrane=replace(neuron.membrane, refractory=2)),
            "refractory of neurons that send changes must be 0, not 2",
        ),
        (
            lambda neuron: replace(neuron, count_type=FixedType(3, False)),
            "changes of level_values must be in 0..7 (u3), not -7..7",
        ),
    ],
)
def test_integers_that_do_not_fit_together(neuron: Callable[[Any], Any], message: str) -> None:
    graph = quantise(real_graph(network(4), 4), Scheme(), np.ones((2, 4, 6), np.uint8)).graph
    check(graph)
    layer: Any = graph.layers[1]
    with pytest.raises(RuleError) as caught:
        check(changed(graph, layer.name, neuron=neuron(layer.neuron)))
    assert f"{layer.name}: {message}" in str(caught.value)


def test_every_level_is_learned_from() -> None:
    module = SigmaDelta(3, time_steps=3, learn_threshold=True)
    x = torch.tensor([[0.4], [0.8], [-0.3]], requires_grad=True)
    module(x).sum().backward()
    assert x.grad is not None and (x.grad != 0).all() and module.threshold.grad is not None


def test_it_has_no_leak() -> None:
    with pytest.raises(TypeError):
        SigmaDelta(3, beta=0.5)  # type: ignore[call-arg]
    with pytest.raises(InputError) as caught:
        SigmaDelta(0)
    assert str(caught.value) == "SigmaDelta: levels (D) must be an integer in 1..255, not 0."
    assert not neuron_semantics(SigmaDelta(3)).forgets
