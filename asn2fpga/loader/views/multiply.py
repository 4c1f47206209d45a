"""Products of two tensors of the model, element by element: a map and a mask."""

from __future__ import annotations

import dataclasses

import torch

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.operators.product import Product
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call, Operand
from asn2fpga.loader.views.view import Places, View, settled, steps_of, view_of


def lower_product(builder: GraphBuilder, call: Call) -> Value:
    """q * mask, torch.mul(mask, k): every element of the map times the mask's of the same time, sample and
    pixel, or of its only pixel; each channel of the mask serves as many of the map's, side by side.
    """
    refusal = call.refuse(
        f"{call.label} must multiply maps of what neurons send, one of them a mask of the same tokens (or "
        f"one for all) whose features serve equally many of the other's, not {_shapes(call)}."
    )
    if any(o.value.reduced or o.value.one_step or o.value.pending for o in call.operands):
        raise refusal
    whole, mask = sorted(call.operands, key=lambda operand: -operand.x.numel())
    view, small = view_of(whole, refusal), view_of(mask, refusal)
    if not (len(view.shape) > 1 and len(small.shape) > 1 and view.index.shape == call.result.shape):
        raise refusal
    _check(view, small, whole, mask, refusal)
    layers = (whole.value.layer, mask.value.layer)
    name = builder.add_operation(Product, call.place, layers)
    return settled(dataclasses.replace(whole.value, layer=name), view)


def _check(view: View, small: View, whole: Operand, mask: Operand, refusal: UnsupportedError) -> None:
    mine, theirs = view.places, small.places
    channels, own = view.shape[0], small.shape[0]
    if channels % own or steps_of(whole.value) != steps_of(mask.value):
        raise refusal
    one_pixel = small.shape[1:].count(1) == len(small.shape) - 1
    wanted = Places(
        mine.time,
        mine.batch,
        mine.channel // (channels // own),
        torch.zeros_like(mine.pixel) if one_pixel else mine.pixel,
    )
    try:
        found = [part.expand(view.index.shape) for part in theirs.parts]
    except RuntimeError:
        raise refusal from None
    if not all(torch.equal(part, other) for part, other in zip(wanted.parts, found, strict=True)):
        raise refusal


def _shapes(call: Call) -> str:
    return " and ".join(str(tuple(operand.x.shape)) for operand in call.operands)
