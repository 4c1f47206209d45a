"""Functions and modules that only rearrange: run on the numbers of the elements."""

from __future__ import annotations

import dataclasses
import operator
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.repeat import TRANSPOSING_FUNCTIONS, TRANSPOSING_METHODS
from asn2fpga.loader.views.channels import channels_of
from asn2fpga.loader.views.view import settled, view_of

METHODS = (
    *TRANSPOSING_METHODS,
    *("reshape", "view", "flatten", "unflatten", "unsqueeze", "squeeze", "contiguous", "t", "mT"),
)
FUNCTIONS = (
    *TRANSPOSING_FUNCTIONS,
    *(torch.reshape, torch.flatten, torch.unflatten, torch.unsqueeze, torch.squeeze, operator.getitem),
)
MODULES = (nn.Flatten, nn.Unflatten, nn.Identity)


def rearranges(call: Call) -> bool:
    """Whether the call gives the elements of one tensor in another order, or some of them."""
    value = call.value
    is_open = not (value.reduced or value.readout or value.final or value.one_step or value.pending)
    is_open = is_open and value.spread is None
    if not is_open or len(call.operands) != 1 or (not call.x_is_first and call.module is None):
        return False
    if call.module is not None:
        return isinstance(call.module, MODULES)
    return call.node.target in (METHODS if call.node.op == "call_method" else FUNCTIONS)


def lower_rearranged(builder: GraphBuilder, call: Call, refusal: UnsupportedError) -> Value:
    """The same layer, seen otherwise, or some of its channels. refusal: what is said if nothing can be made
    of it.
    """
    (operand,) = call.operands
    view = view_of(operand, refusal)
    result = call.result  # says where the model itself fails
    index = _run(call, view.index)
    if not isinstance(index, Tensor) or not isinstance(result, Tensor) or index.shape != result.shape:
        raise refusal
    view = dataclasses.replace(view, index=index)
    found = channels_of(builder, call.value, view)
    return settled(call.value, view) if found is None else settled(*found)


def _run(call: Call, tensor: Tensor) -> Any:
    if call.module is not None:
        return call.module(tensor)
    if call.node.op == "call_method":
        return getattr(tensor, str(call.node.target))(*call.arguments, **call.keywords)
    function: Any = call.node.target
    return function(tensor, *call.arguments, **call.keywords)
