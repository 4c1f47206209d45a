"""Attention that weighs time steps, channels or pixels by a sigmoid of their means, as TA-SNN does."""

from __future__ import annotations

import operator

import torch
from torch import fx, nn
from torch.nn import functional

from asn2fpga.loader.in_place import VIEWS
from asn2fpga.loader.steps.place import line_of
from asn2fpga.loader.supported import OF_EACH_INPUT
from asn2fpga.loader.symbolic_trace import SymbolicTrace

GATES = frozenset((torch.sigmoid, functional.sigmoid, functional.hardsigmoid, "sigmoid"))
GATING = (nn.Sigmoid, nn.Hardsigmoid)
PRODUCTS = (operator.mul, torch.mul, "mul")
REDUCTIONS = frozenset(
    (
        *(torch.mean, torch.amax, torch.max, torch.sum, "mean", "amax", "max", "sum"),
        *(functional.adaptive_avg_pool2d, functional.adaptive_max_pool2d, functional.adaptive_avg_pool1d),
    )
)
POOLS = (
    *(nn.AdaptiveAvgPool1d, nn.AdaptiveAvgPool2d, nn.AdaptiveAvgPool3d),
    *(nn.AdaptiveMaxPool1d, nn.AdaptiveMaxPool2d, nn.AdaptiveMaxPool3d),
)


def hint_of_gates(trace: SymbolicTrace) -> str:
    """What to do about the first such attention, with its line; nothing if there is none."""
    for node in trace.graph.nodes:
        if _is(node, trace, GATES, GATING) and _has_means(node, trace):
            product = _product(node)
            if product is not None:
                return f"; forward multiplies by a sigmoid of means{line_of(product)}: {OF_EACH_INPUT}"
    return ""


def _is(node: fx.Node, trace: SymbolicTrace, functions: frozenset[object], modules: tuple[type, ...]) -> bool:
    if node.op == "call_module":
        return isinstance(trace.root.get_submodule(str(node.target)), modules)
    return node.target in functions


def _has_means(node: fx.Node, trace: SymbolicTrace) -> bool:
    """Whether it is computed from a reduction."""
    found, pending = set[fx.Node](), [node]
    while pending:
        for read in pending.pop().all_input_nodes:
            if _is(read, trace, REDUCTIONS, POOLS):
                return True
            if read not in found:
                found.add(read)
                pending.append(read)
    return False


def _product(gate: fx.Node) -> fx.Node | None:
    """Where something is multiplied by it, or by a view of it."""
    for user in gate.users:
        if user.target in PRODUCTS:
            return user
        found = _product(user) if user.target in VIEWS else None
        if found is not None:
            return found
    return None
