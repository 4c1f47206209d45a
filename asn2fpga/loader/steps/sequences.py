"""Sequences (batch, time, ...) that layers compute of others: as `self.fc1(x)` of an input whose time steps
`h[:, t]` a loop takes.
"""

from __future__ import annotations

import math
import operator
from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor, fx

from asn2fpga.loader.time_last.arguments import REORDERING, order_of

RESHAPING = (torch.reshape, torch.flatten, torch.unflatten, "reshape", "view", "flatten", "unflatten")
REARRANGING = frozenset(
    (
        *(torch.transpose, torch.permute, torch.movedim, torch.moveaxis, torch.swapaxes, operator.getitem),
        *("transpose", "permute", "movedim", "moveaxis", "swapaxes", "swapdims", "t", "flip", "roll"),
        *(torch.flip, torch.roll, torch.stack, torch.cat),
    )
)
"""What may leave the sizes of axes as they are and yet exchange them, or their elements."""


class Sequences:
    """Nodes that are known to have time as their second axis. results: of a trace, what each node gave."""

    def __init__(self, results: Mapping[fx.Node, Any]) -> None:
        self._results = results
        self._leading: dict[fx.Node, tuple[int, int]] = {}
        self._merged: dict[fx.Node, tuple[int, int]] = {}
        self._moved: dict[fx.Node, tuple[tuple[int, int], int]] = {}
        """(batch, .., time, ..): its sizes, and which axis is time."""

    def begin(self, node: fx.Node) -> None:
        """The node is one."""
        shape = tuple(self._results[node].shape)
        self._leading[node] = (shape[0], shape[1])

    def follow(self, node: fx.Node) -> None:
        """Whether the node is one by what it reads: a layer of each time step, or time merged for a while."""
        reads = [read for read in node.all_input_nodes if read.op != "get_attr"]
        value = self._results.get(node)
        if len(reads) != 1 or not isinstance(value, Tensor):
            return
        (read,), shape = reads, tuple(value.shape)
        if read in self._moved or (read in self._leading and node.target in REORDERING):
            self._move(node, read, shape)
            return
        leading = self._leading.get(read) or self._merged.get(read)
        if leading is None:
            return
        is_reshape = node.op != "call_module" and node.target in RESHAPING
        if is_reshape and shape[0] == math.prod(leading) and read in self._leading:
            self._merged[node] = leading
        elif is_reshape and read in self._merged and shape[:2] == leading:
            self._leading[node] = leading
        elif node.target not in REARRANGING:
            self._carry_on(node, read, leading, shape)

    def _move(self, node: fx.Node, read: fx.Node, shape: Any) -> None:
        """Of a layer of each time step between two transposes, as BatchNorm1d on (batch, channels, time)."""
        sizes, axis = self._moved.get(read) or (self._leading[read], 1)
        dims = self._results[read].dim()
        if node.target not in REORDERING:
            if shape == tuple(self._results[read].shape) and node.target not in REARRANGING:
                self._moved[node] = sizes, axis
            return
        order = order_of(node, dims)
        if order[0] != 0:
            return
        if order[1] == axis:
            self._leading[node] = sizes
        else:
            self._moved[node] = sizes, order.index(axis)

    def _carry_on(self, node: fx.Node, read: fx.Node, leading: tuple[int, int], shape: Any) -> None:
        dims = self._results[read].dim()
        if read in self._leading and len(shape) == dims and shape[:2] == leading:
            self._leading[node] = leading
        elif read in self._merged and len(shape) == dims and shape[0] == math.prod(leading):
            self._merged[node] = leading

    def __contains__(self, node: object) -> bool:
        return node in self._leading
