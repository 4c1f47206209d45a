"""Functions that take weights, as F.conv2d(x, w): calls of the modules that compute the same.

Public code writes them where weights are quantised before they are used (LSQ): `w` is then computed from
parameters alone, so it is a constant.
"""

from __future__ import annotations

import dataclasses
import operator
import re
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor, fx, nn
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


MATRIX_PRODUCTS = (operator.matmul, torch.matmul, torch.mm, "matmul", "mm")
EQUATION = re.compile(r"(\w*)(\w),\2(\w)->\1\3")
"""Of a matrix that the last axis of the input is multiplied by."""
MAKERS: dict[Any, Callable[..., nn.Module]] = {
    functional.linear: _linear,
    functional.conv1d: _conv,
    functional.conv2d: _conv,
    torch.conv1d: _conv,
    torch.conv2d: _conv,
}


def _matrix(call: Call) -> Tensor | None:
    """Of x @ w and torch.einsum("btc,cd->btd", x, w), the constant w (features, results)."""
    target, given = call.node.target, list(call.arguments)
    if target is torch.einsum and given and isinstance(given[0], str):
        equation = given.pop(0).replace(" ", "")
        is_product = EQUATION.fullmatch(equation) is not None and _reads_first(call.node)
    else:
        is_product = target in MATRIX_PRODUCTS and call.x_is_first
    weight = given[0] if len(given) == 1 and is_product and not call.keywords else None
    is_weight = isinstance(weight, Tensor) and weight.dim() == 2 and weight.shape[0] == call.x.shape[-1]
    return weight if is_weight else None


def _reads_first(node: fx.Node) -> bool:
    """Whether the input is the first operand of an einsum."""
    first = node.args[1] if len(node.args) == 3 else None
    return isinstance(first, fx.Node) and first.op != "get_attr"


def as_module(call: Call) -> Call:
    """The call of a module, if it is a function of one tensor of the model and constant weights."""
    target = call.node.target
    is_norm = target is functional.batch_norm
    if call.module is not None or len(call.operands) != 1:
        return call
    matrix = _matrix(call)
    if matrix is None and not (target in MAKERS or is_norm):
        return call
    if matrix is None and not call.x_is_first:
        raise call.refuse(f"{call.label} must take weights that do not depend on the input.")
    try:
        if matrix is not None:
            module = _linear(matrix.T)
        elif is_norm:
            module = _batch_norm(call.x.dim(), *call.arguments, **call.keywords)
        else:
            module = MAKERS[target](*call.arguments, **call.keywords)
    except UnsupportedError as error:
        raise call.refuse(f"{call.label}: {error}.") from None
    module = module.to(call.x.dtype)
    return dataclasses.replace(call, module=module, label=type(module).__name__)
