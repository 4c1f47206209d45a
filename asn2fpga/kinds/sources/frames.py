"""Frames from outside: every non-zero pixel becomes an event."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from asn2fpga.device.parts import fifo_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import InputError
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.limits import MAX_COUNT
from asn2fpga.graph.rule import Context, Rule, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.graph.words import PIXEL_BITS, UNIT_BITS, WORD_BITS, PortWord
from asn2fpga.kinds.contract import BURSTS
from asn2fpga.kinds.hardware import (
    S_AXIS,
    Constant,
    Process,
    Stream,
    TypeName,
    index_type,
    integer,
    stream_type,
)
from asn2fpga.kinds.sources.source import (
    EVENTS_DEPTH,
    EventSource,
    check_range,
    check_shape,
    source_is_in_range,
    word_bits_complaint,
)
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Overheads, Work, at_least

# Fitted to Yosys' figures of generated designs.
LEAST_PIXELS = UNIT_BITS // PIXEL_BITS  # of a word; `logic` is for so many
PIXEL_LOGIC = (15, 9)  # LUT, FF for each further one


def a_word_has_one_event_or_two(_: Context, node: Encode) -> str:
    """Encode: one event in a word, or two."""
    return outside("events_in_word", node.events_in_word, BURSTS[0], BURSTS[-1])


def words_are_of_a_known_width(_: Context, node: Encode) -> str:
    """Encode: words of 32, 64 or 128 bits."""
    return word_bits_complaint(node.word_bits)


def pixels_fit_a_byte(_: Context, node: Encode) -> str:
    """Encode: a pixel is at most 255, eight bits of the input word."""
    return outside("max_count", node.max_count, 1, MAX_COUNT)


@dataclass(frozen=True, eq=False, kw_only=True)
class Encode(EventSource):
    """Frames to events: every non-zero pixel becomes an event whose count is the pixel; then one end of step.

    A frame is sent once per inference, whatever `time_steps` is: its readers reuse its sum. Hardware takes
    the low bits of each byte, as many as the largest pixel has. word_bits: of a word of its port.
    events_in_word: pixels that it finds in one cycle.
    """

    shape: Shape
    max_count: int
    time_steps: int
    word_bits: int = UNIT_BITS
    events_in_word: int = 1

    rules: ClassVar[tuple[Rule, ...]] = (
        source_is_in_range,
        pixels_fit_a_byte,
        words_are_of_a_known_width,
        a_word_has_one_event_or_two,
    )
    is_frame = True
    process = kernel = "encode"
    title = "frames to events"
    logic = (100, 45)  # fitted to Yosys' figures of generated designs

    @property
    def port(self) -> PortWord:
        return PortWord(self.word_bits, PIXEL_BITS)

    def with_word_bits(self, bits: int) -> Self:
        return dataclasses.replace(self, word_bits=max(width for width in WORD_BITS if width <= bits))

    @property
    def burst_choices(self) -> Sequence[int]:
        return BURSTS

    def with_events_in_word(self, events: int) -> Self:
        return dataclasses.replace(self, events_in_word=events)

    @property
    def input_words(self) -> int:
        return self.port.words_of(self.pixels)

    @property
    def sample_shape(self) -> Shape:
        return self.shape

    @property
    def scanned_lanes(self) -> int:
        return self.port.items

    @property
    def drops_empty_words(self) -> bool:
        return True

    def check(self, x: Array) -> None:
        check_shape(x, self.shape, "frames (B, {})")
        if x.dtype != np.uint8:
            raise InputError(f"x: frames must be uint8, not {x.dtype}; scale pixels to 0..255 and convert.")
        check_range(x, "pixels", self.max_count)

    @property
    def note(self) -> str:
        shape = " x ".join(map(str, self.shape))
        return f"{shape} pixels {self.count_type}, {self.port.items} in a word, one end per inference"

    def constants(self) -> tuple[tuple[Constant, ...], tuple[TypeName, ...]]:
        constants = (
            integer("pixels", self.pixels),
            integer("pixels_in_word", self.port.items),
            integer("words", self.input_words),
        )
        types = (
            index_type("lane_t", self.port.items - 1),
            index_type("word_index_t", self.input_words - 1),
            TypeName(f"ap_uint<{self._pixels_bits}>", "pixels_t", "last, index of the word, counts"),
            stream_type("words_t", "pixels_t"),
        )
        return constants, types

    @property
    def _pixels_bits(self) -> int:
        index = FixedType.for_range(0, self.input_words - 1)
        return 1 + index.width_bits + self.port.items * self.count_type.width_bits

    @property
    def _waiting_words(self) -> int:
        return min(EVENTS_DEPTH, 1 << self.input_words.bit_length())

    def processes(self, config: str, sent: str) -> tuple[Process, ...]:
        words = f"{self.name}_words"
        return (
            self.process_of("load", "load_pixels", config, S_AXIS, words),
            self.process_of(self.process, self.kernel, config, words, sent),
        )

    def inner_streams(self, config: str) -> tuple[Stream, ...]:
        name = f"{self.name}_words"
        return (Stream(name, f"{config}::words_t", self._pixels_bits, self._waiting_words),)

    def cost(self, edges: Sequence[Edge]) -> Resources:
        """Both processes, and the FIFO between them."""
        wider = fabric(PIXEL_LOGIC).times(self.port.items - LEAST_PIXELS)
        return total([fabric(self.logic), wider, fifo_resources(self._waiting_words, self._pixels_bits)])

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        assert sent is not None
        return {"input words": inferences * self.input_words, "scanner": sent.words}

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        """A word goes from one process to the other first."""
        events, _ = super().flow(arrivals, sent, overheads)
        events = events.later(overheads.handover)
        return events, events

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        """Of the process that loads words, or of the one that finds pixels in them."""
        assert sent is not None
        return at_least(sent.bursts[:, -1] + 1, self.input_words) + overheads.restart
