"""Events from outside, one per input word."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.graph.edge import Edge, EventFormat
from asn2fpga.graph.rule import Context
from asn2fpga.graph.types import Array, Shape
from asn2fpga.graph.words import UNIT_BITS, PortWord
from asn2fpga.kinds.hardware import Constant, TypeName, counted, integer
from asn2fpga.kinds.sources.source import EventSource, check_range, check_shape, source_is_in_range
from asn2fpga.kinds.timing import Demand, Work, words_of


def events_fit_an_input_word(_: Context, node: ReceiveEvents) -> str:
    """ReceiveEvents: end bit, address and count fit the 32-bit input word."""
    if node.max_count < 1:
        return f"max_count must be positive, not {node.max_count}"
    width = EventFormat(math.prod(node.shape), node.count_type).width_bits
    return "" if width <= UNIT_BITS else f"an event must fit {UNIT_BITS} bits, not {width}"


@dataclass(frozen=True, eq=False, kw_only=True)
class ReceiveEvents(EventSource):
    """Events from outside, one per input word; `time_steps` ends of step per inference."""

    shape: Shape
    max_count: int
    time_steps: int

    rules = (source_is_in_range, events_fit_an_input_word)
    is_frame = False
    process = "receive"
    kernel = "receive_events"
    title = "events from outside"
    logic = (20, 8)  # fitted to Yosys' figures of generated designs

    @property
    def port(self) -> PortWord:
        """An event fills a word, whatever the DMA could move."""
        return PortWord(UNIT_BITS, UNIT_BITS)

    @property
    def input_words(self) -> int:
        return 0

    @property
    def sample_shape(self) -> Shape:
        return (self.time_steps, *self.shape)

    def check(self, x: Array) -> None:
        check_shape(x, self.sample_shape, "event counts (B, {})")
        if not np.issubdtype(x.dtype, np.integer):
            raise InputError(f"x: event counts must be integers, not {x.dtype}.")
        check_range(x, "event counts", self.max_count)

    @property
    def note(self) -> str:
        shape = " x ".join(map(str, self.shape))
        return f"{shape} counts {self.count_type}, {counted(self.time_steps, 'time step')}"

    def constants(self) -> tuple[tuple[Constant, ...], tuple[TypeName, ...]]:
        return (integer("time_steps", self.time_steps),), ()

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        assert sent is not None
        return {"input words": words_of(sent.events)}
