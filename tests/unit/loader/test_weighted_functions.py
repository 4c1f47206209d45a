"""F.conv2d, F.linear, F.batch_norm with constant weights, as modules that quantise their weights do."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.save import convert
from asn2fpga.nn import NASN
from asn2fpga.quantise.apply import quantise
from asn2fpga.reference import float_model

X = np.random.default_rng(0).integers(0, 256, (4, 1, 8, 8)).astype(np.uint8)


class Conv2dLSQ(nn.Conv2d):
    """Weights of 4 bits with a learned step for each output channel, as QSD-Transformer has them."""

    def __init__(self, *sizes: int, **options: int) -> None:
        super().__init__(*sizes, bias=False, **options)  # type: ignore[arg-type]
        self.alpha = nn.Parameter(self.weight.detach().abs().amax((1, 2, 3), keepdim=True) / 7)

    def forward(self, x: Tensor) -> Tensor:
        weight = (self.weight / self.alpha).clamp(-7, 7).round() * self.alpha
        return functional.conv2d(x, weight, self.bias, self.stride, self.padding, self.dilation, self.groups)


class Tokens(nn.Module):
    """F.linear on the features of each token, F.batch_norm before."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.fired = Conv2dLSQ(1, 4, 3, padding=1), NASN(4)
        self.weight, self.after, self.head = nn.Parameter(torch.randn(6, 4)), NASN(4), nn.Linear(6, 3)
        self.norm, self.depth = nn.BatchNorm2d(4), Conv2dLSQ(4, 4, 3, padding=1, groups=4)

    def forward(self, x: Tensor) -> Tensor:
        current = functional.batch_norm(
            self.first(x), self.norm.running_mean, self.norm.running_var, self.norm.weight, self.norm.bias
        )
        tokens = self.fired(self.depth(self.fired_twice(current))).flatten(2).transpose(1, 2)
        scores: Tensor = self.head(self.after(functional.linear(tokens, self.weight)).mean(1))
        return scores

    def fired_twice(self, x: Tensor) -> Tensor:
        return torch.round(torch.clamp(3 * x, 0, 4)) / 4


def net() -> Tokens:
    torch.manual_seed(3)
    return Tokens().eval()


def test_functions_of_weights_are_layers() -> None:
    module = net()
    graph = convert(module, "net", torch.rand(1, 1, 8, 8), input_scale=1 / 255).graph
    with torch.no_grad():
        expected = module.double()(torch.from_numpy(X).double() / 255).numpy()
    assert expected.std() > 0.01
    assert np.allclose(float_model.simulate(graph, X).scores, expected, rtol=0, atol=1e-12)


def test_weights_that_are_quantised_already_stay_as_they_are() -> None:
    graph = convert(net(), "net", torch.rand(1, 1, 8, 8), input_scale=1 / 255).graph
    decisions = {found.layer: found for found in quantise(graph).decisions.weights}
    assert (decisions["depth"].bits, decisions["depth"].method) == (4, "as trained")
    assert decisions["depth"].relative_error < 1e-5


def test_weights_of_the_input_are_refused() -> None:
    class Hyper(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return functional.linear(torch.ones(2, 16), x)

    with pytest.raises(UnsupportedError, match="linear must take weights that do not depend on the input"):
        convert(Hyper(), "net", torch.rand(1, 16))
