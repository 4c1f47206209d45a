"""Functions that take weights, as F.conv2d(x, w): calls of the modules that compute the same.

Public code writes them where weights are quantised before they are used (LSQ): `w` is then computed from
parameters alone, so it is a constant.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.call import Call
from asn2fpga.loader.exported.layers import layer_of

Numbers = int | Sequence[int]


def _linear(weight: Tensor, bias: Tensor | None = None) -> nn.Module:
    return layer_of("aten.linear.default", [weight, bias], 2)


def _conv(
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Numbers = 1,
    padding: Numbers | str = 0,
    dilation: Numbers = 1,
    groups: int = 1,
) -> nn.Module:
    numbers = [number if isinstance(number, str) else _each(number) for number in (stride, padding, dilation)]
    return layer_of("aten.conv2d.default", [weight, bias, *numbers, groups], weight.dim())


def _batch_norm(axes: int, *given: Any, **named: Any) -> nn.Module:
    def ordered(
        mean: Tensor | None,
        variance: Tensor | None,
        weight: Tensor | None = None,
        bias: Tensor | None = None,
        training: bool = False,
        momentum: float = 0.1,
        eps: float = 1e-5,
    ) -> nn.Module:
        arguments = [weight, bias, mean, variance, training, momentum, eps]
        return layer_of("aten.batch_norm.default", arguments, axes)

    return ordered(*given, **named)


def _each(number: Numbers) -> tuple[int, ...]:
    return (number,) if isinstance(number, int) else tuple(number)


MAKERS: dict[Any, Callable[..., nn.Module]] = {
    functional.linear: _linear,
    functional.conv1d: _conv,
    functional.conv2d: _conv,
    torch.conv1d: _conv,
    torch.conv2d: _conv,
}


def as_module(call: Call) -> Call:
    """The call of a module, if it is a function of one tensor of the model and constant weights."""
    target = call.node.target
    is_norm = target is functional.batch_norm
    if call.module is not None or len(call.operands) != 1 or not (target in MAKERS or is_norm):
        return call
    if not call.x_is_first:
        raise call.refuse(f"{call.label} must take weights that do not depend on the input.")
    try:
        if is_norm:
            module = _batch_norm(call.x.dim(), *call.arguments, **call.keywords)
        else:
            module = MAKERS[target](*call.arguments, **call.keywords)
    except UnsupportedError as error:
        raise call.refuse(f"{call.label}: {error}.") from None
    module = module.to(call.x.dtype)
    return dataclasses.replace(call, module=module, label=type(module).__name__)
