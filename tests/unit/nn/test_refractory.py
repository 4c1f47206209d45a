"""Refractory neurons: the rule of norse's LIFRefrac by hand, all reset rules, and what is refused."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from asn2fpga.errors import InputError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.convert import Drive, graded
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, fire
from asn2fpga.loader.semantics import neuron_semantics
from asn2fpga.nn import IF, LIF, CubaLIF
from asn2fpga.nn.neuron import SpikingNeuron

STEPS = 24


def drives() -> Tensor:
    values = np.random.default_rng(2).integers(-4, 13, (STEPS, 4, 5)) / 8
    return torch.from_numpy(values)


def norse(x: RealArray, beta: float, threshold: float, wait: int) -> RealArray:
    """norse.torch.functional.lif_refrac: masks of the neurons that wait, on a soft reset."""
    v, rho, sent = np.zeros(x.shape[1:]), np.zeros(x.shape[1:]), []
    for now in x:
        potential = v + now
        z_new = (potential >= threshold).astype(float)
        v_new = beta * (potential - z_new * threshold)
        refrac_mask = (rho > 0).astype(float)
        v = (1 - refrac_mask) * v_new + refrac_mask * v
        z_new = (1 - refrac_mask) * z_new
        rho = (1 - z_new) * np.maximum(rho - refrac_mask, 0) + z_new * wait
        sent.append(z_new)
    return np.stack(sent)


@pytest.mark.parametrize("wait", [0, 1, 3])
def test_a_neuron_that_fired_waits_as_in_norse(wait: int) -> None:
    x = drives()
    found = LIF(0.5, threshold=0.75, refractory=wait, time_steps=STEPS)(x).numpy()
    np.testing.assert_array_equal(found, norse(x.numpy(), 0.5, 0.75, wait))
    steps = np.argwhere(found[:, 0, 0]).ravel()
    assert len(steps) > 1 and np.diff(steps).min() > wait


MODULES: list[SpikingNeuron] = [
    LIF(0.5, threshold=0.5, refractory=2, levels=3, time_steps=STEPS),
    LIF(0.5, reset="hard", v_reset=-0.25, refractory=1, time_steps=STEPS),
    LIF(0.5, reset="none", leak="before_reset", refractory=4, time_steps=STEPS),
    IF(signed=True, refractory=1, time_steps=STEPS),
    CubaLIF(0.5, 0.75, refractory=3, v_min=0.0, time_steps=STEPS),
]


def by_time(x: Tensor) -> RealArray:
    values: RealArray = x.numpy().transpose(1, 0, 2)
    return values


@pytest.mark.parametrize("module", MODULES)
def test_modules_are_the_definition_and_integers_are_too(module: SpikingNeuron) -> None:
    """Leaks of two bits: with 24 steps and rounding, integers differ only where a membrane is rounded."""
    x = drives()
    semantics = neuron_semantics(module)
    assert semantics.refractory > 0
    real = fire(semantics, by_time(x))
    np.testing.assert_array_equal(by_time(module(x)), real)
    sums = (by_time(x) * 8).astype(np.int64)
    counts = integers(semantics, 5).run(sums, STEPS)
    assert np.mean(counts != real) < 0.01


def integers(semantics: NeuronSemantics, neurons: int) -> Any:
    ends = (np.full(neurons, -4, np.int64), np.full(neurons, 12, np.int64))
    zero = np.zeros(neurons, np.int64)
    drive = Drive("fc1", np.full(neurons, 1 / 8), zero, np.zeros(neurons), ends, FixedType(5, True))
    return graded(semantics, drive, STEPS, 4, 16)


def test_membranes_of_neurons_that_wait_stay_within_their_type() -> None:
    neuron = integers(neuron_semantics(MODULES[2]), 5)
    state = neuron.start(2)
    for step in range(STEPS):
        state, _ = neuron.step(state, np.full((2, 5), 12 if step % 3 else -4))
        kind = neuron.membrane.state_type
        assert kind.min <= state.membrane.min() and state.membrane.max() <= kind.max
        assert state.waiting.min() >= 0 and state.waiting.max() <= 4
    assert neuron.state_bits == neuron.membrane.state_type.width_bits + 3


def test_forgetful_neurons_that_wait_remember() -> None:
    forgetful = neuron_semantics(LIF(0.0, reset="hard", time_steps=4))
    assert not forgetful.keeps_a_membrane(4)
    assert dataclasses.replace(forgetful, refractory=1).keeps_a_membrane(4)


@pytest.mark.parametrize("value", [-1, 256, 1.5, True])
def test_waits_that_are_none(value: Any) -> None:
    with pytest.raises(InputError) as caught:
        LIF(refractory=value)
    assert str(caught.value) == f"LIF: refractory (K) must be an integer in 0..255, not {value!r}."
