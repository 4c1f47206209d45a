"""q @ k^T @ v, q @ (k^T @ v): two matrix products of what three layers of neurons send are an attention."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.operators.attention import Attention
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call, Operand
from asn2fpga.loader.description import TRACE_BATCH
from asn2fpga.loader.views.view import Places, View, settled, steps_of, view_of


@dataclass(frozen=True, eq=False)
class Pending:
    """The first of two matrix products, left (.., a, b) @ right (.., b, c), times `factor`.

    refusal: what is said if no second one follows.
    """

    left: Operand
    right: Operand
    refusal: UnsupportedError
    factor: float = 1.0


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
    chain, factor = _chain(call)
    if not 0 < factor < math.inf:
        raise call.refuse(f"the scale of an attention must be a positive number, not {factor:g}.")
    roles = Roles.of(chain, refusal)
    heads = _heads(roles, refusal)
    sources = tuple(operand.value.layer for operand in roles.operands)
    name = builder.add_operation(Attention, call.place, sources, heads=heads)
    queries, _, values = roles.tokens
    shape = (values.view.shape[0], *queries.view.shape[1:])
    index = _result(roles, call, refusal).index(shape)
    value = dataclasses.replace(roles.operands[0].value, layer=name, view=None)
    value = settled(value, View(index, shape, refusal))
    if factor != 1.0:
        scale = builder.add_operation(Scale, call.place, (value.layer,), factor=factor)
        value = dataclasses.replace(value, layer=scale)
    return value


def _chain(call: Call) -> tuple[list[Operand], float]:
    """The three matrices in the order of their product, and the factor of the first of its two products."""
    left, right = call.operands
    if right.value.pending is not None:
        pending = right.value.pending
        return [left, pending.left, pending.right], pending.factor
    assert left.value.pending is not None
    pending = left.value.pending
    return [pending.left, pending.right, right], pending.factor


@dataclass(frozen=True, eq=False)
class Roles:
    """Queries, keys and values, each (.., tokens, features), of q k^T v; is_turned: of v^T k q^T."""

    operands: tuple[Operand, Operand, Operand]
    tokens: tuple[_Tokens, _Tokens, _Tokens]
    is_turned: bool

    @classmethod
    def of(cls, chain: list[Operand], refusal: UnsupportedError) -> Roles:
        """Which matrix is which: the first has tokens in its rows, or in its columns."""
        first, second, third = chain
        straight = (first, _transposed(second, refusal), third)
        turned = (_transposed(third, refusal), second, _transposed(first, refusal))
        for operands in (straight, turned):
            queries, keys, values = (_Tokens.of(operand, refusal) for operand in operands)
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


@dataclass(frozen=True, eq=False)
class _Tokens:
    """A tensor (.., tokens, features of a head)."""

    view: View
    places: Places

    @classmethod
    def of(cls, operand: Operand, refusal: UnsupportedError) -> _Tokens:
        view = view_of(operand, refusal)
        if len(view.shape) < 2 or view.index.numel() != steps_of(operand.value) * TRACE_BATCH * math.prod(
            view.shape
        ):
            raise refusal
        return cls(view, view.places(steps_of(operand.value)))

    @property
    def size(self) -> int:
        """Features of a head."""
        return int(self.view.index.shape[-1])

    @property
    def channels(self) -> Tensor:
        """(.., features) of the first token."""
        return self.places.channel[..., 0, :]

    @property
    def pixels(self) -> Tensor:
        """(tokens,) of the first head."""
        return self.places.pixel.reshape(-1, *self.view.index.shape[-2:])[0, :, 0]

    def is_regular(self) -> bool:
        """Whether tokens are all pixels, the same in all heads, and heads are channels side by side."""
        places, size = self.places, self.size
        begins = self.channels[..., :1]
        return (
            torch.equal(places.channel, self.channels.unsqueeze(-2).expand(places.channel.shape))
            and torch.equal(places.pixel, self.pixels[:, None].expand(places.pixel.shape))
            and torch.equal(self.pixels.sort().values, torch.arange(math.prod(self.view.shape[1:])))
            and bool((begins % size == 0).all())
            and torch.equal(self.channels, begins + torch.arange(size))
            and all(_is_flat(part) for part in (places.time, places.batch))
        )


def _is_flat(part: Tensor) -> bool:
    """Whether it does not change along the last two axes."""
    return torch.equal(part, part[..., :1, :1].expand(part.shape))


def _heads(roles: Roles, refusal: UnsupportedError) -> int:
    """How many there are; refused if the three do not fit each other."""
    queries, keys, values = roles.tokens
    heads = {found.view.shape[0] // found.size for found in roles.tokens}
    moments = [
        (found.places.time[..., 0, 0], found.places.batch[..., 0, 0], found.channels[..., 0] // found.size)
        for found in roles.tokens
    ]
    for other in moments[1:]:
        if any(a.shape != b.shape or not torch.equal(a, b) for a, b in zip(moments[0], other, strict=True)):
            raise refusal
    if len(heads) != 1 or queries.size != keys.size or not torch.equal(keys.pixels, values.pixels):
        raise refusal
    return heads.pop()


def _result(roles: Roles, call: Call, refusal: UnsupportedError) -> Places:
    """Of (.., tokens of the queries, features of the values), or turned."""
    queries, _, values = roles.tokens
    shape = (*queries.view.index.shape[:-1], values.size)
    found = Places(
        queries.places.time[..., :1].expand(shape),
        queries.places.batch[..., :1].expand(shape),
        values.channels.unsqueeze(-2).expand(shape),
        queries.places.pixel[..., :1].expand(shape),
    )
    if roles.is_turned:
        found = Places(*(part.transpose(-2, -1) for part in found.parts))
    if found.time.shape != call.result.shape:
        raise refusal
    return found
