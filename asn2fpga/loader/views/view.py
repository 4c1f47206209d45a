"""Where the elements of a rearranged tensor stand in the layer that they come from.

Transposes, reshapes, heads split off and joined again compute nothing. So the same functions are run on the
numbers of the elements, and what they have become is read off when something is computed with them: however
a model writes it, a token is a pixel and a feature is a channel.
"""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass

import torch
from torch import Tensor

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.types import Shape
from asn2fpga.loader.builder import Value
from asn2fpga.loader.call import Operand
from asn2fpga.loader.description import TRACE_BATCH


@dataclass(frozen=True, eq=False)
class View:
    """index: of the tensor's shape, the number of each element in the order (time, batch, channel, pixel).

    shape: of the layer, (channels, *pixels). refusal: what is said where a view has no place.
    """

    index: Tensor
    shape: Shape
    refusal: UnsupportedError

    @property
    def places(self) -> Places:
        """Time step, sample, channel and pixel of each element."""
        channels, pixels = self.shape[0], math.prod(self.shape[1:])
        rest, pixel = _divided(self.index, pixels)
        rest, channel = _divided(rest, channels)
        time, batch = _divided(rest, TRACE_BATCH)
        return Places(time, batch, channel, pixel)

    def is_whole(self, value: Value) -> bool:
        """Whether it has as many elements as the layer of the value that it is of."""
        return self.index.numel() == steps_of(value) * TRACE_BATCH * math.prod(self.shape)


@dataclass(frozen=True, eq=False)
class Places:
    """time, batch, channel, pixel: of each element of a tensor, all of its shape."""

    time: Tensor
    batch: Tensor
    channel: Tensor
    pixel: Tensor

    def index(self, shape: Shape) -> Tensor:
        """The numbers of the elements in a layer of that shape."""
        channels, pixels = shape[0], math.prod(shape[1:])
        return ((self.time * TRACE_BATCH + self.batch) * channels + self.channel) * pixels + self.pixel

    def first_of(self, axis: int) -> Places:
        """The first element along an axis, which stays."""
        return Places(*(part.narrow(axis, 0, 1) for part in self.parts))

    @property
    def parts(self) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """In the order of numbers."""
        return self.time, self.batch, self.channel, self.pixel


def _divided(numbers: Tensor, by: int) -> tuple[Tensor, Tensor]:
    quotient = numbers // by
    return quotient, numbers - quotient * by


def steps_of(value: Value) -> int:
    """Time steps in a tensor."""
    return 1 if value.time_steps is None or value.one_step else value.time_steps


def view_of(operand: Operand, refusal: UnsupportedError) -> View:
    """That of a tensor of the model, rearranged or not."""
    if operand.value.view is not None:
        return operand.value.view
    shape = tuple(operand.x.shape[operand.value.leading_axes :])
    if operand.value.grouped is not None:  # of a layer of features
        features = (math.prod(shape),)
        return View(numbered(operand.value, features).reshape(operand.x.shape), features, refusal)
    return View(numbered(operand.value, shape), shape, refusal)


def numbered(value: Value, shape: Shape) -> Tensor:
    """The numbers of the elements of a tensor that is not rearranged; shape: of the layer."""
    steps = steps_of(value)
    index = torch.arange(steps * TRACE_BATCH * math.prod(shape)).reshape(steps, TRACE_BATCH, *shape)
    if value.batch_first:
        index = index.transpose(0, 1)
    if value.merged:
        return index.reshape(steps * TRACE_BATCH, *shape)
    return index if value.leading_axes == 2 else index.reshape(TRACE_BATCH, *shape)


def settled(value: Value, view: View) -> Value:
    """The value with this view; without one if the tensor is a plain one of its layer after all."""
    steps = value.time_steps is not None and not value.one_step
    for merged, batch_first in (
        ((False, False), (True, False), (False, True), (True, True)) if steps else ((False, False),)
    ):
        plain = dataclasses.replace(value, view=None, grouped=None, merged=merged, batch_first=batch_first)
        index = numbered(plain, view.shape)
        if index.shape == view.index.shape and torch.equal(index, view.index):
            return plain
    return dataclasses.replace(value, view=view, grouped=None)
