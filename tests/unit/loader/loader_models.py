"""A small network, and how to get the message of a refusal."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.nn import NASN

EXAMPLE = torch.zeros(1, 2, 4)
CALIBRATION = np.arange(24, dtype=np.uint8).reshape(3, 2, 4)


def network() -> nn.Sequential:
    """Images of 2 x 4 pixels, 8 - 4 - 2, with weights that depend on nothing."""
    torch.manual_seed(1)
    return nn.Sequential(nn.Flatten(), nn.Linear(8, 4), NASN(4), nn.Linear(4, 2))


def flat_network() -> nn.Sequential:
    """The same network for inputs of 8 numbers."""
    return nn.Sequential(*network()[1:])


def refusal(act: Callable[[], object]) -> str:
    """The message of the InputError that `act` raises."""
    with pytest.raises(InputError) as caught:
        act()
    return str(caught.value)


class Forward(nn.Module):
    """A module from a function of (parts, x)."""

    def __init__(self, run: Callable[[nn.ModuleDict, Tensor], Tensor], **parts: nn.Module) -> None:
        super().__init__()
        self.parts = nn.ModuleDict(parts)
        self.run = run

    def forward(self, x: Tensor) -> Tensor:
        return self.run(self.parts, x)


def norm(channels: int) -> nn.BatchNorm1d:
    """BatchNorm1d with statistics as after training."""
    module = nn.BatchNorm1d(channels)
    generator = torch.Generator().manual_seed(5)
    for tensor in (module.running_mean, module.running_var, module.weight, module.bias):
        assert tensor is not None
        tensor.data = torch.rand(channels, generator=generator) + 0.5
    return module


def dense(*parts: nn.Module) -> nn.Sequential:
    """Linear, parts, Linear."""
    return nn.Sequential(nn.Linear(16, 8), *parts, nn.Linear(8, 3))
