"""Refractory neurons as users write them by hand."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class Waiting(nn.Module):
    """(time, batch, ..): after a spike neither input nor leak changes the membrane for some steps."""

    def __init__(self, wait: int, beta: float = 0.5, threshold: float = 1.0, soft: bool = False) -> None:
        super().__init__()
        self.wait, self.beta, self.threshold, self.soft = wait, beta, threshold, soft

    def forward(self, x: Tensor) -> Tensor:
        mem, left, out = torch.zeros_like(x[0]), torch.zeros_like(x[0]), []
        for now in x:
            ready = left == 0
            mem = torch.where(ready, self.beta * mem + now, mem)
            spike = ((mem >= self.threshold) & ready).to(x.dtype)
            mem = mem - self.threshold * spike if self.soft else mem * (1 - spike)
            left = torch.where(spike > 0, torch.full_like(left, self.wait), (left - 1).clamp(min=0))
            out.append(spike)
        return torch.stack(out)
