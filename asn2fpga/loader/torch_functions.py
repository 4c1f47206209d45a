"""Functions and tensor methods of a traced model to layers, in the tables FUNCTIONS and METHODS."""

from __future__ import annotations

import dataclasses
import math
import operator
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

from asn2fpga.ir.layers import Scale
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.reshape import lower_reshape
from asn2fpga.loader.torch_modules import Lowering, lower_time_reduction


def _multiply(builder: GraphBuilder, call: Call) -> Value:
    return _scale(builder, call, _constant(call))


def _divide(builder: GraphBuilder, call: Call) -> Value:
    if not call.x_is_first or call.keywords:
        raise call.refuse("a division must be by a constant, as in x / 255.")
    divisor = _constant(call)
    return _scale(builder, call, 1.0 / divisor if divisor else math.inf)


def _constant(call: Call) -> float:
    """The other operand, which must be one number."""
    operand = call.arguments[0] if len(call.arguments) == 1 else None
    if isinstance(operand, Tensor) and operand.numel() == 1:
        operand = operand.item()
    if isinstance(operand, bool) or not isinstance(operand, int | float):
        raise call.refuse(f"{call.label} must take one constant number, not another tensor.")
    return float(operand)


def _scale(builder: GraphBuilder, call: Call, factor: float) -> Value:
    if not 0 < factor < math.inf:
        raise call.refuse(f"a scale must be a positive number, not {factor:g}.")
    name = builder.add_operation(Scale, call.place, (call.value.layer,), factor=factor)
    return dataclasses.replace(call.value, layer=name)


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
    return lower_time_reduction(_over_time(call), "mean")


def _sum(builder: GraphBuilder, call: Call) -> Value:
    return lower_time_reduction(_over_time(call), "sum")


def _over_time(call: Call) -> Call:
    axes: Any = call.arguments[0] if call.arguments else call.keywords.get("dim")
    others = set(call.keywords) - {"dim"}
    if axes not in (0, (0,), [0]) or len(call.arguments) > 1 or others:
        raise call.refuse(f"{call.label} must reduce the time axis, as in x.mean(0), and no other.")
    return call


FUNCTIONS: dict[Any, Lowering] = {
    operator.mul: _multiply,
    torch.mul: _multiply,
    operator.truediv: _divide,
    torch.div: _divide,
    torch.flatten: lower_reshape,
    torch.reshape: lower_reshape,
    functional.dropout: _dropout,
    torch.mean: _mean,
    torch.sum: _sum,
}

METHODS: dict[str, Lowering] = {
    "mul": _multiply,
    "div": _divide,
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
}
