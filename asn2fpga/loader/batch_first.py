"""Whether a module takes events as (batch, time, ...): seen from the first thing forward does with them."""

from __future__ import annotations

import operator
from typing import Any

import torch
from torch import Tensor, fx, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.loader.probed.stand_in import StandIn
from asn2fpga.loader.repeat import TRANSPOSING_FUNCTIONS, TRANSPOSING_METHODS
from asn2fpga.loader.steps.sequences import Sequences
from asn2fpga.loader.symbolic_trace import SymbolicTrace, symbolic_trace
from asn2fpga.loader.wrappers import eval_copy


def with_batch_first(module: nn.Module, example: Tensor) -> tuple[Tensor, bool]:
    """The example as the module takes it, and whether its batch stands in front of time.

    An example that was made of samples, (time, 1, ...), is turned for a module that takes (batch, time, ...).
    """
    if not _takes_batch_first(module, example):
        return example, False
    return (example.transpose(0, 1) if example.shape[1] == 1 else example), True


def _takes_batch_first(module: nn.Module, example: Tensor) -> bool:
    """Whether forward takes time to the front, or steps of axis 1, or neurons of its own read time there."""
    if any(isinstance(part, StandIn) and part.is_batch_first for part in module.modules()):
        return True
    x = torch.zeros(example.shape[0], 3, *example.shape[2:], dtype=example.dtype)
    for given, batch_axis in ((x, 1), (x.transpose(0, 1), 0)):
        try:
            trace = symbolic_trace(eval_copy(module), given, batch_axis=batch_axis)
        except (UnsupportedError, InputError):
            continue
        source = next(node for node in trace.graph.nodes if node.op == "placeholder")
        if any(_takes_axis_1(node) for node in source.users) or _takes_later(trace, source):
            return True
        if trace.is_whole:
            return False
    return False


def _takes_later(trace: SymbolicTrace, source: fx.Node) -> bool:
    """Whether steps of axis 1 are taken of what layers compute of the input."""
    sequences = Sequences(trace.results)
    sequences.begin(source)
    for node in trace.graph.nodes:
        sequences.follow(node)
    picking = (node for node in trace.graph.nodes if node.target is operator.getitem)
    return any(node.args[0] in sequences and _takes_axis_1(node) for node in picking)


def takes_steps(module: nn.Module, x: Tensor) -> bool:
    """Whether the first thing forward does with x is to take it apart along one of its first two axes, x[0],
    x[1], .. or x[:, 0], x[:, 1], .., or to exchange them: no image is read so.
    """
    try:
        trace = symbolic_trace(eval_copy(module), x)
    except (UnsupportedError, InputError):
        return False
    source = next(node for node in trace.graph.nodes if node.op == "placeholder")
    picked = {str(node.args[1]) for node in source.users if _takes_axis_0(node)}
    turned = [node for node in source.users if _takes_axis_1(node)]
    steps = {str(node.args[1]) for node in turned if node.target is operator.getitem}
    return len(picked) > 1 or len(steps) > 1 or any(node.target is not operator.getitem for node in turned)


def takes_last_steps(module: nn.Module, x: Tensor) -> bool:
    """Whether the first thing forward does with x is to take it apart along its last axis, x[..., 0], .."""
    try:
        trace = symbolic_trace(eval_copy(module), x)
    except (UnsupportedError, InputError):
        return False
    source = next(node for node in trace.graph.nodes if node.op == "placeholder")
    indices = [node.args[1] for node in source.users if node.target is operator.getitem]
    steps = {
        one[-1] for one in indices if isinstance(one, tuple) and type(one[-1]) is int and _is_last(one, x)
    }
    return trace.is_whole and steps == set(range(x.shape[-1]))


def _is_last(index: tuple[Any, ...], x: Tensor) -> bool:
    others = index[:-1]
    return others == (Ellipsis,) or (len(index) == x.dim() and all(one == slice(None) for one in others))


def _takes_axis_0(node: fx.Node) -> bool:
    return node.target is operator.getitem and isinstance(node.args[1], int)


def _takes_axis_1(node: fx.Node) -> bool:
    if node.target in (*TRANSPOSING_METHODS, *TRANSPOSING_FUNCTIONS):
        axes = node.args[1:]
        first = axes[0] if len(axes) == 1 and isinstance(axes[0], tuple | list) else axes
        return tuple(first)[:2] in ((0, 1), (1, 0))
    if node.target is not operator.getitem or not isinstance(node.args[1], tuple):
        return False
    index = node.args[1]
    return len(index) >= 2 and index[0] == slice(None) and isinstance(index[1], int)
