"""q @ k^T @ v, q @ (k^T @ v): two matrix products of what three layers of neurons send are an attention.

Where tokens are time steps, a mask must hide later ones: (q @ k^T).tril() @ v.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.operators.attention import Attention
from asn2fpga.kinds.operators.causal_attention import CausalAttention
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call, Operand
from asn2fpga.loader.views.causal import check_mask
from asn2fpga.loader.views.tokens import Tokens, heads_of, result_of
from asn2fpga.loader.views.view import Places, View, settled, view_of


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
        return dataclasses.replace(left.value, view=None, grouped=None, pending=Pending(left, right, refusal))
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
    pending, is_first = left.value.pending, left.value.pending is not None
    if pending is None:
        assert right.value.pending is not None
        pending = right.value.pending
    if not 0 < pending.factor < math.inf:
        raise call.refuse(f"the scale of an attention must be a positive number, not {pending.factor:g}.")
    chain = [pending.left, pending.right, right] if is_first else [left, pending.left, pending.right]
    roles = Roles.of(chain, refusal)
    over_time = roles.tokens[0].are_time_steps
    if pending.causal and (roles.is_turned or not is_first):
        raise refusal
    check_mask(call, over_time, pending.causal)
    name = builder.add_operation(
        CausalAttention if over_time else Attention,
        call.place,
        tuple(operand.value.layer for operand in roles.operands),
        heads=heads_of(roles.tokens, refusal),
    )
    queries, _, values = roles.tokens
    shape = (values.view.shape[0], *queries.view.shape[1:])
    index = _result(roles, tuple(call.result.shape), refusal).index(shape)
    value = dataclasses.replace(roles.operands[0].value, layer=name, view=None)
    value = settled(value, View(index, shape, refusal))
    if pending.factor != 1.0:
        scale = builder.add_operation(Scale, call.place, (value.layer,), factor=pending.factor)
        value = dataclasses.replace(value, layer=scale)
    return value


@dataclass(frozen=True, eq=False)
class Roles:
    """Queries, keys and values, each (.., tokens, features), of q k^T v; is_turned: of v^T k q^T."""

    operands: tuple[Operand, Operand, Operand]
    tokens: tuple[Tokens, Tokens, Tokens]
    is_turned: bool

    @classmethod
    def of(cls, chain: list[Operand], refusal: UnsupportedError) -> Roles:
        """Which matrix is which: the first has tokens in its rows, or in its columns."""
        first, second, third = chain
        straight = (first, _transposed(second, refusal), third)
        turned = (_transposed(third, refusal), second, _transposed(first, refusal))
        for operands in (straight, turned):
            queries, keys, values = (Tokens.of(operand, refusal) for operand in operands)
            tokens = (queries, keys, values)
            if all(found.is_regular() for found in tokens):
                return cls(operands, tokens, operands is turned)
        raise refusal


def _transposed(operand: Operand, refusal: UnsupportedError) -> Operand:
    """k of k^T: its last two axes exchanged."""
    view = view_of(operand, refusal)
    turned = dataclasses.replace(view, index=view.index.transpose(-2, -1))
    value = dataclasses.replace(operand.value, view=turned)
    return Operand(value, operand.x.transpose(-2, -1))


def _result(roles: Roles, shape: Shape, refusal: UnsupportedError) -> Places:
    """Of (.., tokens of the queries, features of the values), or turned; it must be of that shape."""
    if not roles.is_turned:
        return result_of(roles.tokens, shape, refusal)
    found = result_of(roles.tokens, (*shape[:-2], shape[-1], shape[-2]), refusal)
    return Places(*(part.transpose(-2, -1) for part in found.parts))
