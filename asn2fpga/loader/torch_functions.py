"""Functions and tensor methods of a traced model to layers, in the tables FUNCTIONS and METHODS."""

from __future__ import annotations

import dataclasses
import operator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from asn2fpga.loader.affine import lower_divide, lower_multiply, lower_subtract
from asn2fpga.loader.branches import lower_add, lower_concat
from asn2fpga.loader.builder import GraphBuilder, Lowering, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.output_activation import lower_sigmoid, lower_softmax
from asn2fpga.loader.repeat import (
    CONCATENATIONS,
    REPEATING_FUNCTIONS,
    REPEATING_METHODS,
    TRANSPOSING_FUNCTIONS,
    TRANSPOSING_METHODS,
    lower_index,
    lower_repeat,
    lower_squeeze,
    lower_time_first,
    lower_unsqueeze,
)
from asn2fpga.loader.reshape import lower_reshape
from asn2fpga.loader.torch_maps import MAP_FUNCTIONS, is_over_pixels, lower_pixel_mean
from asn2fpga.loader.torch_modules import lower_time_reduction
from asn2fpga.loader.voting import vote_of_groups


def _keep(builder: GraphBuilder, call: Call) -> Value:
    """Conversions of type, copies: the same numbers."""
    if not isinstance(call.result, Tensor) or not call.result.dtype.is_floating_point:
        raise call.refuse(f"{call.label} must convert to a floating-point type; rounding is not a layer.")
    return call.value


def _dropout(builder: GraphBuilder, call: Call) -> Value:
    training = call.keywords.get("training", call.arguments[1] if len(call.arguments) > 1 else True)
    if training:
        raise call.refuse("dropout must be off outside training, not always on; pass training=self.training.")
    return call.value


def _mean(builder: GraphBuilder, call: Call) -> Value:
    if call.value.grouped is not None:
        return vote_of_groups(builder, call, "mean")
    if is_over_pixels(call):
        return lower_pixel_mean(builder, call)
    return lower_time_reduction(_over_time(call), "mean")


def _sum(builder: GraphBuilder, call: Call) -> Value:
    if call.value.grouped is not None:
        return vote_of_groups(builder, call, "sum")
    return lower_time_reduction(_over_time(call), "sum")


def _max(builder: GraphBuilder, call: Call) -> Value:
    """torch.max(x, 0), x.amax(0): the largest value over time; nothing but the end may follow."""
    call = _over_time(call)
    found = lower_time_reduction(call, "mean")
    readout = call.value.readout or "the maximum over time"
    return dataclasses.replace(found, reduced="max", readout=readout)


def _over_time(call: Call) -> Call:
    axes: Any = call.arguments[0] if call.arguments else call.keywords.get("dim")
    others = set(call.keywords) - {"dim"}
    time = 1 if call.value.batch_first else 0
    if axes not in (time, (time,), [time]) or len(call.arguments) > 1 or others:
        raise call.refuse(f"{call.label} must reduce the time axis, as in x.mean(0), and no other.")
    return call


FUNCTIONS: dict[Any, Lowering] = {
    operator.mul: lower_multiply,
    torch.mul: lower_multiply,
    operator.truediv: lower_divide,
    torch.div: lower_divide,
    operator.add: lower_add,
    torch.add: lower_add,
    operator.sub: lower_subtract,
    torch.sub: lower_subtract,
    operator.getitem: lower_index,
    torch.unsqueeze: lower_unsqueeze,
    torch.squeeze: lower_squeeze,
    **{function: lower_repeat for function in REPEATING_FUNCTIONS},
    **{function: lower_concat for function in CONCATENATIONS},
    **{function: lower_time_first for function in TRANSPOSING_FUNCTIONS},
    torch.softmax: lower_softmax,
    torch.log_softmax: lower_softmax,
    torch.sigmoid: lower_sigmoid,
    functional.softmax: lower_softmax,
    functional.log_softmax: lower_softmax,
    functional.sigmoid: lower_sigmoid,
    torch.flatten: lower_reshape,
    torch.reshape: lower_reshape,
    functional.dropout: _dropout,
    **MAP_FUNCTIONS,
    torch.mean: _mean,
    torch.sum: _sum,
    torch.max: _max,
    torch.amax: _max,
}

METHODS: dict[str, Lowering] = {
    "mul": lower_multiply,
    "div": lower_divide,
    "add": lower_add,
    "sub": lower_subtract,
    "unsqueeze": lower_unsqueeze,
    "squeeze": lower_squeeze,
    **{method: lower_repeat for method in REPEATING_METHODS},
    **{method: lower_time_first for method in TRANSPOSING_METHODS},
    "softmax": lower_softmax,
    "log_softmax": lower_softmax,
    "sigmoid": lower_sigmoid,
    "flatten": lower_reshape,
    "reshape": lower_reshape,
    "view": lower_reshape,
    "unflatten": lower_reshape,
    "float": _keep,
    "to": _keep,
    "double": _keep,
    "type": _keep,
    "contiguous": _keep,
    "clone": _keep,
    "detach": _keep,
    "mean": _mean,
    "sum": _sum,
    "max": _max,
    "amax": _max,
}
