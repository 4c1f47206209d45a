"""What treats every element alike: done to the layer as it is, and seen in the same way afterwards."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.builder import Value
from asn2fpga.loader.call import Call, Operand
from asn2fpga.loader.description import TRACE_BATCH
from asn2fpga.loader.views.view import View, numbered, settled, view_of

Plain = Callable[[Call], Value]
"""Lowers a call on tensors that are not rearranged."""


def lower_lifted(call: Call, plain: Plain, refusal: UnsupportedError) -> Value:
    """Elements of all operands must stand at equal places, with time and batch in front."""
    views = [view_of(operand, refusal) for operand in call.operands]
    first = views[0]
    if any(view.shape != first.shape or not torch.equal(view.index, first.index) for view in views):
        raise refusal
    if (
        not first.is_whole(call.value)
        or not isinstance(call.result, Tensor)
        or call.result.shape != first.index.shape
    ):
        raise refusal
    lead = _lead(call, first)
    operands = tuple(
        Operand(lead, _in_place(operand.x, first, numbered(lead, first.shape))) for operand in call.operands
    )
    operands = tuple(
        dataclasses.replace(operand, value=dataclasses.replace(lead, layer=given.value.layer))
        for operand, given in zip(operands, call.operands, strict=True)
    )

    def compute() -> Any:
        return _in_place(call.result, first, numbered(lead, first.shape))

    found = plain(dataclasses.replace(call, operands=operands, compute=compute, seen=first))
    return settled(found, first)


def _lead(call: Call, view: View) -> Value:
    """The value with the flags that its first axes have; refused if these are not time and batch."""
    value = dataclasses.replace(call.value, view=None)
    if value.time_steps is None:
        return value
    shape, places = view.index.shape, view.places
    moments = places.time * TRACE_BATCH + places.batch
    for merged, batch_first in ((False, False), (True, False), (False, True)):
        plain = dataclasses.replace(value, merged=merged, batch_first=batch_first)
        expected = numbered(plain, (1,))
        lead = shape[: plain.leading_axes]
        if lead == expected.shape[:-1]:
            ours = expected.reshape(*lead, *[1] * (len(shape) - len(lead))).expand(shape)
            if torch.equal(ours, moments):
                return plain
    raise view.refusal


def _in_place(tensor: Tensor, view: View, index: Tensor) -> Tensor:
    """The elements of a rearranged tensor as they stand in the layer, in a tensor numbered by `index`."""
    by_number = torch.empty(tensor.numel(), dtype=tensor.dtype)
    by_number[view.index.reshape(-1)] = tensor.reshape(-1)
    return by_number[index]
