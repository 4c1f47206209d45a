"""A number of samples that forward states itself, as x.view(128, -1) does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, fx

RESHAPING = ("view", "reshape", torch.reshape)


def stated_samples(graph: fx.Graph, results: Mapping[fx.Node, Any]) -> str:
    """The end of a sentence about a forward that failed, if that may be why; else nothing."""
    for node in graph.nodes:
        rows = _rows(node)
        before = results.get(node.all_input_nodes[0]) if rows is not None else None
        after = results.get(node)  # none where it failed
        if isinstance(before, Tensor) and not (isinstance(after, Tensor) and len(before) == len(after)):
            return (
                f"; forward must not state the number of samples, {rows}, which are {len(before)} here: "
                "write x.size(0)"
            )
    return ""


def _rows(node: fx.Node) -> int | None:
    """The number in view(128, -1)."""
    if node.target not in RESHAPING or not node.all_input_nodes:
        return None
    sizes: Any = node.args[1:]
    if len(sizes) == 1 and isinstance(sizes[0], tuple | list):
        sizes = sizes[0]
    return sizes[0] if len(sizes) > 1 and type(sizes[0]) is int and sizes[0] > 1 else None
