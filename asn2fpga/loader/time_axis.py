"""Modules that take time as their last axis, or whose static input is repeated over time outside of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from torch import Tensor, fx, nn

if TYPE_CHECKING:
    from asn2fpga.loader.description import InputDescription

MOVE = ("movedim", (0, -1))
"""The method, and its arguments, that turns (time, batch, ...) into (batch, ..., time)."""


class Adapted(nn.Module):
    """A module, and what has to be done to an input before it is one that the module takes."""

    def __init__(self, module: nn.Module) -> None:
        super().__init__()
        self.module = module

    def adapt(self, x: Tensor) -> Tensor:
        """What the module gets for the input x."""
        raise NotImplementedError

    def forward(self, x: Tensor) -> Tensor:
        return cast(Tensor, self.module(self.adapt(x)))


class TimeLast(Adapted):
    """A module that takes (batch, ..., time), as one that takes (time, batch, ...)."""

    def adapt(self, x: Tensor) -> Tensor:
        return with_time_last(x)


class TimeRepeated(Adapted):
    """A module that takes (time, batch, ...), as one that takes (batch, ...): the same in all time steps."""

    def __init__(self, module: nn.Module, time_steps: int) -> None:
        super().__init__(module)
        self.time_steps = time_steps

    def adapt(self, x: Tensor) -> Tensor:
        return repeated(x, self.time_steps)


class TimeLastRepeated(TimeRepeated):
    """A module that takes (batch, ..., time), as one that takes (batch, ...): the same in all time steps."""

    def adapt(self, x: Tensor) -> Tensor:
        return with_time_last(super().adapt(x))


def as_described(module: nn.Module, description: InputDescription) -> nn.Module:
    """The module for inputs of the axes that its description names."""
    if description.time_last and description.repeated:
        return TimeLastRepeated(module, description.time_steps)
    if description.time_last:
        return TimeLast(module)
    return TimeRepeated(module, description.time_steps) if description.repeated else module


def repeated(x: Tensor, time_steps: int) -> Tensor:
    """(time, batch, ...) of (batch, ...)."""
    return x.unsqueeze(0).repeat(time_steps, *(1 for _ in x.shape))


def with_time_last(x: Tensor) -> Tensor:
    """(batch, ..., time) of (time, batch, ...)."""
    return x.movedim(*MOVE[1])


def has_time_last(node: fx.Node) -> bool:
    """Whether it is the input of a trace as `with_time_last` makes it."""
    source = node.args[0] if node.args else None
    is_moved = node.op == "call_method" and (node.target, tuple(node.args[1:])) == MOVE
    return is_moved and isinstance(source, fx.Node) and (source.op == "placeholder" or _is_repeated(source))


def _is_repeated(node: fx.Node) -> bool:
    """Whether it is the input of a trace as `repeated` makes it."""
    source: Any = node.args[0] if node.args and node.target == "repeat" else None
    read: Any = source.args[0] if isinstance(source, fx.Node) and source.target == "unsqueeze" else None
    return isinstance(read, fx.Node) and read.op == "placeholder"
