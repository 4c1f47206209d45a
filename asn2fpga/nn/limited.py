"""Learned numbers kept in their range, without losing their gradient at its ends."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


class Limited(torch.autograd.Function):
    """clip(value, low, high); the gradient passes unchanged: a number beyond its range can come back."""

    @staticmethod
    def forward(ctx: Any, value: Tensor, low: float, high: float) -> Tensor:
        return value.clamp(low, high)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        return gradients[0], None, None


def limited(value: Tensor, low: float, high: float) -> Tensor:
    """`Limited` with types."""
    apply: Callable[..., Tensor] = Limited.apply
    return apply(value, low, high)
