"""What may be done to rearranged tensors, and what comes of it."""

from __future__ import annotations

import dataclasses
import math
import operator
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call, Operand
from asn2fpga.loader.supported import find_lowering, is_known, module_lowering
from asn2fpga.loader.views.causal import lower_mask, masks
from asn2fpga.loader.views.lifted import Plain, lower_lifted
from asn2fpga.loader.views.matmul import lower_matmul, scaled
from asn2fpga.loader.views.multiply import lower_product
from asn2fpga.loader.views.pointwise import lower_batchnorm, lower_conv, lower_linear, rearranged
from asn2fpga.loader.views.readdress import lower_rearranged, rearranges
from asn2fpga.loader.views.reduce import Reduction, lower_reduced, reduces
from asn2fpga.loader.views.view import view_of
from asn2fpga.nn import AdaptiveNeuron

MATRIX_PRODUCTS = (operator.matmul, torch.matmul, torch.bmm, "matmul", "bmm", "__matmul__")
PRODUCTS = (operator.mul, torch.mul, "mul")
QUOTIENTS = (operator.truediv, torch.div, "div")
SUMS: dict[Any, Reduction] = {
    **{torch.sum: "sum", "sum": "sum", torch.mean: "mean", "mean": "mean"},
    **{torch.amax: "largest", "amax": "largest"},
}
LARGEST_AND_WHERE = (torch.max, "max")
KEEPING = ("contiguous", "float", "clone", "detach")
ALONG_AN_AXIS: dict[str, Any] = {
    "Linear": lower_linear,
    "Conv1d": lower_conv,
    "Conv2d": lower_conv,
    "BatchNorm1d": lower_batchnorm,
    "BatchNorm2d": lower_batchnorm,
}
OF_ONE_LAYOUT = (nn.MaxPool1d, nn.MaxPool2d, nn.AvgPool1d, nn.AvgPool2d, nn.Upsample, AdaptiveNeuron)


def lower_view(builder: GraphBuilder, call: Call, plain: Plain) -> Value:
    """A step of a traced model; `plain` lowers it where no tensor is rearranged."""
    target = None if call.module is not None else call.node.target
    if target in MATRIX_PRODUCTS:
        return lower_matmul(builder, call)
    if target in PRODUCTS and len(call.operands) == 2:
        return lower_product(builder, call)
    if any(operand.value.pending is not None for operand in call.operands):
        return _of_pending(call, target)
    refusal = next((o.value.view.refusal for o in call.operands if o.value.view is not None), None)
    if refusal is not None:
        return _of_view(builder, call, plain, refusal)
    try:
        return plain(call)
    except UnsupportedError as error:
        if any(operand.value.grouped is not None for operand in call.operands):
            return _of_groups(builder, call, plain, error)
        if target in SUMS and reduces(call, error):
            return lower_reduced(builder, call, error, SUMS[target])
        if rearranges(call):
            return lower_rearranged(builder, call, error)
        raise


def _of_groups(builder: GraphBuilder, call: Call, plain: Plain, refusal: UnsupportedError) -> Value:
    """Features that stand in groups, read as rearranged ones: heads, if nothing else can be made of them."""
    operands = (
        Operand(dataclasses.replace(one.value, view=view_of(one, refusal), grouped=None), one.x)
        for one in call.operands
    )
    try:
        return _of_view(builder, dataclasses.replace(call, operands=tuple(operands)), plain, refusal)
    except UnsupportedError:
        raise refusal from None


def _of_view(builder: GraphBuilder, call: Call, plain: Plain, refusal: UnsupportedError) -> Value:
    target = None if call.module is not None else call.node.target
    if rearranges(call):
        return lower_rearranged(builder, call, refusal)
    if target in SUMS and reduces(call, refusal):
        return lower_reduced(builder, call, refusal, SUMS[target])
    if target in LARGEST_AND_WHERE:
        raise call.refuse(
            f"{call.label} of tokens or features must give no indices; use torch.amax(x, dim), of all tokens."
        )
    along = ALONG_AN_AXIS.get(type(call.module).__name__) if isinstance(call.module, nn.Module) else None
    if along is not None:
        found: Value = along(builder, call)
        return found
    if isinstance(call.module, OF_ONE_LAYOUT):
        raise rearranged(call)
    if target in (*PRODUCTS, *QUOTIENTS) and (factor := _factor(call, target)) is not None and factor > 0:
        name = builder.add_operation(Scale, call.place, (call.value.layer,), factor=factor)
        return dataclasses.replace(call.value, layer=name)
    try:
        return lower_lifted(call, plain, refusal)
    except UnsupportedError as error:
        if error is refusal and not _is_known(call):
            find_lowering(call)  # raises, and says what to use instead
        raise


def _is_known(call: Call) -> bool:
    """Whether it is a step that is taken of tensors that are not rearranged."""
    if isinstance(call.module, nn.Module):
        return module_lowering(call.module) is not None
    return is_known(call.node.target)


def _of_pending(call: Call, target: Any) -> Value:
    """Between the two products of an attention only constants may stand, and what changes nothing."""
    if masks(call, target):
        return lower_mask(call, target)
    if isinstance(call.module, nn.Dropout | nn.Identity) or target in KEEPING:
        return call.value
    factor = _factor(call, target)
    if factor is not None:
        return scaled(call.value, factor)
    if "softmax" in call.label.lower():
        raise call.refuse(
            "softmax attention is not supported: it divides by a sum of exponentials; use a spiking "
            "attention, q @ k.transpose(-2, -1) @ v of what neurons send, times a constant, with a neuron "
            "after it, and train with that."
        )
    way_out = "put it after the second product" if _is_known(call) else "leave it out, and train without it"
    raise call.refuse(
        "between the two matrix products of an attention there may be a constant factor, and over time a "
        f"causal mask, not {call.label}; {way_out}."
    )


def _factor(call: Call, target: Any) -> float | None:
    """The constant number that x is multiplied by, if that is what the call does."""
    factor = _constant(call) if target in (*PRODUCTS, *QUOTIENTS) else None
    if factor is None or target in PRODUCTS:
        return factor
    return 1.0 / factor if call.x_is_first and factor else None


def _constant(call: Call) -> float | None:
    given = call.arguments[0] if len(call.arguments) == 1 and not call.keywords else None
    if isinstance(given, Tensor) and given.numel() == 1:
        given = given.item()
    if isinstance(given, bool) or not isinstance(given, int | float) or not math.isfinite(given):
        return None
    return float(given)
