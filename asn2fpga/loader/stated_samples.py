"""A number of samples that forward states itself, as x.view(128, -1) does."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, fx

RESHAPING = ("view", "reshape", torch.reshape)


def stated_samples(graph: fx.Graph, results: Mapping[fx.Node, Any]) -> str:
    """The end of a sentence about a forward that failed, if that may be why; else nothing."""
    for node in graph.nodes:
        sizes = new_sizes(node)
        before = results.get(node.all_input_nodes[0]) if sizes else None
        if isinstance(before, Tensor) and _states_samples(before, results.get(node), sizes):
            return (
                f"; forward must not state the number of samples, {sizes[0]}, which are {len(before)} here: "
                "write x.size(0)"
            )
    return ""


def new_sizes(node: fx.Node) -> tuple[Any, ...]:
    """(128, -1) of view(128, -1); () of what is no reshape."""
    if node.target not in RESHAPING or not node.all_input_nodes:
        return ()
    sizes: Any = node.args[1:]
    return tuple(sizes[0]) if len(sizes) == 1 and isinstance(sizes[0], tuple | list) else tuple(sizes)


def _states_samples(before: Tensor, after: Any, sizes: tuple[Any, ...]) -> bool:
    """Whether the first size stands where the samples are, and is another number.

    after: what the reshape gave, no tensor if it failed.
    """
    rows, are_numbers = sizes[0], all(type(size) is int and size for size in sizes)
    if len(sizes) < 2 or not are_numbers or rows < 2 or not (before.dim() and before.numel()):
        return False
    if isinstance(after, Tensor) and (len(after) == len(before) or len(before) % rows == 0):
        return False  # the same, or time that was part of the first axis
    rest = len(before) * math.prod(int(size) for size in sizes[1:] if size != -1)
    return before.numel() % rest == 0 if -1 in sizes else before.numel() == rest
