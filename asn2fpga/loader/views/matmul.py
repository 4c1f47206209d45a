"""q @ k^T @ v, q @ (k^T @ v): two matrix products of what three layers of neurons send are an attention.

Where tokens are time steps, a mask must hide later ones: (q @ k^T).tril() @ v.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.operators.attention import Attention
from asn2fpga.kinds.operators.causal_attention import CausalAttention
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call, Operand
from asn2fpga.loader.views.causal import check_mask
from asn2fpga.loader.views.tokens import Tokens, heads_of, result_of
from asn2fpga.loader.views.view import View, settled, view_of


@dataclass(frozen=True, eq=False)
class Pending:
    """The first of two matrix products, left (.., a, b) @ right (.., b, c), times `factor`.

    refusal: what is said if no second one follows. causal: where b is an axis of tokens as a is, the products
    of a token with later ones are 0.
    """

    left: Operand
    right: Operand
    refusal: UnsupportedError
    factor: float = 1.0
    causal: bool = False


def lower_matmul(builder: GraphBuilder, call: Call) -> Value:
    """The first product waits for the second, with which it is an attention."""
    refusal = call.refuse(
        f"{call.label} must be part of an attention without a softmax, q @ k.transpose(-2, -1) @ v or "
        "q @ (k.transpose(-2, -1) @ v) of all tokens of what neurons send, whose heads are features side by "
        "side, not of "
        f"{' and '.join(str(tuple(operand.x.shape)) for operand in call.operands)}."
    )
    if len(call.operands) != 2 or any(o.value.reduced or o.value.one_step for o in call.operands):
        raise refusal
    left, right = call.operands
    if left.value.pending is None and right.value.pending is None:
        return dataclasses.replace(left.value, view=None, pending=Pending(left, right, refusal))
    if left.value.pending is not None and right.value.pending is not None:
        raise refusal
    return _attention(builder, call, refusal)


def scaled(value: Value, factor: float) -> Value:
    """A pending product times a constant."""
    assert value.pending is not None
    pending = dataclasses.replace(value.pending, factor=value.pending.factor * factor)
    return dataclasses.replace(value, pending=pending)


def _attention(builder: GraphBuilder, call: Call, refusal: UnsupportedError) -> Value:
    left, right = call.operands
    if right.value.pending is not None:  # q @ (k^T @ v)
        pending = right.value.pending
        queries, keys, values = left, pending.left, pending.right
    else:  # (q @ k^T) @ v
        assert left.value.pending is not None
        pending = left.value.pending
        queries, keys, values = pending.left, pending.right, right
    factor = pending.factor
    if not 0 < factor < math.inf:
        raise call.refuse(f"the scale of an attention must be a positive number, not {factor:g}.")
    operands = (queries, _transposed(keys, refusal), values)
    tokens = [Tokens.of(operand, refusal) for operand in operands]
    over_time = any(found.are_time_steps for found in tokens)
    check_mask(call, over_time, pending.causal)
    name = builder.add_operation(
        CausalAttention if over_time else Attention,
        call.place,
        tuple(operand.value.layer for operand in operands),
        heads=heads_of(tokens, refusal),
    )
    shape = (tokens[2].view.shape[0], *tokens[0].view.shape[1:])
    index = result_of(tokens, tuple(call.result.shape), refusal).index(shape)
    value = settled(dataclasses.replace(queries.value, layer=name, view=None), View(index, shape, refusal))
    if factor != 1.0:
        value = dataclasses.replace(
            value, layer=builder.add_operation(Scale, call.place, (value.layer,), factor=factor)
        )
    return value


def _transposed(operand: Operand, refusal: UnsupportedError) -> Operand:
    """k of k^T: its last two axes exchanged."""
    view = view_of(operand, refusal)
    turned = dataclasses.replace(view, index=view.index.transpose(-2, -1))
    value = dataclasses.replace(operand.value, view=turned)
    return Operand(value, operand.x.transpose(-2, -1))
