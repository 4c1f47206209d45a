"""Reshapes of a traced model, told apart by the shapes before and behind them."""

from __future__ import annotations

import dataclasses
import math

from torch import Tensor

from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call


def lower_reshape(builder: GraphBuilder, call: Call) -> Value:
    """flatten, view, reshape, unflatten: flatten the axes behind the batch, merge time and batch, or
    put features into groups.
    """
    result: Tensor = call.result
    before, after, value = tuple(call.x.shape), tuple(result.shape), call.value
    lead, rest = before[: value.leading_axes], before[value.leading_axes :]
    if after == before:
        return value
    if after == (*lead, math.prod(rest)):
        add = builder.add if call.module is not None else builder.add_operation
        name = add(Flatten, call.place, (value.layer,))
        return dataclasses.replace(value, layer=name)
    if value.leading_axes == 2 and after == (math.prod(lead), *rest):
        return dataclasses.replace(value, merged=True)
    apart = (value.time_steps, lead[0] // (value.time_steps or 1))
    if value.merged and after == (*(reversed(apart) if value.batch_first else apart), *rest):
        return dataclasses.replace(value, merged=False)
    if len(rest) == 1 and len(after) == len(before) + 1 and after[: len(lead)] == lead:
        return dataclasses.replace(value, grouped=after[-1])
    if len(rest) == 1 and len(after) > len(before) + 1 and after[: len(lead)] == lead:
        axes = " x ".join(map(str, after[len(lead) :]))
        raise call.refuse(
            f"{call.label} must not make a map of {axes} of {rest[0]} features: convolutions after Linear "
            "layers are not built; use Linear layers, or convolutions from the start."
        )
    raise call.refuse(
        f"{call.label} must flatten all axes behind the batch, or merge time and batch, "
        f"not turn {before} into {after}."
    )
