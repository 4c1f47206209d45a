"""What both kinds of sources share: they send each input as events, in C order of its elements."""

from __future__ import annotations

import math
from abc import abstractmethod
from collections.abc import Sequence
from typing import ClassVar

import numpy as np

from asn2fpga.device.resources import Resources, fabric
from asn2fpga.errors import InputError
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.limits import MAX_TIME_STEPS
from asn2fpga.graph.rule import Context, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.graph.words import WORD_BITS
from asn2fpga.kinds.contract import Source, Values, Wiring
from asn2fpga.kinds.hardware import (
    S_AXIS,
    Block,
    Config,
    Constant,
    Process,
    Stream,
    TypeName,
    config_name,
    event_type,
    events_stream,
    stream_type,
)
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads

EVENTS_DEPTH = 32


def source_is_in_range(_: Context, node: EventSource) -> str:
    """Encode, ReceiveEvents: no empty axis, 1..1024 time steps."""
    if not node.shape or min(node.shape) < 1:
        return f"shape must be of positive integers, not {node.shape}"
    return outside("time_steps", node.time_steps, 1, MAX_TIME_STEPS)


def word_bits_complaint(bits: int) -> str:
    """The complaint that no port has words of so many bits, if so."""
    known = ", ".join(map(str, WORD_BITS))
    return "" if bits in WORD_BITS else f"word_bits must be one of {known}, not {bits}"


class EventSource(Source):
    """A source of events. process, kernel: of its hardware; logic: LUT, FF of the process."""

    is_frame: ClassVar[bool]
    process: ClassVar[str]
    kernel: ClassVar[str]
    title: ClassVar[str]
    logic: ClassVar[tuple[int, int]]
    events_in_word = 1  # unless a kind has a field of that name

    @property
    def kind(self) -> str:
        return type(self).__name__

    @property
    def pixels(self) -> int:
        """Elements that it sends in a time step."""
        return math.prod(self.shape)

    @property
    def sent_shape(self) -> Shape:
        """Their axes."""
        return self.shape

    @property
    def count_type(self) -> FixedType:
        """Type of a count, 0..max_count."""
        return FixedType.for_range(0, self.max_count)

    def output(self, inputs: Sequence[Edge]) -> Edge:
        """From outside any value of the type can come, whatever is promised."""
        return Edge(
            shape=self.sent_shape,
            carries="events",
            type=self.count_type,
            high=self.count_type.max,
            time_steps=self.time_steps,
            is_frame=self.is_frame,
            events_in_word=self.events_in_word,
        )

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        """A pixel, or a count, is the count of its event, in C order."""
        (x,) = inputs
        return Values(x.reshape(len(x), 1 if self.is_frame else self.time_steps, self.pixels))

    @property
    @abstractmethod
    def note(self) -> str:
        """What a comment says of it."""

    @abstractmethod
    def constants(self) -> tuple[tuple[Constant, ...], tuple[TypeName, ...]]:
        """Constants and types of its config, besides those of its events."""

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        constants, types = self.constants()
        format_, config = self.output(()).format, config_name(self.name)
        events = stream_type("events_t", "output_event::word_t")
        sent = events_stream(self.name)
        return Block(
            name=self.name,
            title=self.title,
            source=self.source,
            notes=(self.note,),
            configs=(Config(config, "", constants, (event_type("output_event", format_), *types, events)),),
            processes=self.processes(config, sent),
            streams=(
                *self.inner_streams(config),
                Stream(sent, f"{config}::events_t", format_.width_bits, fifo_depth(format_.neurons), format_),
            ),
            word_bits=self.port.bits,
        )

    def processes(self, config: str, sent: str) -> tuple[Process, ...]:
        """From the port to the stream `sent`."""
        return (self.process_of(self.process, self.kernel, config, S_AXIS, sent),)

    def inner_streams(self, config: str) -> tuple[Stream, ...]:
        """Those between its own processes."""
        return ()

    def process_of(self, name: str, kernel: str, config: str, reads: str, writes: str) -> Process:
        """One process of the source."""
        header = f"sources/{self.kernel}.h"
        return Process(f"{self.name}_{name}", kernel, header, (config,), (reads,), (writes,))

    def cost(self, edges: Sequence[Edge]) -> Resources:
        return fabric(self.logic)

    def widest_word(self, lanes: int) -> int:
        return self.port.bits

    def sent_at(self, sent: Demand) -> IntArray:
        """(B, T) cycle of each end of step, counted from the first word."""
        return np.cumsum(sent.scan + 1, axis=1)

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        assert sent is not None
        flow = Flow.in_turn(self.sent_at(sent)).later(overheads.handover)
        return flow, flow

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        assert sent is not None
        cycles: IntArray = self.sent_at(sent)[:, -1] + overheads.restart
        return cycles

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        return Operations(arriving=0, accumulates=0, synops=None, dense_macs=0)


def fifo_depth(neurons: int) -> int:
    """Words of the FIFO of a layer's events: a power of two that holds a small population, at most 32."""
    return min(EVENTS_DEPTH, 1 << neurons.bit_length())


def source_of(graph: Graph) -> Source:
    """The source of an integer graph; ValueError if it is a real-valued one."""
    if not isinstance(graph.source, Source):
        raise ValueError(f"{graph.name}: {graph.source.name} is no input of an integer graph")
    return graph.source


def check_shape(x: Array, shape: Shape, form: str) -> None:
    """InputError if x is not of that shape after its first axis. form: what it is, with {} for the axes."""
    if x.shape[1:] != shape or x.ndim != len(shape) + 1:
        wanted = form.format(", ".join(map(str, shape)))
        raise InputError(f"x: the shape must be {wanted}, not {x.shape}.")


def check_range(x: Array, what: str, largest: int) -> None:
    """InputError if a value of x is not in 0..largest."""
    low, high = (int(x.min()), int(x.max())) if x.size else (0, 0)
    if low < 0 or high > largest:
        raise InputError(f"x: {what} must be 0..{largest}, not {low}..{high}.")
