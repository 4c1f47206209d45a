"""Sums, means and largest values over tokens, and sums over the features of a head."""

from __future__ import annotations

import dataclasses
import math
from typing import Any, Literal

import numpy as np
import torch
from torch import Tensor

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.pool import AvgPool, MaxPool
from asn2fpga.kinds.synapses.conv import Conv
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.torch_maps import whole_window
from asn2fpga.loader.views.pointwise import POINT
from asn2fpga.loader.views.view import Places, View, settled, view_of

Reduction = Literal["sum", "mean", "largest"]


def reduces(call: Call, refusal: UnsupportedError) -> bool:
    """Whether a reduction is over one axis that is neither time nor batch."""
    if len(call.operands) != 1 or call.value.reduced or call.value.pending or call.value.one_step:
        return False
    axis = _axis(call)
    if axis is None:
        return False
    places = view_of(call.operands[0], refusal).places
    return all(_is_constant(part, axis) for part in (places.time, places.batch))


def lower_reduced(builder: GraphBuilder, call: Call, refusal: UnsupportedError, how: Reduction) -> Value:
    """x.mean(-1), x.amax(-1), x.sum(dim=-2, keepdim=True): over all tokens, or sums over the features of each
    head.
    """
    axis, view = _axis(call), view_of(call.operands[0], refusal)
    assert axis is not None
    places, size = view.places, view.index.shape[axis]
    if _covers_pixels(places, view, axis):
        name = _of_all_pixels(builder, call, view, how)
        shape = (view.shape[0], *[1] * (len(view.shape) - 1))
        kept = Places(places.time, places.batch, places.channel, torch.zeros_like(places.pixel))
    elif how == "sum" and len(view.shape) > 1 and _covers_heads(places, axis):
        heads = view.shape[0] // size
        name = builder.add_operation(
            Conv, call.place, (call.value.layer,), label=how, weight=np.ones((heads, size, 1, 1)),
            bias=np.zeros(heads), window=POINT, groups=heads,
        )  # fmt: skip
        shape = (heads, *view.shape[1:])
        kept = Places(places.time, places.batch, places.channel // size, places.pixel)
    else:
        raise refusal
    found = kept.first_of(axis)
    index = found.index(shape)
    if index.dim() != call.result.dim():
        index = index.squeeze(axis)
    value = dataclasses.replace(call.value, layer=name)
    return _without_pixels(builder, call, value, dataclasses.replace(view, index=index, shape=shape))


def _of_all_pixels(builder: GraphBuilder, call: Call, view: View, how: Reduction) -> str:
    """A pool of all pixels of each channel."""
    layers, window = (call.value.layer,), whole_window(view.shape)
    if how == "largest":
        return builder.add_operation(MaxPool, call.place, layers, label=how, window=window)
    factor = 1.0 / math.prod(view.shape[1:]) if how == "mean" else 1.0
    return builder.add_operation(AvgPool, call.place, layers, label=how, window=window, factor=factor)


def _without_pixels(builder: GraphBuilder, call: Call, value: Value, view: View) -> Value:
    """A map of one pixel is a layer of features where the tensor has no axis for it."""
    found = settled(value, view)
    if found.view is None or len(view.shape) < 2:
        return found
    flat = settled(value, dataclasses.replace(view, shape=view.shape[:1]))
    if flat.view is not None:
        return found
    return dataclasses.replace(flat, layer=builder.add_operation(Flatten, call.place, (value.layer,)))


def _axis(call: Call) -> int | None:
    given: Any = call.arguments[0] if call.arguments else call.keywords.get("dim")
    axes = (given,) if isinstance(given, int) else given
    if not isinstance(axes, tuple | list) or len(axes) != 1 or isinstance(axes[0], bool):
        return None
    dims = call.x.dim()
    return int(axes[0]) % dims if -dims <= axes[0] < dims else None


def _is_constant(part: Tensor, axis: int) -> bool:
    return torch.equal(part, part.narrow(axis, 0, 1).expand(part.shape))


def _covers_pixels(places: Places, view: View, axis: int) -> bool:
    """All pixels once along the axis, in any order, of one channel."""
    pixels = math.prod(view.shape[1:])
    if len(view.shape) < 2 or view.index.shape[axis] != pixels or not _is_constant(places.channel, axis):
        return False
    found = places.pixel.movedim(axis, -1).reshape(-1, pixels).sort(dim=1).values
    return torch.equal(found, torch.arange(pixels).expand(found.shape))


def _covers_heads(places: Places, axis: int) -> bool:
    """The channels of a head side by side along the axis, of one pixel."""
    size = places.channel.shape[axis]
    found = places.channel.movedim(axis, -1).reshape(-1, size)
    begins = found[:, :1]
    return (
        _is_constant(places.pixel, axis)
        and bool((begins % size == 0).all())
        and torch.equal(found, begins + torch.arange(size))
    )
