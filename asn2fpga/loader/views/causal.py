"""Masks of an attention over time: a token reads itself and those before it, never later ones."""

from __future__ import annotations

import dataclasses
import operator
from typing import Any

import torch
from torch import Tensor

from asn2fpga.errors import UnsupportedError
from asn2fpga.loader.builder import Value
from asn2fpga.loader.call import Call

LOWER_TRIANGLE = (torch.tril, "tril")
FILLED = (torch.masked_fill, "masked_fill")
TIMES = (operator.mul, torch.mul, "mul")
HOW = (
    "(q @ k.transpose(-2, -1)).tril() @ v, or times a constant torch.ones(T, T).tril(), "
    "or .masked_fill(mask == 0, 0) with it"
)


def masks(call: Call, target: Any) -> bool:
    """Whether the call sets elements of a pending product to 0, as a mask says."""
    if target in (*LOWER_TRIANGLE, *FILLED):
        return True
    return target in TIMES and any(
        isinstance(given, Tensor) and given.numel() > 1 for given in call.arguments
    )


def lower_mask(call: Call, target: Any) -> Value:
    """The same product, known to be causal; refused if the mask is another one."""
    given = [*call.arguments, *call.keywords.values()]
    if target in LOWER_TRIANGLE:
        fits = all(number == 0 for number in given)
    elif target in FILLED:
        mask, value = given if len(given) == 2 else (None, None)
        fits = isinstance(mask, Tensor) and _is_lower(call, ~mask.bool()) and _is_zero(value)
    else:
        fits = _is_lower(call, given[0])
    if not fits:
        raise _refusal(call)
    assert call.value.pending is not None
    return dataclasses.replace(call.value, pending=dataclasses.replace(call.value.pending, causal=True))


def check_mask(call: Call, over_time: bool, causal: bool) -> None:
    """Refuses an attention over time that reads later steps, and one over pixels that does not read all."""
    if over_time and not causal:
        raise call.refuse(
            "an attention whose tokens are the time steps of the network must be causal: hardware has no "
            f"later step when it answers; mask them, {HOW}."
        )
    if causal and not over_time:
        raise call.refuse(
            "a causal mask must be over the time steps of the network, not over pixels, which are there at "
            "the same time; leave it out, or make tokens time steps: encoding 'events' or 'tokens', (time, "
            "batch, features)."
        )


def _refusal(call: Call) -> UnsupportedError:
    return call.refuse(
        f"{call.label} between the two matrix products of an attention must hide later time steps alone, "
        f"with zeros: {HOW}."
    )


def _is_lower(call: Call, mask: Any) -> bool:
    """Whether it is 1 for each token and those before it, and 0 for later ones."""
    if not isinstance(mask, Tensor):
        return False
    shape = call.x.shape
    wanted = torch.ones(shape[-2:]).tril()
    try:
        return torch.equal(mask.to(wanted.dtype).expand(shape), wanted.expand(shape))
    except RuntimeError:
        return False


def _is_zero(value: Any) -> bool:
    number = value.item() if isinstance(value, Tensor) and value.numel() == 1 else value
    return isinstance(number, int | float) and number == 0
