"""Averages of populations: of each class several neurons after each other."""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.tensors import next_value


def vote(builder: GraphBuilder, call: Call, size: int, features: int, share: float) -> Value:
    """`share` of each of `size` neurons, for each class: 1 / size for their mean, 1 for their sum."""
    weight = np.kron(np.eye(features // size), np.full((1, size), share))
    add = builder.add if call.module is not None else builder.add_operation
    name = add(Linear, call.place, (call.value.layer,), weight=weight, bias=np.zeros(len(weight)))
    return dataclasses.replace(next_value(name, call), grouped=None)


def vote_of_groups(builder: GraphBuilder, call: Call, how: str) -> Value:
    """x.view(-1, classes, size).mean(-1): of features that stand in groups."""
    axes = call.arguments[0] if call.arguments else call.keywords.get("dim")
    size, dims = call.value.grouped or 1, call.x.dim()
    last = axes[0] if isinstance(axes, list | tuple) and len(axes) == 1 else axes
    if last not in (-1, dims - 1) or len(call.arguments) > 1 or set(call.keywords) - {"dim"}:
        raise call.refuse(
            f"{call.label} of features in groups must be over the last axis, as in x.view(-1, classes, "
            f"{size}).{how}(-1)."
        )
    features = int(call.x.shape[-1] * call.x.shape[-2])
    return vote(builder, call, size, features, 1.0 / size if how == "mean" else 1.0)
