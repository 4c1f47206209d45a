"""Linear layers, convolutions of one pixel and BatchNorms along the features of a rearranged tensor."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

import numpy as np
import torch
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.synapses.conv import Conv
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.map_checks import check_bias
from asn2fpga.loader.tensors import to_float64
from asn2fpga.loader.torch_modules import normalisation
from asn2fpga.loader.views.view import Places, View, settled

POINT = Window(kernel=(1, 1), stride=(1, 1))


def lower_linear(builder: GraphBuilder, call: Call) -> Value:
    """nn.Linear on (.., tokens, features): a convolution of one pixel."""
    return _pointwise(builder, call, -1, groups=1)


def lower_conv(builder: GraphBuilder, call: Call) -> Value:
    """nn.Conv1d, nn.Conv2d of kernel 1 on (batch, features, tokens); SpikingJelly's over time, too."""
    module: Any = call.module
    is_point = all(size == 1 for size in (*module.kernel_size, *module.stride)) and not _is_padded(module)
    if not is_point:
        raise rearranged(call)
    return _pointwise(builder, call, _feature_axis(module), groups=module.groups)


def _feature_axis(module: Any) -> int:
    """Of layers of SpikingJelly in step mode 'm' time stands before it."""
    return 2 if getattr(module, "step_mode", "s") == "m" else 1


def _is_padded(module: Any) -> bool:
    return not isinstance(module.padding, str) and any(module.padding)


def lower_batchnorm(builder: GraphBuilder, call: Call) -> Value:
    """nn.BatchNorm1d, nn.BatchNorm2d on (batch, features, tokens): a gain and a shift for each feature."""
    view = _view(call)
    _check_features(call, view, _feature_axis(call.module))
    name = normalisation(builder, call)
    return settled(dataclasses.replace(call.value, layer=name), view)


def _pointwise(builder: GraphBuilder, call: Call, axis: int, groups: int) -> Value:
    view, module = _view(call), cast(nn.Linear, call.module)
    check_bias(call, module.bias)
    _check_features(call, view, axis)
    weight = to_float64(module.weight, call.where, "weight")
    weight = weight.reshape(*weight.shape[:2], 1, 1)
    bias: RealArray = (
        np.zeros(len(weight)) if module.bias is None else to_float64(module.bias, call.where, "bias")
    )
    layer = builder.add(
        Conv, call.place, (call.value.layer,), weight=weight, bias=bias, window=POINT, groups=groups
    )
    shape = (len(weight), *view.shape[1:])
    index = _with_channels(view.places, axis, len(weight)).index(shape)
    return settled(
        dataclasses.replace(call.value, layer=layer), dataclasses.replace(view, index=index, shape=shape)
    )


def rearranged(call: Call) -> UnsupportedError:
    """The sentence about what looks at neighbours in a tensor that has others than its layer."""
    before = " x ".join(map(str, _view(call).shape))
    return call.refuse(
        f"{call.label} must get pixels as the layer before it sends them, {before}, not rearranged to "
        f"{tuple(call.x.shape)}; undo transposes and reshapes before it."
    )


def _view(call: Call) -> View:
    assert call.value.view is not None
    return call.value.view


def _check_features(call: Call, view: View, axis: int) -> None:
    """All channels stand along the axis, in order, and everything else does not change along it."""
    places = view.places
    channels, dims = view.shape[0], view.index.dim()
    wanted = torch.arange(channels).reshape([channels if i == axis % dims else 1 for i in range(dims)])
    first = places.first_of(axis)
    if (
        not view.is_whole(call.value)
        or view.index.shape[axis] != channels
        or not torch.equal(places.channel, wanted.expand(view.index.shape))
        or not all(
            _same(part, one)
            for part, one in zip(places.parts, first.parts, strict=True)
            if part is not places.channel
        )
    ):
        raise view.refusal


def _same(part: Tensor, first: Tensor) -> bool:
    return torch.equal(part, first.expand(part.shape))


def _with_channels(places: Places, axis: int, channels: int) -> Places:
    """The same places with so many channels along the axis."""
    first = places.first_of(axis)
    dims = first.time.dim()
    shape = [channels if i == axis % dims else size for i, size in enumerate(first.time.shape)]
    channel = torch.arange(channels).reshape([channels if i == axis % dims else 1 for i in range(dims)])
    return Places(*(part.expand(shape) for part in (first.time, first.batch, channel, first.pixel)))
