"""ASN, NASN and I-LIF against the equations, forward and gradients, over one and several time steps."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch
from neuron_reference import Reference
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.nn import ASN, ILIF, NASN
from asn2fpga.nn.graded import GradedNeuron

CASES: dict[str, tuple[GradedNeuron, Reference]] = {
    "asn": (ASN(4, time_steps=1), Reference(4, 0.0, 0.5, 1.0)),
    "asn below zero": (ASN(3, alpha=-1.2, time_steps=3), Reference(3, -1.0, 0.5, 1.0)),
    "asn tie of alpha": (ASN(3, alpha=0.5, time_steps=2), Reference(3, 0.0, 0.5, 1.0)),
    "asn real alpha": (ASN(4, alpha=0.25, integer_alpha=False, time_steps=4), Reference(4, 0.25, 0.5, 1.0)),
    "asn far away": (ASN(2, alpha=3.0, beta=1.0, time_steps=3), Reference(2, 3.0, 1.0, 1.0)),
    "nasn 1x4": (NASN(4, time_steps=1), Reference(4, 0.0, 0.5, 4.0)),
    "nasn": (NASN(4, alpha=-0.75, beta=0.25, time_steps=4), Reference(4, -1.0, 0.25, 4.0)),
    "nasn other norm": (NASN(6, 3.0, alpha=1.0, time_steps=2), Reference(6, 1.0, 0.5, 3.0)),
    "ilif": (ILIF(4, time_steps=4), Reference(4, 0.0, 0.25, 1.0)),
    "ilif without leak": (ILIF(8, beta=0.0, time_steps=2), Reference(8, 0.0, 0.0, 1.0)),
    "one level": (ILIF(1, beta=0.5, time_steps=5), Reference(1, 0.0, 0.5, 1.0)),
}


def currents(time_steps: int) -> Tensor:
    """Multiples of 1/8 in -4..6 (many of them ties and window edges), (T, 5, 40) float64."""
    generator = torch.Generator().manual_seed(7)
    return torch.randint(-32, 49, (time_steps, 5, 40), generator=generator).double() / 8


@pytest.mark.parametrize("name", CASES)
def test_forward_follows_the_equations(name: str) -> None:
    neuron, reference = CASES[name]
    x = currents(neuron.time_steps)
    expected, _ = reference.forward(x.numpy())
    np.testing.assert_array_equal(neuron(x).detach().numpy(), expected)


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("factor", [1.0, 0.25])
def test_gradients_follow_the_equations(name: str, factor: float) -> None:
    neuron, reference = copy.deepcopy(CASES[name])
    neuron.double()
    neuron.alpha_grad_scale = factor
    x = currents(neuron.time_steps).requires_grad_()
    weights = torch.randint(-4, 5, x.shape, generator=torch.Generator().manual_seed(1)).double()
    (neuron(x) * weights).sum().backward()
    _, potential = reference.forward(x.detach().numpy())
    by_x, by_alpha = reference.backward(potential, weights.numpy())
    assert x.grad is not None
    np.testing.assert_allclose(x.grad.numpy(), by_x, rtol=1e-13, atol=1e-13)
    if isinstance(neuron, ASN):
        assert neuron.alpha.grad is not None
        np.testing.assert_allclose(neuron.alpha.grad.item(), factor * by_alpha, rtol=1e-12)


def test_reference_agrees_with_finite_differences_where_the_spike_is_real_alpha() -> None:
    """Outside the window S is alpha or alpha + D exactly: there the gradient is the true one."""
    x = np.array([[-3.0], [9.0], [-2.0]])
    weights = np.array([[1.0], [-2.0], [3.0]])
    step = 1e-6

    def loss(alpha: float) -> float:
        return float((Reference(4, alpha, 0.5, 2.0).forward(x)[0] * weights).sum())

    _, potential = Reference(4, 0.25, 0.5, 2.0).forward(x)
    _, by_alpha = Reference(4, 0.25, 0.5, 2.0).backward(potential, weights)
    np.testing.assert_allclose((loss(0.25 + step) - loss(0.25 - step)) / (2 * step), by_alpha, rtol=1e-6)


def test_rounding_is_half_to_even() -> None:
    x = torch.tensor([-0.5, 0.5, 1.5, 2.5, 3.5, 4.5])
    assert ASN(4, alpha=-1.0)(x).tolist() == [0.0, 0.0, 2.0, 2.0, 3.0, 3.0]


def test_window_edges_belong_to_the_window() -> None:
    x = torch.tensor([-0.001, 0.0, 4.0, 4.001], requires_grad=True)
    neuron = ASN(4)
    neuron(x).sum().backward()
    assert x.grad is not None and x.grad.tolist() == [0.0, 1.0, 1.0, 0.0]
    assert neuron.alpha.grad is not None and neuron.alpha.grad.item() == 2.0


def test_frozen_alpha_gets_no_gradient() -> None:
    neuron = ASN(4, learn_alpha=False)
    assert [parameter.requires_grad for parameter in neuron.parameters()] == [False]
    neuron(torch.ones(2, requires_grad=True)).sum().backward()
    assert neuron.alpha.grad is None


def test_half_precision_keeps_its_type() -> None:
    x = torch.tensor([0.75, 7.0], dtype=torch.bfloat16, requires_grad=True)
    neuron = NASN(4)
    result = neuron(x)
    result.sum().backward()
    assert result.dtype == torch.bfloat16 and result.tolist() == [0.25, 1.0]
    assert neuron.alpha.grad is not None and neuron.alpha.grad.dtype == torch.float32


def test_calls_do_not_share_state() -> None:
    neuron = ASN(4, time_steps=3)
    x = currents(3)
    assert torch.equal(neuron(x), neuron(x))


PAIRS: list[tuple[GradedNeuron, GradedNeuron]] = [
    (ASN(4, alpha=0.75), ASN(4)),
    (NASN(6, 2.0, alpha=-2.0), NASN(6, 2.0)),
    (ILIF(2), ILIF(2)),
]


@pytest.mark.parametrize(("trained", "fresh"), PAIRS)
def test_copies_and_state_dicts_compute_the_same(trained: GradedNeuron, fresh: GradedNeuron) -> None:
    fresh.load_state_dict(trained.state_dict())
    x = currents(1)
    assert torch.equal(copy.deepcopy(trained)(x), trained(x))
    assert torch.equal(fresh(x), trained(x))


def test_learns_alpha_below_zero_from_negative_targets() -> None:
    neuron = ASN(2, integer_alpha=False)
    optimiser = torch.optim.SGD(neuron.parameters(), lr=0.1)
    x = torch.full((4,), -3.0)
    for _ in range(50):
        optimiser.zero_grad()
        ((neuron(x) + 1.5) ** 2).mean().backward()
        optimiser.step()
    assert abs(neuron.alpha.item() + 1.5) < 1e-3


def test_printed_form_shows_the_parameters() -> None:
    assert str(NASN(4, alpha=-1.0, time_steps=2)) == (
        "NASN(levels=4, beta=0.5, time_steps=2, alpha=-1, integer_alpha=True, norm=4)"
    )
    assert str(ILIF(8)) == "ILIF(levels=8, beta=0.25, time_steps=1)"


BAD: list[tuple[type[nn.Module], dict[str, object], str]] = [
    (ASN, {"levels": 0}, "ASN: levels (D) must be an integer in 1..255, not 0."),
    (ASN, {"levels": 2.5}, "ASN: levels (D) must be an integer in 1..255, not 2.5."),
    (ILIF, {"levels": True}, "ILIF: levels (D) must be an integer in 1..255, not True."),
    (ASN, {"beta": 1.5}, "ASN: beta must be a number in 0..1, not 1.5."),
    (NASN, {"beta": "half"}, "NASN: beta must be a number in 0..1, not 'half'."),
    (ASN, {"alpha": float("nan")}, "ASN: alpha must be a number in -255..255, not nan."),
    (ASN, {"alpha_grad_scale": 0}, "ASN: alpha_grad_scale must be a finite number above 0, not 0."),
    (NASN, {"norm": float("inf")}, "NASN: norm (N) must be a finite number above 0, not inf."),
    (ILIF, {"time_steps": -1}, "ILIF: time_steps (T) must be an integer in 1..1024, not -1."),
]


@pytest.mark.parametrize(("kind", "parameters", "message"), BAD)
def test_bad_parameters_are_refused(
    kind: type[nn.Module], parameters: dict[str, object], message: str
) -> None:
    with pytest.raises(InputError) as caught:
        kind(**parameters)
    assert str(caught.value) == message


@pytest.mark.parametrize("shape", [(4,), (3, 4), (1, 2, 4)])
def test_a_wrong_time_axis_is_refused(shape: tuple[int, ...]) -> None:
    with pytest.raises(InputError) as caught:
        NASN(4, time_steps=2)(torch.zeros(shape))
    assert str(caught.value) == (
        f"NASN: the input must have time as its first axis, 2 steps long, not shape {shape}; "
        "repeat a static input with RepeatTime(2)."
    )
