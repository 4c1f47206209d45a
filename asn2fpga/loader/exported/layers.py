"""Operations of ATen with weights, as the modules of torch that they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError

Layer = Callable[..., nn.Module]
"""Makes the module of the arguments after the input."""


def _with(module: nn.Module, **tensors: Tensor | None) -> nn.Module:
    for name, tensor in tensors.items():
        if tensor is not None:
            setattr(module, name, nn.Parameter(tensor.clone(), requires_grad=False))
    return module.eval()


def _linear(weight: Tensor, bias: Tensor | None = None) -> nn.Module:
    module = nn.Linear(weight.shape[1], weight.shape[0], bias is not None, device="meta")
    return _with(module, weight=weight, bias=bias)


def _product(weight: Tensor) -> nn.Module:
    return _linear(weight.t())


def _conv(
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sequence[int] = (1,),
    padding: Sequence[int] | str = (0,),
    dilation: Sequence[int] = (1,),
    groups: int = 1,
) -> nn.Module:
    axes = weight.dim() - 2
    kind: Any = {1: nn.Conv1d, 2: nn.Conv2d}.get(axes)
    if kind is None:
        raise UnsupportedError("a convolution must be over one axis or two, make time or depth channels")
    module = kind(
        weight.shape[1] * groups,
        weight.shape[0],
        tuple(weight.shape[2:]),
        stride=_axes(stride, axes),
        padding=padding if isinstance(padding, str) else _axes(padding, axes),
        dilation=_axes(dilation, axes),
        groups=groups,
        bias=bias is not None,
        device="meta",
    )
    return _with(module, weight=weight, bias=bias)


def _transposed(
    weight: Tensor,
    bias: Tensor | None = None,
    stride: Sequence[int] = (1,),
    padding: Sequence[int] = (0,),
    output_padding: Sequence[int] = (0,),
    groups: int = 1,
    dilation: Sequence[int] = (1,),
) -> nn.Module:
    axes = weight.dim() - 2
    kind: Any = {1: nn.ConvTranspose1d, 2: nn.ConvTranspose2d}.get(axes)
    if kind is None:
        raise UnsupportedError("a convolution must be over one axis or two, make time or depth channels")
    module = kind(
        weight.shape[0],
        weight.shape[1] * groups,
        tuple(weight.shape[2:]),
        stride=_axes(stride, axes),
        padding=_axes(padding, axes),
        output_padding=_axes(output_padding, axes),
        groups=groups,
        bias=bias is not None,
        dilation=_axes(dilation, axes),
        device="meta",
    )
    return _with(module, weight=weight, bias=bias)


def _convolution(
    weight: Tensor,
    bias: Tensor | None,
    stride: Sequence[int],
    padding: Sequence[int],
    dilation: Sequence[int],
    transposed: bool,
    output_padding: Sequence[int],
    groups: int,
) -> nn.Module:
    if transposed:
        return _transposed(weight, bias, stride, padding, output_padding, groups, dilation)
    return _conv(weight, bias, stride, padding, dilation, groups)


def _axes(numbers: Sequence[int], axes: int) -> tuple[int, ...]:
    found = tuple(numbers)
    return found * axes if len(found) == 1 else found


def _batch_norm(
    weight: Tensor | None,
    bias: Tensor | None,
    mean: Tensor | None,
    variance: Tensor | None,
    training: bool,
    momentum: float,
    eps: float,
    *_: Any,
) -> nn.Module:
    """As for (batch, features)."""
    if training or mean is None or variance is None:
        raise UnsupportedError(
            "BatchNorm must use its running statistics; call model.eval() before the export"
        )
    found = nn.BatchNorm1d(len(mean), eps=eps, affine=weight is not None and bias is not None)
    found.running_mean, found.running_var = mean.clone(), variance.clone()
    return _with(found, **({"weight": weight, "bias": bias} if found.affine else {}))


def _legit_norm(
    weight: Tensor | None, bias: Tensor | None, mean: Tensor, variance: Tensor, momentum: float, eps: float
) -> nn.Module:
    return _batch_norm(weight, bias, mean, variance, False, momentum, eps)


LAYERS: Mapping[str, Layer] = {
    "aten.linear.default": _linear,
    "aten.mm.default": _product,
    "aten.matmul.default": _product,
    **{f"aten.{name}": _conv for name in ("conv1d.default", "conv2d.default", "conv3d.default")},
    **{f"aten.{name}": _conv for name in ("conv1d.padding", "conv2d.padding")},
    "aten.conv_transpose1d.default": _transposed,
    "aten.conv_transpose2d.input": _transposed,
    "aten.convolution.default": _convolution,
    "aten.batch_norm.default": _batch_norm,
    "aten._native_batch_norm_legit_no_training.default": _legit_norm,
}
ADDMM = "aten.addmm.default"
"""bias + input @ weight: its input stands second."""


def layer_of(target: str, arguments: Sequence[Any], axes: int) -> nn.Module:
    """The module of an operation. arguments: all but the input, constants as tensors; axes: of the input.
    UnsupportedError without a place; any other error for arguments that no program has.
    """
    if target == ADDMM:
        bias, weight = arguments
        return _linear(weight.t(), bias)
    found = LAYERS[target](*arguments)
    if isinstance(found, nn.BatchNorm1d) and axes == 4:
        found = _for_maps(found)
    return found.float() if any(tensor.dtype in HALVES for tensor in found.state_dict().values()) else found


def _for_maps(norm: nn.BatchNorm1d) -> nn.Module:
    found = nn.BatchNorm2d(norm.num_features, eps=norm.eps, affine=norm.affine)
    found.load_state_dict(norm.state_dict())
    return found.eval()


HALVES = (torch.float16, torch.bfloat16)
