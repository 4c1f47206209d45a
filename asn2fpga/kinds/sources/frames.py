"""Frames from outside: every non-zero pixel becomes an event."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.device.parts import fifo_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.errors import InputError
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.limits import MAX_COUNT
from asn2fpga.graph.rule import Context, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.graph.words import PIXELS_PER_WORD
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
)
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Overheads, Work, at_least


def pixels_fit_a_byte(_: Context, node: Encode) -> str:
    """Encode: a pixel is at most 255, eight bits of the input word."""
    return outside("max_count", node.max_count, 1, MAX_COUNT)


@dataclass(frozen=True, eq=False, kw_only=True)
class Encode(EventSource):
    """Frames to events: every non-zero pixel becomes an event whose count is the pixel; then one end of step.

    A frame is sent once per inference, whatever `time_steps` is: its readers reuse its sum. Hardware takes
    the low bits of each byte, as many as the largest pixel has.
    """

    shape: Shape
    max_count: int
    time_steps: int

    rules = (source_is_in_range, pixels_fit_a_byte)
    is_frame = True
    process = kernel = "encode"
    title = "frames to events"
    logic = (100, 45)  # fitted to Yosys' figures of generated designs

    @property
    def input_words(self) -> int:
        return -(-math.prod(self.shape) // PIXELS_PER_WORD)

    @property
    def sample_shape(self) -> Shape:
        return self.shape

    @property
    def scanned_lanes(self) -> int:
        return PIXELS_PER_WORD

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
        return f"{shape} pixels {self.count_type}, one end per inference"

    def constants(self) -> tuple[tuple[Constant, ...], tuple[TypeName, ...]]:
        pixels = integer("pixels", math.prod(self.shape))
        types = (
            index_type("word_index_t", self.input_words - 1),
            TypeName(f"ap_uint<{self._pixels_bits}>", "pixels_t", "last, index of the word, four counts"),
            stream_type("words_t", "pixels_t"),
        )
        return (pixels, integer("words", self.input_words)), types

    @property
    def _pixels_bits(self) -> int:
        index = FixedType.for_range(0, self.input_words - 1)
        return 1 + index.width_bits + PIXELS_PER_WORD * self.count_type.width_bits

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
        return total([fabric(self.logic), fifo_resources(self._waiting_words, self._pixels_bits)])

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
        return at_least(sent.events[:, -1] + 1, self.input_words) + overheads.restart
