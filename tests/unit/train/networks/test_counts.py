"""The counts that layers send, their mean with its gradient, and their density."""

from __future__ import annotations

import pytest
import torch
from torch import nn

from asn2fpga.nn import ASN, NASN
from asn2fpga.train.networks.counts import CountPoint, densities, measured_counts


def test_counts_are_spikes_above_the_lowest_level() -> None:
    neuron = NASN(4, alpha=-1.0)
    x = torch.tensor([-3.0, -1.0, 0.2, 1.6, 9.0])
    point = CountPoint("n", neuron, neuron)
    with measured_counts([point]) as meter:
        neuron(x)
    assert meter.counts["n"].tolist() == [0, 0, 1, 3, 4]
    assert meter.mean.item() == pytest.approx(8 / 5)


def test_neurons_that_send_nothing_or_everything_have_no_gradient() -> None:
    neuron = ASN(2, alpha=0.4, alpha_grad_scale=0.5)
    x = torch.tensor([-1.0, 1.0, 5.0], requires_grad=True)
    with measured_counts([CountPoint("n", neuron, neuron)]) as meter:
        neuron(x)
    meter.counts["n"].sum().backward()
    assert x.grad is not None and x.grad.tolist() == [0, 1, 0]
    assert neuron.alpha.grad is not None
    assert neuron.alpha.grad.item() == pytest.approx(-0.5)  # of the one in the window alone


def test_the_mean_is_over_layers() -> None:
    first, second = ASN(4), ASN(4)
    network = nn.Sequential(first, nn.Linear(2, 3, bias=False), second)
    with torch.no_grad():
        network[1].weight.fill_(1.0)
    points = [CountPoint("a", first, first), CountPoint("b", second, second)]
    with measured_counts(points) as meter:
        network(torch.tensor([[1.0, 0.0]]))
    assert meter.mean.item() == pytest.approx((0.5 + 1.0) / 2)


def test_densities() -> None:
    neuron, pool = ASN(4), nn.MaxPool2d(2)
    network = nn.Sequential(neuron, pool)
    x = torch.tensor([[[[1.0, 0.0, 0.0, 0.0], [2.0, 0.0, 0.0, 0.0]]]])
    points = [CountPoint("neuron", neuron, neuron), CountPoint("pool", pool, neuron)]
    assert densities(network, points, [x, 0 * x]) == {"neuron": 2 / 16, "pool": 1 / 4}


def test_nothing_stays_on_the_network() -> None:
    neuron = ASN(4)
    with measured_counts([CountPoint("n", neuron, neuron)]) as meter:
        pass
    neuron(torch.ones(1))
    assert meter.counts == {}
