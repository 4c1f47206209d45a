"""Tokens and heads of an attention: what a rearranged tensor (.., tokens, features of a head) holds."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.types import Shape
from asn2fpga.loader.call import Operand
from asn2fpga.loader.views.view import Places, View, view_of


@dataclass(frozen=True, eq=False)
class Tokens:
    """A tensor (.., tokens, features of a head): tokens are pixels of a map, or time steps of a vector."""

    view: View
    places: Places

    @classmethod
    def of(cls, operand: Operand, refusal: UnsupportedError) -> Tokens:
        view = view_of(operand, refusal)
        if view.index.dim() < 2 or not view.is_whole(operand.value):
            raise refusal
        return cls(view, view.places)

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

    @property
    def are_time_steps(self) -> bool:
        """Whether time passes from token to token."""
        return not _is_flat(self.places.time)

    def is_regular(self) -> bool:
        """Whether tokens are all pixels, the same in all heads, or all time steps in order; and heads are
        channels side by side.
        """
        places, size = self.places, self.size
        begins = self.channels[..., :1]
        fits = (
            torch.equal(places.channel, self.channels.unsqueeze(-2).expand(places.channel.shape))
            and bool((begins % size == 0).all())
            and torch.equal(self.channels, begins + torch.arange(size))
            and _is_flat(places.batch)
        )
        return fits and (self._has_all_steps() if self.are_time_steps else self._has_all_pixels())

    def _has_all_pixels(self) -> bool:
        pixel = self.places.pixel
        return (
            len(self.view.shape) > 1
            and torch.equal(pixel, self.pixels[:, None].expand(pixel.shape))
            and torch.equal(self.pixels.sort().values, torch.arange(math.prod(self.view.shape[1:])))
            and _is_flat(self.places.time)
        )

    def _has_all_steps(self) -> bool:
        time = self.places.time
        return len(self.view.shape) == 1 and torch.equal(
            time, torch.arange(time.shape[-2])[:, None].expand(time.shape)
        )


def _is_flat(part: Tensor) -> bool:
    """Whether it does not change along the last two axes."""
    return torch.equal(part, part[..., :1, :1].expand(part.shape))


def heads_of(tokens: tuple[Tokens, Tokens, Tokens], refusal: UnsupportedError) -> int:
    """How many there are; refused if the three do not fit each other."""
    queries, keys, values = tokens
    if queries.size != keys.size:
        raise refusal
    heads = {found.view.shape[0] // found.size for found in tokens}
    moments = [
        (found.places.time[..., 0, 0], found.places.batch[..., 0, 0], found.channels[..., 0] // found.size)
        for found in tokens
    ]
    for other in moments[1:]:
        if any(a.shape != b.shape or not torch.equal(a, b) for a, b in zip(moments[0], other, strict=True)):
            raise refusal
    are_alike = len({found.are_time_steps for found in tokens}) == 1
    if len(heads) != 1 or not are_alike or not torch.equal(keys.pixels, values.pixels):
        raise refusal
    return heads.pop()


def result_of(tokens: tuple[Tokens, Tokens, Tokens], shape: Shape, refusal: UnsupportedError) -> Places:
    """Of (.., tokens of the queries, features of the values), which must be of that shape."""
    queries, _, values = tokens
    lead = queries.view.index.shape[:-2]
    if shape != (*lead, queries.view.index.shape[-2], values.size):
        raise refusal
    return Places(
        queries.places.time[..., :1].expand(shape),
        queries.places.batch[..., :1].expand(shape),
        values.channels.unsqueeze(-2).expand(shape),
        queries.places.pixel[..., :1].expand(shape),
    )
