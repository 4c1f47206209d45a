"""Gradients of the LIF family, against derivatives by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor

from asn2fpga.nn import LIF, CubaLIF
from asn2fpga.nn.neuron import SpikingNeuron


def atan(x: float) -> float:
    return 1 / (1 + (math.pi * x) ** 2)


def triangle(x: float) -> float:
    return max(0.0, 1 - abs(x))


SURROGATES: dict[str, Callable[[float], float]] = {"atan": atan, "triangle": triangle}
POTENTIALS = [-3.5, -1.0, -0.25, 0.0, 0.5, 1.0, 1.75, 2.0, 3.25, 10.0]


def gradient_of(module: SpikingNeuron, x: list[float], of_step: int = 0) -> list[float]:
    """Derivatives of the output of a step by the inputs of all steps."""
    drive = torch.tensor(x, dtype=torch.float64)[:, None].requires_grad_()
    module(drive)[of_step].sum().backward()
    assert drive.grad is not None
    return [float(value) for value in drive.grad[:, 0]]


@pytest.mark.parametrize("name", SURROGATES)
@pytest.mark.parametrize("levels", [1, 3])
@pytest.mark.parametrize("signed", [False, True])
def test_derivative_of_a_spike_is_the_sum_around_the_thresholds(name: Any, levels: int, signed: bool) -> None:
    threshold, amplitude = 0.5, 0.25
    neuron = LIF(
        threshold=threshold, amplitude=amplitude, levels=levels, signed=signed, surrogate=name
    ).double()
    x = torch.tensor(POTENTIALS, dtype=torch.float64, requires_grad=True)
    neuron(x).sum().backward()
    wanted = []
    for potential in POTENTIALS:
        levels_of_both = [*range(1, levels + 1), *(range(-levels, 0) if signed else ())]
        slope = sum(SURROGATES[name](potential / threshold - level) for level in levels_of_both)
        wanted.append(amplitude / threshold * slope)
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), wanted, rtol=1e-13)


def test_derivative_by_a_learned_threshold() -> None:
    neuron = LIF(threshold=0.5, learn_threshold=True).double()
    neuron(torch.tensor([0.75], dtype=torch.float64)).sum().backward()
    assert neuron.threshold.grad is not None
    assert neuron.threshold.grad.item() == pytest.approx(-atan(0.5) * 0.75 / 0.5**2, rel=1e-13)


def second_by_first(**options: Any) -> tuple[float, float, float]:
    """dS2/dX1 of X = (x, 0.4) with beta 0.5, and the surrogate at both steps; threshold 1."""
    neuron, first, second = LIF(0.5, time_steps=2, **options), 0.75, 0.4
    x = torch.tensor([first, second], dtype=torch.float64)
    potential = (neuron.step(neuron.start(x[:1]), x[:1])[0][0] + second).item()
    return gradient_of(neuron, [first, second], 1)[0], atan(first - 1), atan(potential - 1)


def test_a_soft_reset_is_part_of_the_derivative_through_time() -> None:
    found, first, second = second_by_first()
    assert found == pytest.approx(second * 0.5 * (1 - first), rel=1e-13)
    found, first, second = second_by_first(leak="before_reset")
    assert found == pytest.approx(second * (0.5 - first), rel=1e-13)


def test_a_hard_reset_passes_nothing_of_a_membrane_that_fired() -> None:
    found, _, second = second_by_first(reset="hard")
    assert found == pytest.approx(second * 0.5, rel=1e-13)
    assert gradient_of(LIF(0.5, time_steps=2, reset="hard"), [1.25, 0.4], 1)[0] == 0.0


def test_a_membrane_below_its_lower_bound_passes_nothing() -> None:
    neuron = LIF(0.5, time_steps=2, v_min=-0.25, reset="none")
    assert gradient_of(neuron, [-0.5, 0.4], 1)[0] == 0.0
    assert gradient_of(neuron, [-0.125, 0.4], 1)[0] > 0.0


def test_decay_of_the_input_scales_its_derivative() -> None:
    (found,) = gradient_of(LIF(0.75, decay_input=True), [2.0])
    assert found == pytest.approx(0.25 * atan(0.5 - 1), rel=1e-13)


def test_the_synaptic_current_carries_the_derivative() -> None:
    """U2 = 0.5 * U1 + 0.25 * X1 + X2 without a reset."""
    neuron = CubaLIF(0.25, 0.5, time_steps=2, reset="none")
    found = gradient_of(neuron, [0.5, 0.25], 1)
    slope = atan(0.5 * 0.5 + 0.25 * 0.5 + 0.25 - 1)
    np.testing.assert_allclose(found, [slope * 0.75, slope], rtol=1e-13)


def test_forward_is_exact_whatever_the_surrogate() -> None:
    x: Tensor = torch.linspace(-2, 4, 61)
    assert torch.equal(LIF(levels=3)(x), LIF(levels=3, surrogate="triangle")(x))
    assert torch.equal(LIF(levels=3)(x), x.floor().clamp(0, 3))
