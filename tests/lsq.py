"""Layers that quantise their weights to 4 bits with a learned step for each output channel (LSQ), and neurons
of 4 levels that round half up, as QSD-Transformer has them: its names, its structure.
"""

from __future__ import annotations

import math
from typing import Any

import torch
from meta_former import Spiking_vit_MetaFormer, Style
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.parameter import Parameter


class ReLUX(nn.Module):
    """Between 0 and a largest value."""

    def __init__(self, thre: int = 8) -> None:
        super().__init__()
        self.thre = thre

    def forward(self, x: Tensor) -> Tensor:
        return torch.clamp(x, 0, self.thre)


relu4 = ReLUX(thre=4)


class multispike(torch.autograd.Function):  # noqa: N801  # as it is called there
    """Levels 0..4, half up; the gradient passes inside."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, lens: int) -> Tensor:
        ctx.save_for_backward(x)
        ctx.lens = lens
        found: Tensor = torch.floor(relu4(x) + 0.5)
        return found

    @staticmethod
    def backward(ctx: Any, grad_output: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        return grad_output * ((x > 0) & (x < ctx.lens)).float(), None


class Multispike(nn.Module):
    """A quarter for each level."""

    def __init__(self, lens: int = 4, spike: type = multispike) -> None:
        super().__init__()
        self.lens, self.spike = lens, spike

    def forward(self, inputs: Tensor) -> Tensor:
        found: Tensor = self.spike.apply(4 * inputs, self.lens) / 4  # type: ignore[attr-defined]
        return found


class Multispike_att(Multispike):  # noqa: N801
    """After the attention: a half for each level."""

    def forward(self, inputs: Tensor) -> Tensor:
        found: Tensor = self.spike.apply(4 * inputs, self.lens) / 2  # type: ignore[attr-defined]
        return found


def grad_scale(x: Tensor, scale: float) -> Tensor:
    """x, with `scale` times its gradient."""
    scaled = x * scale
    return x.detach() - scaled.detach() + scaled


def round_pass(x: Tensor) -> Tensor:
    """Rounded, with the gradient of x."""
    return x.round().detach() - x.detach() + x


class _Quantised(nn.Module):
    """What the layers share: nbits, alpha with a step for each output channel, init_state."""

    weight: Tensor
    nbits: int
    alpha: Tensor
    init_state: Tensor

    def add_steps(self, channels: int, nbits: int) -> None:
        self.nbits = nbits
        self.alpha = Parameter(torch.ones(channels))
        self.register_buffer("init_state", torch.zeros(1))

    def quantised_weight(self) -> Tensor:
        lowest, highest = -(2 ** (self.nbits - 1)), 2 ** (self.nbits - 1) - 1
        if self.training and self.init_state == 0:
            self.alpha.data.copy_(2 * self.weight.abs().mean() / math.sqrt(highest))
            self.init_state.fill_(1)
        alpha = grad_scale(self.alpha, 1.0 / math.sqrt(self.weight.numel() * highest))
        for _ in range(self.weight.dim() - 1):
            alpha = alpha.unsqueeze(-1)
        return round_pass((self.weight / alpha).clamp(lowest, highest)) * alpha


class Conv2dLSQ(nn.Conv2d, _Quantised):
    """Conv2d of quantised weights."""

    def __init__(self, *sizes: int, nbits_w: int = 4, **options: Any) -> None:
        super().__init__(*sizes, **options)
        self.add_steps(self.out_channels, nbits_w)

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv2d(
            x, self.quantised_weight(), self.bias, self.stride, self.padding, self.dilation, self.groups
        )


class Conv1dLSQ(nn.Conv1d, _Quantised):
    """Conv1d of quantised weights."""

    def __init__(self, *sizes: int, nbits_w: int = 4, **options: Any) -> None:
        super().__init__(*sizes, **options)
        self.add_steps(self.out_channels, nbits_w)

    def forward(self, x: Tensor) -> Tensor:
        return functional.conv1d(
            x, self.quantised_weight(), self.bias, self.stride, self.padding, self.dilation, self.groups
        )


class LinearLSQ(nn.Linear, _Quantised):
    """Linear of quantised weights."""

    def __init__(self, in_features: int, out_features: int, bias: bool = True, nbits_w: int = 4) -> None:
        super().__init__(in_features, out_features, bias)
        self.add_steps(out_features, nbits_w)

    def forward(self, x: Tensor) -> Tensor:
        return functional.linear(x, self.quantised_weight(), self.bias)


QSD = Style(Multispike, Multispike_att, Conv2dLSQ, Conv1dLSQ, LinearLSQ, scale=0.25, layer_scale=0.5)
"""layer_scale starts at 1e-6 there, and is what training leaves; a trained one is of this size."""


def qsd_transformer(**sizes: Any) -> Spiking_vit_MetaFormer:
    """QSD-Transformer, small."""
    net = Spiking_vit_MetaFormer(QSD, **sizes)
    for module in net.modules():
        if isinstance(module, _Quantised):  # as the first step of training does
            module.train()
            module.quantised_weight()
    return net
