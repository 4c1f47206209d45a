"""Everything a reader must know of the values that a node sends: one type, inferred from the nodes alone."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import Array, FixedType, Shape

Carries = Literal["events", "currents", "scores"]
"""events: counts, of which zeros are never sent; currents: the dense sums before a neuron; scores: the
result.
"""

AXES = {2: "yx", 3: "cyx"}
"""Names of the axes by their number, in the order of a shape (torch's)."""

MAP_AXES = {2: "cx", 3: "cyx"}
"""The same of maps: those of two axes have one row."""


@dataclass(frozen=True)
class EventFormat:
    """The word of one event, { end:1 | address:A | count:C }, count in the low bits. docs/spec/events.md.

    Several events in a word stand side by side, each with address and count, that of the lowest address in
    the low bits; a place without an event has count 0. An end word (end of a time step) has only its end bit
    set.
    """

    neurons: int
    count_type: FixedType
    events_in_word: int = 1

    @property
    def address_bits(self) -> int:
        """Width of the address: ceil(log2(neurons)), at least 1."""
        return max(1, (self.neurons - 1).bit_length())

    @property
    def count_bits(self) -> int:
        """Width of the count."""
        return self.count_type.width_bits

    @property
    def width_bits(self) -> int:
        """Width of the whole word on a stream between layers."""
        return 1 + self.events_in_word * self.place_bits

    @property
    def place_bits(self) -> int:
        """Width of one event in a word."""
        return self.address_bits + self.count_bits

    @property
    def end_word(self) -> int:
        """The word that ends a time step."""
        return 1 << (self.width_bits - 1)


@dataclass(frozen=True)
class Edge:
    """Values of one kind on their way from a node to its readers.

    shape: without time and batch; elements are addressed in C order, their axes are named by AXES.
    type: of one element, None while values are real numbers; low..high: what hardware can meet, whatever is
      promised of inputs. Events that are sent have each address at most once in a time step, ascending.
    time_steps: of the network. is_frame: sent once per inference, and meant for each of its time steps.
    events_in_word: how many are sent in one cycle, where the stream carries events.
    base, frac_bits: a count c stands for the real value (base + c) / 2^frac_bits.
    is_map: channels and pixels; then elements are addressed pixel by pixel, the channels of each side by
      side, whatever the shape says. lanes: of the packed words in which a map is sent, channel by channel;
      0 where events are. by_step: whether it is sent once for each time step; else all time steps of a word
      of a pixel follow each other.
    """

    shape: Shape
    carries: Carries
    type: FixedType | None = None
    low: int = 0
    high: int = 0
    time_steps: int = 1
    is_frame: bool = False
    base: int = 0
    frac_bits: int = 0
    is_map: bool = False
    lanes: int = 0
    by_step: bool = False
    events_in_word: int = 1

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
        """Worked out once: what is known of nodes is found by their edges."""
        return hash(tuple(getattr(self, name) for name in self.__dataclass_fields__))

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def steps(self) -> int:
        """Ends of step per inference: one of a frame, else one for each time step."""
        return 1 if self.is_frame else self.time_steps

    @property
    def rounds(self) -> int:
        """Times that a map is sent in an inference."""
        return self.steps if self.by_step else 1

    @property
    def word_steps(self) -> int:
        """Time steps that follow each other in the words of a pixel of a map."""
        return 1 if self.by_step else self.steps

    @property
    def fixed(self) -> FixedType:
        """`type` of integer values."""
        assert self.type is not None, "real values have no integer type"
        return self.type

    @property
    def format(self) -> EventFormat:
        """The word of one event."""
        assert self.carries == "events"
        return EventFormat(self.size, self.fixed, self.events_in_word)

    def place(self, element: int) -> str:
        """` (c=2,y=5,x=2)` for shapes of two or three axes, else nothing: messages put it after the
        number.
        """
        axes = (MAP_AXES if self.is_map else AXES).get(len(self.shape))
        if axes is None:
            return ""
        index = np.unravel_index(self.torch_index[element] if self.is_map else element, self.shape)
        return " (" + ",".join(f"{axis}={int(i)}" for axis, i in zip(axes, index, strict=True)) + ")"

    @property
    def image(self) -> tuple[int, int, int]:
        """(channels, height, width) of a map."""
        height, width = self.shape[1:] if len(self.shape) == 3 else (1, *self.shape[1:])
        return self.shape[0], height, width

    @property
    def words_per_inference(self) -> int:
        """Packed words of a map: for each pixel, group of lanes and time step one."""
        channels, height, width = self.image
        return height * width * -(-channels // max(1, self.lanes)) * self.steps

    @property
    def words_per_pixel(self) -> int:
        """Of these, the words of a pixel each time that the map is sent."""
        return -(-self.image[0] // max(1, self.lanes)) * self.word_steps

    @property
    def torch_index(self) -> IntArray:
        """(N,) by address, the number of the element in C order of the shape."""
        index = np.arange(self.size, dtype=np.int64)
        return index.reshape(self.shape[0], -1).T.reshape(-1) if self.is_map else index

    def in_torch_order(self, values: Array) -> Array:
        """(B, T, N) by address -> (B, T, *shape)."""
        batch, steps, _ = values.shape
        if self.is_map:
            values = values.reshape(batch, steps, -1, self.shape[0]).swapaxes(2, 3)
        return values.reshape(batch, steps, *self.shape)

    def by_address(self, values: Array) -> Array:
        """(B, T, *shape) -> (B, T, N): the inverse of `in_torch_order`."""
        batch, steps = values.shape[:2]
        if self.is_map:
            values = values.reshape(batch, steps, self.shape[0], -1).swapaxes(2, 3)
        return values.reshape(batch, steps, self.size)

    def __str__(self) -> str:
        return f"{self.type or 'real'}[{','.join(map(str, self.shape))}]"
