"""x + c, x - c, x * c, x / c with constants (numbers, or one per channel), as in (x - mean) / std.

They become a gain and a shift per element, which are folded exactly into the Linear beside them.
"""

from __future__ import annotations

import dataclasses
import math
from typing import Any

import numpy as np
import torch
from torch import Tensor

from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call


def lower_multiply(builder: GraphBuilder, call: Call) -> Value:
    """x * c."""
    constant = _constant(call)
    if isinstance(constant, float):
        return _scale(builder, call, constant)
    return _affine(builder, call, _per_element(call, constant), None)


def lower_divide(builder: GraphBuilder, call: Call) -> Value:
    """x / c."""
    if not call.x_is_first:
        raise call.refuse("a division must be by a constant, as in x / 255.")
    constant = _constant(call)
    if isinstance(constant, float):
        return _scale(builder, call, 1.0 / constant if constant else math.inf)
    return _affine(builder, call, _inverse(call, _per_element(call, constant)), None)


def lower_add(builder: GraphBuilder, call: Call) -> Value:
    """x + c; x + 0, as sum([x, ..]) begins, is x."""
    constant = _constant(call)
    if isinstance(constant, float) and constant == 0:
        return call.value
    return _affine(builder, call, None, _per_element(call, constant))


def lower_subtract(builder: GraphBuilder, call: Call) -> Value:
    """x - c, c - x."""
    constant = _per_element(call, _constant(call))
    if call.x_is_first:
        return _affine(builder, call, None, -constant)
    return _affine(builder, call, -np.ones_like(constant), constant)


def lower_normalise(builder: GraphBuilder, call: Call) -> Value:
    """torchvision.transforms.Normalize: (x - mean) / std per channel, for (batch, channel, y, x)."""
    module: Any = call.module
    mean, std = (
        torch.as_tensor(values, dtype=torch.float64).reshape(-1, 1, 1) for values in (module.mean, module.std)
    )
    gain = _inverse(call, _per_element(call, std))
    return _affine(builder, call, gain, -_per_element(call, mean) * gain)


def _constant(call: Call) -> float | Tensor:
    """The other operand: one number, or a tensor of several that does not depend on the input."""
    operand = call.arguments[0] if len(call.arguments) == 1 and not call.keywords else None
    if isinstance(operand, Tensor) and operand.numel() == 1:
        operand = operand.item()
    if isinstance(operand, Tensor):
        return operand
    if isinstance(operand, bool) or not isinstance(operand, int | float):
        raise call.refuse(
            f"{call.label} must take a constant (one number, or one per channel), not another tensor."
        )
    return float(operand)


def _scale(builder: GraphBuilder, call: Call, factor: float) -> Value:
    if not 0 < factor < math.inf:
        raise call.refuse(f"a scale must be a positive number, not {factor:g}.")
    name = builder.add_operation(Scale, call.place, (call.value.layer,), factor=factor)
    return dataclasses.replace(call.value, layer=name)


def _per_element(call: Call, constant: float | Tensor) -> RealArray:
    """`constant` for every element behind time and batch; it must be the same for all of these."""
    tensor = torch.as_tensor(constant, dtype=torch.float64).detach().cpu()
    leading, shape = call.value.leading_axes, tuple(call.x.shape)
    own = (1,) * (len(shape) - tensor.dim()) + tuple(tensor.shape)
    fits = len(own) == len(shape) and all(size in (1, full) for size, full in zip(own, shape, strict=True))
    if not fits or math.prod(own[:leading]) != 1:
        channels = ", ".join(["C", *["1"] * (len(shape) - leading - 1)])
        hint = f"use the shape ({channels})"
        if tuple(tensor.shape) == shape:
            hint = (
                "if these are membranes, put the equations of the neurons into a module of their own, "
                "without the layers around it: spk, mem = neuron(x, mem)"
            )
        raise call.refuse(
            f"{call.label} must take one number per channel, not a tensor of shape {tuple(tensor.shape)} "
            f"beside values of shape {shape}; {hint}."
        )
    if not bool(torch.isfinite(tensor).all()):
        raise call.refuse(f"{call.label} must take finite numbers, not NaN or infinity.")
    array: RealArray = np.broadcast_to(tensor.reshape(own[leading:]).numpy(), shape[leading:]).copy()
    return array


def _inverse(call: Call, divisor: RealArray) -> RealArray:
    if not divisor.all():
        raise call.refuse(f"{call.label} must divide by numbers other than 0.")
    result: RealArray = 1.0 / divisor
    return result


def _affine(builder: GraphBuilder, call: Call, gain: RealArray | None, shift: RealArray | None) -> Value:
    if shift is not None and call.value.reduced == "sum":
        raise call.refuse(f"{call.label} of a constant must stand before the sum over time, not behind it.")
    shape = tuple(call.x.shape[call.value.leading_axes :])
    name = builder.add_operation(
        BatchNorm,
        call.place,
        (call.value.layer,),
        label="affine",
        gain=np.ones(shape) if gain is None else gain,
        shift=np.zeros(shape) if shift is None else shift,
    )
    return dataclasses.replace(call.value, layer=name)
