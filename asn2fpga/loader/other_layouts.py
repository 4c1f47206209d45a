"""Samples that lie otherwise than forward takes them: channels last, no axis of channels, pixels in a row."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import torch
from torch import Tensor

MOST_CHANNELS = 4
"""Of images whose last axis is taken for that of the channels."""


def other_layout(runs: Callable[[Tensor], bool], shape: tuple[int, ...]) -> str:
    """How samples (N, ...) would have to be saved so that forward runs; nothing if none of these ways does,
    or if it runs on them as they are.
    """
    given = torch.zeros(3, *shape[1:])
    if _fits(runs, given):
        return ""
    for written, changed in _ways(given):
        if _fits(runs, changed):
            axes = ", ".join(map(str, changed.shape[1:]))
            return f"forward takes samples of shape ({axes}): save {written}"
    return ""


def _fits(runs: Callable[[Tensor], bool], x: Tensor) -> bool:
    """As frames (batch, ...) or as events (time, batch, ...)."""
    return runs(x) or (x.dim() > 2 and runs(x.transpose(0, 1)))


def _ways(x: Tensor) -> Iterator[tuple[str, Tensor]]:
    """As numpy is told, and what comes of it."""
    if x.dim() == 4 and x.shape[-1] <= MOST_CHANNELS:
        yield "x.transpose(0, 3, 1, 2)", x.permute(0, 3, 1, 2)
    if x.dim() == 5 and x.shape[-1] <= MOST_CHANNELS:
        yield "x.transpose(0, 1, 4, 2, 3)", x.permute(0, 1, 4, 2, 3)
    if x.dim() == 3:
        yield "x[:, None]", x[:, None]
        yield "x.transpose(0, 2, 1)", x.transpose(1, 2)
    if x.dim() == 4 and x.shape[1] == 1:
        yield "x[:, 0]", x[:, 0]
    if x.dim() > 2:
        yield "x.reshape(len(x), -1)", x.flatten(1)
    side = math.isqrt(x.shape[1])
    if x.dim() == 2 and side * side == x.shape[1]:
        yield f"x.reshape(-1, 1, {side}, {side})", x.reshape(-1, 1, side, side)
