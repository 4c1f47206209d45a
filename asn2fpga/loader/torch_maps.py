"""Modules and functions on maps to layers: convolutions, pooling, BatchNorm of channels."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn
from torch.nn import functional

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.maps.upsample import MAX_FACTOR, upsampled_shape
from asn2fpga.kinds.maps.window import Window, mean_divisor, shared_window
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.pool import AvgPool, MaxPool
from asn2fpga.kinds.operators.upsample import Upsample
from asn2fpga.kinds.synapses.conv import Conv
from asn2fpga.loader.builder import GraphBuilder, Lowering, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.map_checks import (
    by_axis,
    check_bias,
    check_channels,
    check_conv_window,
    check_pool_window,
    check_transposed,
    map_shape,
)
from asn2fpga.loader.spread import spread
from asn2fpga.loader.tensors import next_value, to_float64
from asn2fpga.loader.voting import vote

Numbers = int | Sequence[int]


def lower_conv(builder: GraphBuilder, call: Call) -> Value:
    """nn.Conv1d, nn.Conv2d."""
    module = cast(nn.Conv1d | nn.Conv2d, call.module)
    check_bias(call, module.bias)
    shape = map_shape(call, len(module.kernel_size))
    check_channels(call, shape, module.in_channels)
    if module.padding_mode != "zeros":
        raise call.refuse(
            f"{call.label} must have padding_mode 'zeros', not {module.padding_mode!r}; train with zeros."
        )
    weight = to_float64(module.weight, call.where, "weight")
    window = Window(
        kernel=_pair(module.kernel_size, 1),
        stride=_pair(module.stride, 1),
        padding=_conv_padding(module),
        dilation=_pair(module.dilation, 1),
    )
    check_conv_window(call, window, shape)
    layer = builder.add(
        Conv,
        call.place,
        (call.value.layer,),
        weight=weight.reshape(*weight.shape[:2], *window.kernel),
        bias=_bias(call, module.bias, len(weight)),
        window=window,
        groups=module.groups,
    )
    return next_value(layer, call)


def _bias(call: Call, bias: Tensor | None, channels: int) -> RealArray:
    return np.zeros(channels) if bias is None else to_float64(bias, call.where, "bias")


def _conv_padding(module: nn.Conv1d | nn.Conv2d) -> tuple[int, ...]:
    """Rows above, columns left, rows below, columns right; `same` puts the odd one below and right."""
    if module.padding == "valid":
        return (0, 0, 0, 0)
    if module.padding != "same":
        before = _pair(cast(tuple[int, ...], module.padding), 0)
        return (*before, *before)
    sizes = zip(_pair(module.kernel_size, 1), _pair(module.dilation, 1), strict=True)
    whole = [step * (size - 1) for size, step in sizes]
    before = (whole[0] // 2, whole[1] // 2)
    return (*before, whole[0] - before[0], whole[1] - before[1])


def _pair(numbers: Numbers, missing: int) -> tuple[int, int]:
    """(rows, columns); of one axis the rows are `missing`."""
    found = (numbers,) if isinstance(numbers, int) else tuple(int(number) for number in numbers)
    return (missing, found[0]) if len(found) == 1 else (found[0], found[1])


def lower_pool(builder: GraphBuilder, call: Call) -> Value:
    """nn.MaxPool1d, F.max_pool2d, nn.AvgPool2d, ..: kernel, stride, padding, and what a kind has besides."""
    options = _pool_options(call)
    if call.value.grouped is not None:
        return _voted(builder, call, options)
    axes = 1 if "1d" in call.label.lower() else 2
    shape = map_shape(call, axes)
    kernel = _of_axes(options["kernel_size"], axes, 1)
    stride = kernel if not options.get("stride") else _of_axes(options["stride"], axes, 1)
    before = _of_axes(options.get("padding", 0), axes, 0)
    window = Window(
        kernel=kernel,
        stride=stride,
        padding=(*before, *before),
        dilation=_of_axes(options.get("dilation", 1), axes, 1),
        ceil_mode=bool(options.get("ceil_mode", False)),
    )
    check_pool_window(call, window, shape)
    if "max" in call.label.lower():
        if options.get("return_indices"):
            raise call.refuse(
                f"{call.label} must return values alone, not indices; leave return_indices out."
            )
        return _placed(builder, call, MaxPool, window=window)
    counted = bool(options.get("count_include_pad", True))
    divisor = options.get("divisor_override") or mean_divisor(window, shape, counted)
    return _placed(builder, call, AvgPool, window=window, factor=1.0 / divisor, count_include_pad=counted)


def _voted(builder: GraphBuilder, call: Call, options: dict[str, Any]) -> Value:
    """AvgPool1d(n, n) over the features of x.unsqueeze(1): the mean of n neurons after each other."""
    kernel = _of_axes(options["kernel_size"], 1, 1)[1]
    stride = _of_axes(options.get("stride") or options["kernel_size"], 1, 1)[1]
    features = int(call.x.shape[-1])
    if "avg" not in call.label.lower() or kernel != stride or features % kernel or call.x.shape[1] != 1:
        raise call.refuse(
            f"{call.label} over features must average as many after each other as it moves by, and divide "
            f"the {features} features; e.g. AvgPool1d(10, 10)."
        )
    voted = vote(builder, call, kernel, features, 1.0 / kernel)
    return dataclasses.replace(voted, grouped=features // kernel)


def _placed(builder: GraphBuilder, call: Call, kind: type, **fields: Any) -> Value:
    """A layer that is named after its module, or of a function after the one that calls it."""
    add = builder.add if call.module is not None else builder.add_operation
    return next_value(add(kind, call.place, (call.value.layer,), **fields), call)


POOL_ARGUMENTS = {  # of the functions, in their order
    "max": ("kernel_size", "stride", "padding", "dilation", "ceil_mode", "return_indices"),
    "avg": ("kernel_size", "stride", "padding", "ceil_mode", "count_include_pad", "divisor_override"),
}


def _pool_options(call: Call) -> dict[str, Any]:
    """By name, whether they stand in a module, or are arguments of a function."""
    names = POOL_ARGUMENTS["max" if "max" in call.label.lower() else "avg"]
    if call.module is not None:
        return {name: getattr(call.module, name) for name in names if hasattr(call.module, name)}
    return {**dict(zip(names, call.arguments, strict=False)), **call.keywords}


def _of_axes(numbers: Numbers, axes: int, missing: int) -> tuple[int, int]:
    found = (numbers,) if isinstance(numbers, int) else tuple(int(number) for number in numbers)
    return _pair(found * axes if len(found) == 1 else found, missing)


def lower_adaptive_pool(builder: GraphBuilder, call: Call) -> Value:
    """AdaptiveAvgPool and AdaptiveMaxPool: windows that share the map out; along an axis with fewer pixels
    than wanted, copies.
    """
    axes = 1 if "1d" in call.label.lower() else 2
    shape = map_shape(call, axes)
    if not isinstance(call.result, Tensor):
        raise call.refuse(f"{call.label} must return values alone, not indices; leave return_indices out.")
    size, wanted = _pair(shape[1:], 1), _pair(tuple(call.result.shape[2:]), 1)
    factor = tuple(max(want // have, 1) for have, want in zip(size, wanted, strict=True))
    fewer = tuple(min(have, want) for have, want in zip(size, wanted, strict=True))
    if tuple(some * times for some, times in zip(fewer, factor, strict=True)) != wanted:
        refusal = call.refuse(
            f"{call.label} must give no more pixels than it reads, or whole times as many, not "
            f"{by_axis(wanted, shape)} of {by_axis(size, shape)}, unless it is a mean that a Linear layer "
            "reads after Flatten; use another output_size."
        )
        return spread(call, shape, wanted, refusal)
    if max(factor) > MAX_FACTOR:
        raise call.refuse(
            f"{call.label} must make pixels larger by at most {MAX_FACTOR}, not {by_axis(factor, shape)}; "
            "use another output_size."
        )
    value = call.value
    if fewer != size:
        value = _shared_pool(builder, call, shared_window(shape, *fewer), shape)
    if max(factor) == 1:
        return value
    layer = builder.add_operation(Upsample, call.place, (value.layer,), label="copies", factor=factor)
    return next_value(layer, call)


def _shared_pool(builder: GraphBuilder, call: Call, window: Window, shape: Shape) -> Value:
    """The largest or the mean of windows that share a map of that shape out."""
    check_pool_window(call, window, shape)
    if "max" in call.label.lower():
        return _placed(builder, call, MaxPool, window=window)
    factor = 1.0 / mean_divisor(window, shape, count_include_pad=True)
    return _placed(builder, call, AvgPool, window=window, factor=factor)


def lower_upsample(builder: GraphBuilder, call: Call) -> Value:
    """nn.Upsample, F.interpolate: the nearest pixel, a whole number of times."""
    lead = call.value.leading_axes
    shape, result = tuple(call.x.shape[lead:]), tuple(call.result.shape[lead:])
    mode = _mode(call)
    if mode not in ("nearest", "nearest-exact"):
        raise call.refuse(
            f"{call.label} must have mode 'nearest', not {mode!r}, whose values lie between those of pixels; "
            "train with 'nearest', or use ConvTranspose."
        )
    if len(shape) not in (2, 3) or result[0] != shape[0]:
        shown = " x ".join(map(str, result))
        raise call.refuse(
            f"{call.label} must make pixels larger, not {shown} of {' x '.join(map(str, shape))} with its "
            "channels; give a factor for each axis of pixels, as in scale_factor=(1, 2, 2) over time."
        )
    factor = _whole_factor(call, shape, result)
    if max(factor) == 1:
        return call.value
    return _placed(builder, call, Upsample, factor=_pair(factor, 1))


def _mode(call: Call) -> Any:
    """Of a module, or the fourth argument of the function, of which x is left out."""
    if call.module is not None:
        return getattr(call.module, "mode", "nearest")
    return call.keywords.get("mode", call.arguments[2] if len(call.arguments) > 2 else "nearest")


def _whole_factor(call: Call, shape: Shape, result: Shape) -> tuple[int, ...]:
    """Of each axis of pixels; refused where pixels do not stand equally often."""
    factor = tuple(large // small for small, large in zip(shape[1:], result[1:], strict=True))
    expected = call.x
    for axis, times in enumerate(factor, start=-len(factor)):
        expected = expected.repeat_interleave(times, dim=axis)
    if not torch.equal(expected, call.result):
        raise call.refuse(
            f"{call.label} must make {by_axis(shape[1:], shape)} pixels larger by whole factors, not to "
            f"{by_axis(result[1:], shape)}; give scale_factor=2, for example."
        )
    if max(factor) > MAX_FACTOR:
        raise call.refuse(
            f"{call.label} must make pixels larger by at most {MAX_FACTOR}, not "
            f"{by_axis(factor, shape)}; use two in a row."
        )
    return factor


def lower_transposed(builder: GraphBuilder, call: Call) -> Value:
    """nn.ConvTranspose1d, nn.ConvTranspose2d: an ordinary convolution of a map with zeros between its pixels.

    y[Y] = sum of W[k] x[x] over Y = s x + d k - p, so with x[x] at s x the kernel is W turned around, and the
    padding d (K - 1) - p; what output_padding says is added after it.
    """
    module = cast(nn.ConvTranspose1d | nn.ConvTranspose2d, call.module)
    check_bias(call, module.bias)
    shape = map_shape(call, len(module.kernel_size))
    check_channels(call, shape, module.in_channels)
    kernel, stride = _pair(module.kernel_size, 1), _pair(module.stride, 1)
    dilation, taken = _pair(module.dilation, 1), _pair(cast(tuple[int, ...], module.padding), 0)
    check_transposed(call, kernel, stride, dilation, shape)
    before = tuple(d * (k - 1) - p for d, k, p in zip(dilation, kernel, taken, strict=True))
    if min(before) < 0:
        raise call.refuse(
            f"padding of {call.label} must be less than its kernel, not {by_axis(taken, shape)}; it leaves "
            "out so many rows of what it computes."
        )
    size = upsampled_shape(shape, stride, "zeros")
    whole = _pair(tuple(call.result.shape[2:]), 1)
    after = tuple(
        want - have + d * (k - 1) - early
        for want, have, d, k, early in zip(whole, _pair(size[1:], 1), dilation, kernel, before, strict=True)
    )
    weight = to_float64(module.weight, call.where, "weight")
    source = call.value.layer
    if stride != (1, 1):
        source = builder.add_operation(
            Upsample, call.place, (source,), label="zeros", factor=stride, between="zeros"
        )
    layer = builder.add(
        Conv,
        call.place,
        (source,),
        weight=_turned(weight.reshape(*weight.shape[:2], *kernel), module.groups),
        bias=_bias(call, module.bias, module.out_channels),
        window=Window(kernel, (1, 1), (*before, *after), dilation),
        groups=module.groups,
    )
    return next_value(layer, call)


def _turned(weight: RealArray, groups: int) -> RealArray:
    """(in, out / groups, rows, columns) of a transposed convolution -> (out, in / groups, rows, columns)."""
    inputs, outputs, *kernel = weight.shape
    by_group = weight.reshape(groups, inputs // groups, outputs, *kernel).swapaxes(1, 2)
    found = by_group.reshape(groups * outputs, inputs // groups, *kernel)[:, :, ::-1, ::-1]
    return np.ascontiguousarray(found)


def whole_window(shape: tuple[int, ...]) -> Window:
    """The window that covers a map of that shape."""
    pixels = _pair(shape[1:], 1)
    return Window(kernel=pixels, stride=pixels)


def is_over_pixels(call: Call) -> bool:
    """Whether a mean is over all axes after the channels, as in x.mean((2, 3))."""
    axes = call.arguments[0] if call.arguments else call.keywords.get("dim")
    found = (axes,) if isinstance(axes, int) else tuple(axes or ())
    dims, lead = call.x.dim(), call.value.leading_axes
    wanted = set(range(lead + 1, dims))
    return dims - lead in (2, 3) and {axis % dims for axis in found} == wanted


def lower_pixel_mean(builder: GraphBuilder, call: Call) -> Value:
    """The mean over all pixels, without their axes."""
    shape = tuple(call.x.shape[call.value.leading_axes :])
    window = whole_window(shape)
    if tuple(call.result.shape) != tuple(call.x.shape[: call.value.leading_axes + 1]):
        raise call.refuse(f"{call.label} over pixels must drop their axes; leave keepdim out.")
    pooled = _placed(builder, call, AvgPool, window=window, factor=1.0 / window.taps)
    return next_value(builder.add_operation(Flatten, call.place, (pooled.layer,)), call)


MAP_MODULES: dict[type[nn.Module], Lowering] = {
    nn.Conv1d: lower_conv,
    nn.Conv2d: lower_conv,
    nn.ConvTranspose1d: lower_transposed,
    nn.ConvTranspose2d: lower_transposed,
    nn.Upsample: lower_upsample,
    nn.UpsamplingNearest2d: lower_upsample,
    nn.MaxPool1d: lower_pool,
    nn.MaxPool2d: lower_pool,
    nn.AvgPool1d: lower_pool,
    nn.AvgPool2d: lower_pool,
    nn.AdaptiveAvgPool1d: lower_adaptive_pool,
    nn.AdaptiveAvgPool2d: lower_adaptive_pool,
    nn.AdaptiveMaxPool1d: lower_adaptive_pool,
    nn.AdaptiveMaxPool2d: lower_adaptive_pool,
}

MAP_FUNCTIONS: dict[Any, Lowering] = {
    functional.interpolate: lower_upsample,
    functional.max_pool1d: lower_pool,
    functional.max_pool2d: lower_pool,
    torch.max_pool1d: lower_pool,
    torch.max_pool2d: lower_pool,
    functional.avg_pool1d: lower_pool,
    functional.avg_pool2d: lower_pool,
    functional.adaptive_avg_pool1d: lower_adaptive_pool,
    functional.adaptive_avg_pool2d: lower_adaptive_pool,
    functional.adaptive_max_pool1d: lower_adaptive_pool,
    functional.adaptive_max_pool2d: lower_adaptive_pool,
}
