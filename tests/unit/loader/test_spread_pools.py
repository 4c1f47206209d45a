"""Means that make more pixels than a map has, and no whole times as many, are part of a Linear layer."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from loader_models import refusal
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.golden.simulate import simulate
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.save import convert
from asn2fpga.nn import NASN, RepeatTime, TimeMean
from asn2fpga.quantise.apply import quantise
from asn2fpga.reference import float_model


class Net(nn.Module):
    """A convolution, neurons, a mean of 5 x 3 pixels made of 2 x 2, and what reads it."""

    def __init__(self, read: Callable[[Net, Tensor], Tensor]) -> None:
        super().__init__()
        torch.manual_seed(2)
        self.conv, self.fires, self.pool = nn.Conv2d(1, 3, 3), NASN(4), nn.AdaptiveAvgPool2d((5, 3))
        self.norm, self.drop, self.fc = nn.BatchNorm2d(3), nn.Dropout(), nn.Linear(45, 4)
        self.read = read

    def forward(self, x: Tensor) -> Tensor:
        return self.read(self, self.fires(4 * self.conv(x)))


READ: dict[str, Callable[[Net, Tensor], Tensor]] = {
    "modules": lambda net, x: net.fc(net.drop(torch.flatten(net.pool(x), 1))),
    "functions": lambda net, x: functional.linear(
        functional.dropout(functional.adaptive_avg_pool2d(x, (5, 3)).view(len(x), -1), training=False),
        net.fc.weight,
        net.fc.bias,
    ),
}


@pytest.mark.parametrize("name", READ)
def test_the_linear_layer_reads_the_pixels_that_there_are(name: str) -> None:
    module = Net(READ[name]).eval()
    x = np.random.default_rng(0).integers(0, 256, (20, 1, 4, 4)).astype(np.uint8)
    graph = convert(module, "net", torch.zeros(1, 1, 4, 4), input_scale=1 / 255).graph
    assert [layer.weight.shape for layer in graph.of_type(Linear)] == [(4, 12)]
    with torch.no_grad():
        wanted = module(torch.from_numpy(x).float() / 255).numpy()
    assert np.allclose(float_model.simulate(graph, x).scores, wanted, atol=1e-6) and wanted.std() > 0.02
    assert (simulate(quantise(graph).graph, x).scores.argmax(1) == wanted.argmax(1)).mean() > 0.8


def test_over_time_as_spikingjelly_has_it() -> None:
    layer = pytest.importorskip("spikingjelly.activation_based.layer")
    from spikingjelly.activation_based import functional as sj
    from spikingjelly.activation_based import neuron

    torch.manual_seed(1)
    net = nn.Sequential(
        RepeatTime(3),
        *(layer.Conv2d(1, 3, 3), neuron.IFNode(), layer.AdaptiveAvgPool2d(3), layer.Flatten()),
        *(layer.Dropout(), layer.Linear(27, 8), neuron.IFNode(), layer.Linear(8, 4), TimeMean()),
    ).eval()
    sj.set_step_mode(net, "m")
    x = np.random.default_rng(0).integers(0, 8, (20, 1, 4, 4)).astype(np.uint8)
    graph = convert(net, "net", torch.zeros(1, 1, 4, 4), encoding="frames", max_count=7).graph
    sj.reset_net(net)
    with torch.no_grad():
        wanted = net(torch.from_numpy(x).float()).numpy()
    assert np.allclose(float_model.simulate(graph, x).scores, wanted, atol=1e-6) and wanted.std() > 0.01


@pytest.mark.parametrize(
    "read",
    [
        lambda net, x: net.fc(net.norm(net.pool(x)).flatten(1)),
        lambda net, x: net.pool(x),
        lambda net, x: net.fc(functional.adaptive_max_pool2d(x, (5, 3)).flatten(1)),
        lambda net, x: net.fc(net.pool(x).flatten(1).mul(2)),
    ],
)
def test_anything_else_is_refused(read: Callable[[Net, Tensor], Tensor]) -> None:
    message = refusal(lambda: convert(Net(read).eval(), "net", torch.zeros(1, 1, 4, 4)))
    assert message.endswith(
        "must give no more pixels than it reads, or whole times as many, not 5 x 3 of 2 x 2, unless it is a "
        "mean that a Linear layer reads after Flatten; use another output_size."
    )
