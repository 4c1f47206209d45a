"""Steps of forward whose result is a sum of elements of what they read, times constants."""

from __future__ import annotations

import operator
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, fx, nn
from torch.nn import functional

from asn2fpga.loader.repeat import CONCATENATIONS, TRANSPOSING_FUNCTIONS, TRANSPOSING_METHODS

KEEPING = ("contiguous", "clone", "detach", "float", "double", "to", "type")
"""Methods that give the same numbers."""
TYPES = ("float", "double", "to", "type")
SELECTING = (
    *(operator.getitem, torch.stack, *CONCATENATIONS, torch.sum, torch.mean, torch.neg, operator.neg),
    *(torch.reshape, torch.flatten, torch.unflatten, torch.squeeze, torch.unsqueeze, *TRANSPOSING_FUNCTIONS),
    *(torch.narrow, torch.index_select, functional.avg_pool1d, torch.avg_pool1d),
    *("sum", "mean", "neg", "reshape", "view", "flatten", "unflatten", "squeeze", "unsqueeze", "t"),
    *(*TRANSPOSING_METHODS, "narrow", "index_select", *KEEPING),
)
"""Functions, and methods by their names, that read one tensor, or a list of several."""
SUMS = (operator.add, operator.sub, torch.add, torch.sub, "add", "sub")
PRODUCTS = (operator.mul, torch.mul, "mul", operator.matmul, torch.matmul, "matmul")
QUOTIENTS = (operator.truediv, torch.div, "div")
MODULES = (nn.Flatten, nn.Unflatten, nn.Identity, nn.Dropout, nn.AvgPool1d)


def is_linear(node: fx.Node, root: nn.Module, results: Mapping[fx.Node, Any]) -> bool:
    """Whether the step is one, of tensors that the trace knows."""
    read = traced(node)
    if not read or not all(isinstance(results.get(one), Tensor) for one in (node, *read)):
        return False
    if node.op == "call_module":
        return isinstance(root.get_submodule(str(node.target)), MODULES)
    if node.target in SUMS:
        return all(one in read or (type(one) is int and one == 0) for one in node.args) and not node.kwargs
    if node.target in PRODUCTS:
        return len(read) == 1
    if node.target in QUOTIENTS:
        return len(read) == 1 and node.args[0] is read[0] and not node.kwargs
    return node.target in SELECTING


def traced(node: fx.Node) -> list[fx.Node]:
    """What it reads that is no constant."""
    return [read for read in node.all_input_nodes if read.op != "get_attr"]


@dataclass(frozen=True, eq=False)
class _Step:
    """A node as it was when it was found."""

    node: fx.Node
    op: str
    target: Any
    args: tuple[Any, ...]
    kwargs: dict[str, Any]


class Steps(nn.Module):
    """Such steps as a module of what they read together, `source`; the last of them gives the result."""

    def __init__(
        self, source: fx.Node, nodes: list[fx.Node], root: nn.Module, results: Mapping[fx.Node, Any]
    ) -> None:
        super().__init__()
        self._source = source
        self._steps = [_Step(node, node.op, node.target, node.args, dict(node.kwargs)) for node in nodes]
        constants = {read for node in nodes for read in node.all_input_nodes if read.op == "get_attr"}
        self._constants = {read: results[read] for read in constants}
        self._root = (root,)  # in a tuple: not a part of it

    def forward(self, x: Tensor) -> Tensor:
        known: dict[fx.Node, Any] = {self._source: x}
        for node, constant in self._constants.items():
            known[node] = constant.to(x.dtype) if constant.is_floating_point() else constant
        for step in self._steps:
            given: Any = fx.node.map_arg((step.args, step.kwargs), known.__getitem__)
            known[step.node] = self._run(step, *given)
        found: Tensor = known[self._steps[-1].node]
        return found

    def _run(self, step: _Step, args: Any, keywords: Any) -> Any:
        if step.op == "call_module":
            return self._root[0].get_submodule(step.target)(*args, **keywords)
        if step.op == "call_function":
            return step.target(*args, **keywords)
        return args[0] if step.target in TYPES else getattr(args[0], step.target)(*args[1:], **keywords)
