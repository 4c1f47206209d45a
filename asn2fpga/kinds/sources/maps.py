"""Maps from outside: images, or counts of events at each pixel, packed pixel by pixel."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Self

import numpy as np

from asn2fpga.device.resources import Resources, fabric
from asn2fpga.errors import InputError
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.limits import MAX_COUNT, MAX_TIME_STEPS
from asn2fpga.graph.rule import Context, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.graph.words import UNIT_BITS, WORD_BITS, PortWord
from asn2fpga.kinds.contract import Source, Values, Wiring
from asn2fpga.kinds.hardware import (
    S_AXIS,
    Block,
    Config,
    Process,
    TypeName,
    axis_type,
    config_name,
    events_stream,
    integer,
)
from asn2fpga.kinds.maps.pixel_flow import in_turn
from asn2fpga.kinds.maps.raster import map_config, map_name, map_stream
from asn2fpga.kinds.sources.source import check_range, check_shape, word_bits_complaint
from asn2fpga.kinds.timing import Arrival, Demand, Flow, Operations, Overheads, Work

PROCESS = (55, 44)  # LUT, FF: fitted to Yosys' figures (benchmarks/map_area.py)


def source_is_a_map(_: Context, node: MapSource) -> str:
    """EncodeMap, ReceiveMap: channels and pixels, counts of 1..255, 1..1024 time steps."""
    if len(node.shape) not in (2, 3) or min(node.shape) < 1:
        return f"shape must be (channels, height, width) or (channels, length), not {node.shape}"
    return (
        outside("max_count", node.max_count, 1, MAX_COUNT)
        or outside("time_steps", node.time_steps, 1, MAX_TIME_STEPS)
        or word_bits_complaint(node.word_bits)
    )


class MapSource(Source):
    """A source of packed counts: pixel by pixel, the channels of a pixel side by side, time steps innermost.

    A count takes 1, 2, 4 or 8 bits of an input word, the least that hold it; word_bits: of that word.
    by_step: whether the whole map comes for one time step after the other instead.
    """

    is_frame: ClassVar[bool]
    word_bits: int
    by_step: bool = False
    rules = (source_is_a_map,)

    @property
    def kind(self) -> str:
        return type(self).__name__

    @property
    def count_bits(self) -> int:
        """Bits of a count in an input word."""
        needed = FixedType.for_range(0, self.max_count).width_bits
        return next(bits for bits in (1, 2, 4, 8) if bits >= needed)

    @property
    def count_type(self) -> FixedType:
        """Type of a count, 0..max_count."""
        return FixedType.for_range(0, self.max_count)

    @property
    def port(self) -> PortWord:
        return PortWord(self.word_bits, self.count_bits)

    def with_word_bits(self, bits: int) -> Self:
        widest = max(width for width in WORD_BITS if width <= bits)
        changed: dict[str, int] = {"word_bits": widest}
        return dataclasses.replace(self, **changed)  # type: ignore[arg-type]

    @property
    def input_words(self) -> int:
        return self.port.words_of(math.prod(self.sample_shape))

    def output(self, inputs: Sequence[Edge]) -> Edge:
        """From outside any value of the type can come, whatever is promised."""
        return Edge(
            shape=self.shape,
            carries="events",
            type=self.count_type,
            high=self.count_type.max,
            time_steps=self.time_steps,
            is_frame=self.is_frame,
            is_map=True,
            lanes=self.shape[0],
            by_step=self.by_step,
        )

    def run(self, edges: Sequence[Edge], inputs: Sequence[Array]) -> Values:
        (x,) = inputs
        steps = 1 if self.is_frame else self.time_steps
        return Values(self.output(()).by_address(x.reshape(len(x), steps, *self.shape)))

    # ---- hardware -----------------------------------------------------------------------------------------

    def block(self, edges: Sequence[Edge], wiring: Wiring) -> Block:
        sent, config = self.output(()), config_name(self.name)
        loaded = f"{self.name}_steps" if sent.by_step else self.name  # as if it were one tall map
        channels, height, width = sent.image
        return Block(
            name=self.name,
            title="maps from outside",
            source=self.source,
            notes=(f"{channels} x {height} x {width} counts {sent.fixed}, {self.count_bits} bits each",),
            configs=(
                map_config(self.name, sent),
                *([map_config(loaded, _stacked(sent))] if sent.by_step else []),
                Config(
                    name=config,
                    comment="",
                    constants=(
                        integer("channels", channels),
                        integer("axis_bits", self.word_bits),
                        integer("packed_bits", self.count_bits),
                    ),
                    types=(TypeName(map_name(loaded), "output"),),
                ),
            ),
            processes=(
                Process(
                    f"{self.name}_load",
                    "load_map",
                    "maps/load_map.h",
                    (config, axis_type(self.word_bits)),
                    (S_AXIS,),
                    (events_stream(self.name),),
                ),
            ),
            streams=(map_stream(self.name, sent),),
            word_bits=self.word_bits,
        )

    def cost(self, edges: Sequence[Edge]) -> Resources:
        return fabric(PROCESS)

    def widest_word(self, lanes: int) -> int:
        return self.word_bits

    # ---- cycles -------------------------------------------------------------------------------------------

    @property
    def _cycles(self) -> int:
        """Words in, or packed words out, whatever takes longer."""
        return max(self.input_words, self.output(()).words_per_inference)

    def work(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], sent: Demand | None, inferences: int
    ) -> Work:
        assert sent is not None
        edge = self.output(())
        pixels = edge.image[1] * edge.image[2]
        words = {"input words": self.input_words, "packed words": edge.words_per_inference}
        return {name: inferences * (count * sent.pixels // pixels) for name, count in words.items()}

    def flow(
        self, arrivals: Sequence[Arrival], sent: Demand | None, overheads: Overheads
    ) -> tuple[Flow, Flow]:
        """Pixel by pixel, as the words arrive that hold them; time step by time step if by_step."""
        assert sent is not None
        edge = self.output(())
        if edge.by_step:
            ends = self._sent(np.arange(1, edge.rounds + 1), edge.words_per_inference // edge.rounds)
            found = Flow.in_turn(np.broadcast_to(ends, (len(sent.events), edge.rounds)))
            return found.later(overheads.handover), found.later(overheads.handover)
        _, rows, columns = edge.image
        pixels = np.arange(1, rows * columns + 1)
        words = edge.words_per_inference // (rows * columns)
        ends = np.broadcast_to(self._sent(pixels, words), (len(sent.events), rows * columns))
        found = in_turn(Flow(np.zeros_like(ends), ends), words).later(overheads.handover)
        return found, found

    def _sent(self, parts: IntArray, words: int) -> IntArray:
        """When so many pixels, or maps of a time step, of so many packed words each have left: words arrive
        one a cycle.
        """
        counts = math.prod(self.sample_shape) * words // self.output(()).words_per_inference
        sent: IntArray = np.maximum(-(-parts * counts // self.port.items), parts * words)
        return sent

    def busy(
        self,
        edges: Sequence[Edge],
        arriving: Sequence[Demand | None],
        sent: Demand | None,
        overheads: Overheads,
    ) -> IntArray:
        assert sent is not None
        return np.full(len(sent.events), self._cycles + overheads.restart, np.int64)

    def operations(
        self, edges: Sequence[Edge], arriving: Sequence[Demand | None], spikes: Sequence[int | None]
    ) -> Operations:
        return Operations(arriving=0, accumulates=0, synops=None, dense_macs=0)


def _stacked(sent: Edge) -> Edge:
    """The maps of all time steps as one map, one below the other."""
    channels, height, width = sent.image
    return dataclasses.replace(sent, shape=(channels, height * sent.rounds, width))


@dataclass(frozen=True, eq=False, kw_only=True)
class EncodeMap(MapSource):
    """Images, sent once per inference, whatever `time_steps` is: readers reuse their sums."""

    shape: Shape
    max_count: int
    time_steps: int
    word_bits: int = UNIT_BITS

    is_frame = True

    @property
    def sample_shape(self) -> Shape:
        return self.shape

    def check(self, x: Array) -> None:
        check_shape(x, self.shape, "frames (B, {})")
        if x.dtype != np.uint8:
            raise InputError(f"x: frames must be uint8, not {x.dtype}; scale pixels to 0..255 and convert.")
        check_range(x, "pixels", self.max_count)


@dataclass(frozen=True, eq=False, kw_only=True)
class ReceiveMap(MapSource):
    """Counts of events at each pixel and time step, time step by time step if by_step."""

    shape: Shape
    max_count: int
    time_steps: int
    word_bits: int = UNIT_BITS
    by_step: bool = False

    is_frame = False

    @property
    def sample_shape(self) -> Shape:
        return (self.time_steps, *self.shape)

    def sent_by_step(self, inputs: Sequence[Edge]) -> Self | None:
        return dataclasses.replace(self, by_step=True) if self.time_steps > 1 else None

    def check(self, x: Array) -> None:
        check_shape(x, self.sample_shape, "event counts (B, {})")
        if not np.issubdtype(x.dtype, np.integer):
            raise InputError(f"x: event counts must be integers, not {x.dtype}.")
        check_range(x, "counts", self.max_count)
