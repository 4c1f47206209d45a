"""Modules whose input has time as its last axis: (batch, ..., time)."""

from __future__ import annotations

from typing import cast

from torch import Tensor, fx, nn

MOVE = ("movedim", (0, -1))
"""The method, and its arguments, that turns (time, batch, ...) into what such a module takes."""


class TimeLast(nn.Module):
    """A module that takes (batch, ..., time), as one that takes (time, batch, ...)."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.module(with_time_last(x)))


def with_time_last(x: Tensor) -> Tensor:
    """(batch, ..., time) of (time, batch, ...)."""
    return x.movedim(*MOVE[1])


def has_time_last(node: fx.Node) -> bool:
    """Whether it is the input of a trace as `with_time_last` makes it."""
    source = node.args[0] if node.args else None
    is_moved = node.op == "call_method" and (node.target, tuple(node.args[1:])) == MOVE
    return is_moved and isinstance(source, fx.Node) and source.op == "placeholder"
