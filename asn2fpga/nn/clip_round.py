"""The spike function clip(round(U), alpha, alpha + D), straight-through gradients of arXiv 2604.12365."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor


class ClipRound(torch.autograd.Function):
    """S = clip(round(U), low, low + D), round half to even; low = alpha, or its nearest integer.

    dS/dU = 1 where low <= U <= low + D, else 0.
    dS/dalpha = 1 where U lies outside that window, else 0; summed over all elements and multiplied by
    `alpha_grad_scale` (the paper's hyper-parameter a).
    """

    @staticmethod
    def forward(
        ctx: Any, potential: Tensor, alpha: Tensor, levels: int, integer_alpha: bool, alpha_grad_scale: float
    ) -> Tensor:
        low = (alpha.round() if integer_alpha else alpha).to(potential.dtype)
        ctx.save_for_backward((potential >= low) & (potential <= low + levels))
        ctx.alpha_dtype, ctx.alpha_grad_scale = alpha.dtype, alpha_grad_scale
        return potential.round().clamp(low, low + levels)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, Tensor | None, None, None, None]:
        (gradient,) = gradients
        (inside,) = ctx.saved_tensors
        zero = gradient.new_zeros(())
        alpha_gradient = None
        if ctx.needs_input_grad[1]:
            outside = torch.where(inside, zero, gradient).sum() * ctx.alpha_grad_scale
            alpha_gradient = outside.to(ctx.alpha_dtype)
        return torch.where(inside, gradient, zero), alpha_gradient, None, None, None


def clip_round(
    potential: Tensor, alpha: Tensor, levels: int, integer_alpha: bool, alpha_grad_scale: float
) -> Tensor:
    """`ClipRound` with types. potential: any shape; alpha: scalar; result: shape of potential."""
    apply: Callable[..., Tensor] = ClipRound.apply
    return apply(potential, alpha, levels, integer_alpha, alpha_grad_scale)
