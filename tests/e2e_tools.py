"""What the end-to-end tests share: a small network, and what a user sees of a command."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import nn

from asn2fpga.nn import ASN

PIXELS, CLASSES = 12, 3


def tiny_module(seed: int = 1) -> nn.Module:
    """Pixels / 255 -> 12-5-3, one time step."""
    torch.manual_seed(seed)
    return nn.Sequential(nn.Linear(PIXELS, 5), ASN(levels=4), nn.Linear(5, CLASSES))


@dataclass(frozen=True)
class Outcome:
    """What a user sees of one command."""

    status: int
    stdout: str
    stderr: str


Run = Callable[..., Outcome]
