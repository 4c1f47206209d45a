"""Adaptive spiking neurons in torch: the nine steps by hand, the transfer function, and what is refused."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.kinds.neurons.semantics import fire
from asn2fpga.loader.semantics import neuron_semantics
from asn2fpga.nn import AdaptiveNeuron, set_precision

STEPS, BATCH, CHANNELS = 60, 3, 4


def drives(scale: float) -> Tensor:
    return torch.from_numpy(np.random.default_rng(3).normal(0.3, 1.0, (STEPS, BATCH, CHANNELS)) * scale)


def neuron(**options: Any) -> AdaptiveNeuron:
    made = AdaptiveNeuron(CHANNELS, time_steps=STEPS, **options).double()
    made.bias.data = torch.tensor([0.0, 0.2, -0.3, 0.5], dtype=torch.float64)
    return made.eval()


def by_hand(module: AdaptiveNeuron, x: Tensor) -> list[list[list[int]]]:
    """The nine steps of arXiv 1710.04838, one number after the other: 0 or 1 (T, B, N)."""
    setting, bias = module.precisions[module.precision], module.bias.tolist()
    d_b, d_p, d_e, d_g = (math.exp(-1 / tau) for tau in (50.0, 2.5, 50.0, 15.0))
    sent = [[[0] * CHANNELS for _ in range(BATCH)] for _ in range(STEPS)]
    for row in range(BATCH):
        for n in range(CHANNELS):
            i = s_dyn = s_hat = theta_dyn = 0.0
            theta = setting.rest
            for step in range(STEPS):
                drive = x[step, row, n].item()
                i = d_b * i + drive
                s_dyn = (1 - d_p) * i + d_p * s_dyn
                s = bias[n] + (drive if module.direct else s_dyn)
                s_hat = d_e * s_hat
                if s - s_hat > theta / 2:
                    sent[step][row][n] = 1
                    s_hat = s_hat + theta
                    theta_dyn = theta_dyn + setting.gain * theta
                theta_dyn = d_g * theta_dyn
                theta = setting.rest + theta_dyn
    return sent


@pytest.mark.parametrize("direct", [False, True])
@pytest.mark.parametrize("precision", [0, 1])
def test_it_takes_the_nine_steps(direct: bool, precision: int) -> None:
    module, x = neuron(m_f=(0.3, 0.05), direct=direct), drives(1.0 if direct else 0.05)
    module.precision = precision
    with torch.no_grad():
        sent = module(x)
    expected = torch.tensor(by_hand(module, x), dtype=torch.float64)
    assert torch.equal(sent, expected * module.height)
    assert 0.01 < expected.mean() < 0.9


@pytest.mark.parametrize("direct", [False, True])
def test_it_is_the_definition_in_real_numbers(direct: bool) -> None:
    module, x = neuron(direct=direct), drives(1.0 if direct else 0.05)
    semantics = neuron_semantics(module)
    found = fire(semantics, x.numpy().transpose(1, 0, 2)) * semantics.output_scale
    with torch.no_grad():
        assert np.array_equal(found, module(x).numpy().transpose(1, 0, 2))


@pytest.mark.parametrize("m_f", [0.05, 0.1])
def test_spikes_are_worth_what_the_transfer_function_says(m_f: float) -> None:
    """A constant signal: what readers keep of the spikes, in the mean, within 1 % from S = 0.25 on."""
    signals = torch.tensor([0.25, 0.5, 0.75, 1.0, 1.5, 2.0], dtype=torch.float64)
    steps = 1000
    module = AdaptiveNeuron(6, m_f=m_f, direct=True, time_steps=steps).double().eval()
    with torch.no_grad():
        sent = module(signals.expand(steps, 1, 6))[:, 0]
        kept, sums = torch.zeros(6, dtype=torch.float64), []
        for now in sent:
            kept = kept * math.exp(-1 / 50) + now
            sums.append(kept)
        mean = torch.stack(sums)[400:].mean(0)
        expected = AdaptiveNeuron(6, m_f=m_f).double()(signals)
    assert ((mean - expected).abs() / expected).max() < 0.01


def test_the_transfer_function_has_its_gradient_and_is_1_at_1() -> None:
    module = AdaptiveNeuron(5).double()
    x = torch.tensor([[0.1, 0.3, 0.7, 1.0, 3.0]], dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(module, (x,))
    assert module(x)[0, 3].item() == pytest.approx(1.0, abs=1e-12)
    assert module(torch.full((1, 5), -2.0, dtype=torch.float64)).abs().max() == 0


@pytest.mark.parametrize(("axes", "pixels"), [(1, (5,)), (2, (2, 3))])
def test_pixels_of_a_channel_share_its_bias(axes: int, pixels: tuple[int, ...]) -> None:
    module, flat = neuron(spatial_axes=axes), neuron()
    trained = AdaptiveNeuron(CHANNELS, spatial_axes=axes).double()
    trained.load_state_dict(module.state_dict())
    x = torch.from_numpy(np.random.default_rng(3).normal(0.02, 0.05, (STEPS, BATCH, CHANNELS, *pixels)))
    with torch.no_grad():
        sent, worth = module(x), trained(x[0])
        assert 0.01 < (sent > 0).double().mean() < 0.9
        for pixel in np.ndindex(*pixels):
            assert torch.equal(sent[..., *pixel], flat(x[..., *pixel]))
            assert torch.equal(worth[..., *pixel], trained.transfer(module.bias + x[0][..., *pixel]))


def test_channels_along_another_axis() -> None:
    for axes, shape, found in ((0, (2, CHANNELS, 5), "its last axis"), (2, (2, 3, 5, CHANNELS), "axis -3")):
        channels = shape[-1 - axes]
        with pytest.raises(InputError) as caught:
            AdaptiveNeuron(CHANNELS, spatial_axes=axes)(torch.zeros(shape))
        assert str(caught.value) == (
            f"AdaptiveNeuron: bias must have one number for each of the {channels} channels of the input "
            f"({found}), not 4 numbers; after Conv1d use spatial_axes=1, after Conv2d 2."
        )


def test_the_network_that_spikes_takes_over_the_parameters() -> None:
    trained = nn.Sequential(nn.Linear(3, CHANNELS), AdaptiveNeuron(CHANNELS))
    spiking = nn.Sequential(nn.Linear(3, CHANNELS), AdaptiveNeuron(CHANNELS, time_steps=9))
    spiking.load_state_dict(trained.state_dict())


def test_set_precision() -> None:
    network = nn.Sequential(AdaptiveNeuron(2, m_f=(0.2, 0.1)), AdaptiveNeuron(2, m_f=(0.2, 0.1)))
    set_precision(network, 1)
    assert [module.precision for module in network] == [1, 1]  # type: ignore[union-attr]


BAD: list[tuple[dict[str, Any], str]] = [
    ({"channels": 0}, "AdaptiveNeuron: channels (N) must be an integer in 1..1048576, not 0."),
    ({"m_f": 0.0}, "AdaptiveNeuron: m_f must be a number in 0.001..1, not 0.0."),
    (
        {"m_f": (0.1,) * 5},
        "AdaptiveNeuron: m_f must be a number or 1..4 numbers, one for each precision, not 5.",
    ),
    (
        {"m_f": (0.1, 0.2), "theta0": 0.1},
        "AdaptiveNeuron: m_f and theta0 must be of equally many precisions, not 2 and 1.",
    ),
    ({"theta0": -1.0}, "AdaptiveNeuron: theta0 must be a number in 1e-06..1e+06, not -1.0."),
    (
        {"m_f": (0.1, 1.0), "theta0": (0.1, 10.0)},
        "AdaptiveNeuron: theta0 must let a signal of 1 be worth something, f(1) above 0, not 10 with m_f 1; "
        "use a theta0 of at most 2.",
    ),
    ({"tau_filter": 0.0}, "AdaptiveNeuron: tau_filter must be a number in 0.5..10000, not 0.0."),
]


@pytest.mark.parametrize(("options", "message"), BAD)
def test_parameters_out_of_range(options: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as caught:
        AdaptiveNeuron(**{"channels": 2, **options})
    assert str(caught.value) == message


def test_a_theta0_of_2_is_always_worth_something() -> None:
    for m_f in (0.001, 0.1, 1.0):
        assert AdaptiveNeuron(1, m_f=m_f, theta0=2.0).height == pytest.approx(2.0)


def test_precisions_that_are_not_there() -> None:
    with pytest.raises(InputError) as caught:
        set_precision(nn.Linear(2, 2), 0)
    assert str(caught.value) == "set_precision: the network must have an AdaptiveNeuron, not none."
    with pytest.raises(InputError) as caught:
        set_precision(AdaptiveNeuron(2), 1)
    assert str(caught.value) == "set_precision: precision must be an integer in 0..0, not 1."


def test_the_transfer_function_is_not_built() -> None:
    with pytest.raises(UnsupportedError) as caught:
        neuron_semantics(AdaptiveNeuron(2))
    assert str(caught.value) == (
        "AdaptiveNeuron must have several time steps, not 1, which is its transfer function for training; "
        "build the network with time_steps=T and RepeatTime(T), and give it the state_dict of this one."
    )


def test_a_network_in_float32_prints_itself() -> None:
    assert repr(AdaptiveNeuron(3, m_f=(0.5, 0.1), direct=True, time_steps=7)) == (
        "AdaptiveNeuron(3, m_f=0.5, 0.1, time_steps=7, direct=True)"
    )
    assert repr(AdaptiveNeuron(3, spatial_axes=2)) == (
        "AdaptiveNeuron(3, m_f=0.1, time_steps=1, spatial_axes=2)"
    )
