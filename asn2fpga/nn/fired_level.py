"""The spike function of neurons that fire at multiples of their threshold, with surrogate gradients."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import torch
from torch import Tensor

from asn2fpga.nn.surrogate import SURROGATES, Surrogate

Fires = Literal[">=", ">"]


class LevelRule(NamedTuple):
    """At most `levels` spikes. fires: whether U equal to a threshold reaches it; signed: below zero too."""

    levels: int
    fires: Fires
    signed: bool
    surrogate: Surrogate


class FiredLevel(torch.autograd.Function):
    """S = the number of thresholds 1, 2, .. D that the ratio U / threshold reaches; signed: odd about 0.

    dS/dratio = the sum of the surrogate around each threshold.
    """

    @staticmethod
    def forward(ctx: Any, ratio: Tensor, rule: LevelRule) -> Tensor:
        ctx.save_for_backward(ratio)
        ctx.rule = rule
        return _reached(ratio, rule) - _reached(-ratio, rule) if rule.signed else _reached(ratio, rule)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None]:
        (gradient,) = gradients
        (ratio,) = ctx.saved_tensors
        return gradient * _slope(ratio, ctx.rule), None


def _reached(ratio: Tensor, rule: LevelRule) -> Tensor:
    whole = ratio.floor() if rule.fires == ">=" else ratio.ceil() - 1
    return whole.clamp(0, rule.levels)


def _slope(ratio: Tensor, rule: LevelRule) -> Tensor:
    surrogate, slope = SURROGATES[rule.surrogate], torch.zeros_like(ratio)
    for level in range(1, rule.levels + 1):
        slope += surrogate(ratio - level)
        if rule.signed:
            slope += surrogate(ratio + level)
    return slope


def fired_level(ratio: Tensor, rule: LevelRule) -> Tensor:
    """`FiredLevel` with types. ratio: any shape, that of the result."""
    apply: Callable[..., Tensor] = FiredLevel.apply
    return apply(ratio, rule)
