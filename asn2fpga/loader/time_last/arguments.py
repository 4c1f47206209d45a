"""What operations get on one time step, of what they got on (batch, ..., time)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, fx
from torch.nn import functional

REORDERING = frozenset(
    (
        *(torch.permute, torch.transpose, torch.swapaxes, torch.movedim, torch.moveaxis),
        *("permute", "transpose", "swapaxes", "swapdims", "movedim", "moveaxis"),
    )
)
RESHAPING = frozenset((torch.reshape, "reshape", "view"))
FLATTENING = frozenset((torch.flatten, "flatten"))
REDUCING = frozenset((torch.sum, torch.mean, torch.amax, torch.max, "sum", "mean", "amax", "max"))
OVER_AXES = frozenset(
    (
        *(torch.softmax, functional.softmax, functional.log_softmax, "softmax", "log_softmax"),
        *(torch.cat, torch.concat, torch.concatenate, torch.unsqueeze, "unsqueeze"),
    )
)
"""Whose second argument, or `dim`, is an axis."""


def order_of(node: fx.Node, dims: int) -> tuple[int, ...]:
    """How an operation orders the axes anew."""
    sizes = torch.empty(tuple(range(2, dims + 2)), device="meta")
    name = getattr(node.target, "__name__", str(node.target))
    moved: Tensor = getattr(sizes, name)(*node.args[1:], **node.kwargs)
    return tuple(size - 2 for size in moved.shape)


def axes_of(node: fx.Node) -> Any:
    """Over which an operation goes; None if it does not say."""
    return node.args[1] if len(node.args) > 1 else node.kwargs.get("dim", node.kwargs.get("axis"))


def over(node: fx.Node, axes: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Its arguments over other axes."""
    others = {name: value for name, value in node.kwargs.items() if name not in ("dim", "axis")}
    return (node.args[0], axes, *node.args[2:]), others


def sizes_of(node: fx.Node) -> list[Any]:
    """Of view(3, -1, T) and view((3, -1, T))."""
    sizes: Sequence[Any] = node.args[1:]
    return list(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else list(sizes)


def ends_of(node: fx.Node) -> tuple[int, int]:
    """Between which axes flatten(1, 2) flattens."""
    given: Any = node.args[1:]
    start: Any = given[0] if given else node.kwargs.get("start_dim", 0)
    end: Any = given[1] if len(given) > 1 else node.kwargs.get("end_dim", -1)
    return int(start), int(end)


def parted_index(index: Any, dims: int) -> tuple[tuple[Any, ...], Any] | None:
    """Of x[:, 2:5] and the like what is taken of each step, and of time; None of what cannot be told."""
    indices = index if isinstance(index, tuple) else (index,)
    if any(isinstance(one, fx.Node | Tensor) or one is None for one in indices):
        return None
    whole = slice(None)
    if Ellipsis not in indices:
        indices = (*indices, Ellipsis)
    at = indices.index(Ellipsis)
    missing = (whole,) * (dims - len(indices) + 1)
    indices = (*indices[:at], *missing, *indices[at + 1 :])
    return indices[:-1], indices[-1]


def constant_of_step(value: Tensor, step: int) -> Tensor:
    """Of one that is broadcast to (batch, ..., time)."""
    if value.dim() == 0:
        return value
    return value[..., 0 if value.shape[-1] == 1 else step].clone()
