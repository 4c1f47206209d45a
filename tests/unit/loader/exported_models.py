"""Modules that are exported: structures whose programs differ in kind."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.nn import ASN, NASN, RepeatTime, TimeMean


class Maps(nn.Module):
    """Convolution, BatchNorm, graded neurons, pool, a residual of currents."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1, bias=False), nn.BatchNorm2d(4), NASN(levels=4)
        )
        self.conv, self.spikes = nn.Conv2d(4, 4, 3, padding=1), NASN(levels=2)
        self.pool = nn.Sequential(nn.AdaptiveMaxPool2d(3), nn.MaxPool2d(2, 1))
        self.fc = nn.Linear(16, 5)

    def forward(self, x: Tensor) -> Tensor:
        x = self.stem(x)
        x = self.spikes(self.conv(x) + x)
        found: Tensor = self.fc(self.pool(x).reshape(x.shape[0], -1))
        return found


def over_time() -> nn.Sequential:
    """A loop over time inside the neurons."""
    return nn.Sequential(
        RepeatTime(4), nn.Linear(16, 8), ASN(levels=4, time_steps=4), nn.Linear(8, 5), TimeMean()
    )


class Rounded(nn.Module):
    """Graded neurons written as operations in forward."""

    def __init__(self) -> None:
        super().__init__()
        self.fc1, self.fc2 = nn.Linear(16, 8), nn.Linear(8, 5)

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.fc2(torch.round(torch.clamp(self.fc1(x), 0, 4)) / 4)
        return found


class OwnCell(nn.Module):
    """Neurons of the user's own, which take their state and return it."""

    def forward(self, x: Tensor, mem: Tensor) -> tuple[Tensor, Tensor]:
        mem = 0.5 * mem + x
        spikes = (mem >= 1.0).to(x.dtype)
        return spikes, mem * (1 - spikes)


class AtOnceCell(nn.Module):
    """The same with a reset as snnTorch's Leaky with reset_delay=False, which torch cannot export."""

    def forward(self, x: Tensor, mem: Tensor) -> tuple[Tensor, Tensor]:
        reset = (mem > 1.0).to(x.dtype)
        mem = 0.5 * mem + x - reset
        spikes = (mem > 1.0).to(x.dtype)
        return spikes, mem - (spikes - reset)


class Loop(nn.Module):
    """A loop in forward over events (time, batch, ...); spikes and membranes are returned."""

    def __init__(self, cell: type[nn.Module] = OwnCell) -> None:
        super().__init__()
        self.fc1, self.cell1, self.fc2, self.cell2 = nn.Linear(6, 8), cell(), nn.Linear(8, 3), cell()

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        mem1 = torch.zeros(x.shape[1], 8)
        mem2 = torch.zeros(x.shape[1], 3)
        spikes, membranes = [], []
        for now in x:
            spk1, mem1 = self.cell1(self.fc1(now), mem1)
            spk2, mem2 = self.cell2(self.fc2(spk1), mem2)
            spikes.append(spk2)
            membranes.append(mem2)
        return torch.stack(spikes), torch.stack(membranes)


def export(module: nn.Module, path: Path, example: Tensor, **options: Any) -> Path:
    """Write the program of a module."""
    program = torch.export.export(copy.deepcopy(module).eval(), (example,), **options)
    torch.export.save(program, path)
    return path


def trained(module: nn.Module) -> nn.Module:
    """With weights that make neurons fire, and statistics in BatchNorm."""
    torch.manual_seed(3)
    for part in module.modules():
        if isinstance(part, nn.Linear | nn.Conv2d):
            nn.init.normal_(part.weight, 0.1, 0.4)
        if (
            isinstance(part, nn.BatchNorm2d)
            and part.running_mean is not None
            and part.running_var is not None
        ):
            nn.init.normal_(part.running_mean, 0.1, 0.2)
            nn.init.uniform_(part.running_var, 0.5, 1.5)
    return module.eval()
