"""Frames from outside: every non-zero pixel becomes an event."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.limits import MAX_COUNT
from asn2fpga.graph.rule import Context, outside
from asn2fpga.graph.types import Array, Shape
from asn2fpga.graph.words import PIXELS_PER_WORD
from asn2fpga.kinds.hardware import Constant, TypeName, index_type, integer
from asn2fpga.kinds.sources.source import EventSource, check_range, check_shape, source_is_in_range
from asn2fpga.kinds.timing import Demand, Work, at_least, words_of


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
    logic = (135, 58)  # fitted to Yosys' figures of generated designs

    @property
    def input_words(self) -> int:
        return -(-math.prod(self.shape) // PIXELS_PER_WORD)

    @property
    def sample_shape(self) -> Shape:
        return self.shape

    @property
    def scanned_lanes(self) -> int:
        return PIXELS_PER_WORD

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
        return (pixels, integer("words", self.input_words)), (index_type("word_index_t", self.input_words),)

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        assert sent is not None
        return {"input words": inferences * self.input_words, "scanner": words_of(sent.scan)}

    def sent_at(self, sent: Demand) -> IntArray:
        return at_least(super().sent_at(sent), self.input_words)
