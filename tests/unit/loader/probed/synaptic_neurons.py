"""Neurons with a synaptic current, as people write them: two leaks, any reset, gains of the input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass
class Current:
    """keeps: of the current, leak: of the membrane; gains: of what enters either. gain: of a soft reset."""

    reset: str
    keeps: float = 0.5
    leak: float = 0.75
    leak_order: str = "after_reset"
    threshold: float = 1.0
    gain: float = 1.0
    gains: tuple[float, float] = (1.0, 1.0)

    def act(self, state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
        """One time step."""
        mem, syn = state or (torch.zeros_like(x), torch.zeros_like(x))
        syn = self.keeps * syn + self.gains[0] * x
        mem = mem + self.gains[1] * syn
        spike = (mem > self.threshold).to(x.dtype)
        taken = self.gain * self.threshold * spike
        if self.reset == "hard":
            mem = self.leak * (mem * (1 - spike))
        elif self.leak_order == "after_reset":
            mem = self.leak * (mem - taken)
        else:
            mem = self.leak * mem - taken
        return (mem, syn), spike


def current_reset(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """A synaptic current that a spike takes away, as it does the membrane."""
    mem, syn = state or (torch.zeros_like(x), torch.zeros_like(x))
    syn = 0.5 * syn + x
    mem = 0.75 * mem + syn
    spike = (mem > 1).to(x.dtype)
    return (mem - spike, syn * (1 - spike)), spike


def late(state: Any, x: Tensor, t: int) -> tuple[Any, Tensor]:
    """A synaptic current of the step before."""
    mem, syn = state or (torch.zeros_like(x), torch.zeros_like(x))
    mem = 0.75 * mem + syn
    spike = (mem > 1).to(x.dtype)
    return (mem - spike, 0.5 * syn + x), spike
