"""Windows that are walked through on a map, as hardware: the processes `window` and `expand`."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.device.parts import Memory, fifo_resources, memory_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.hardware import Config, Process, Stream, TypeName, integer
from asn2fpga.kinds.maps.raster import bits_for, groups_of_map, map_name
from asn2fpga.kinds.maps.ring import ring_words
from asn2fpga.kinds.maps.window import Window

HEADER = "maps/population.h"
TOKENS_DEPTH = TAKEN_DEPTH = 32  # words of the FIFOs after window, and after expand: cost no more than one
ULTRA_RAM = "asn::UltraRam"  # of hw/hls/storage.h
WINDOW, EXPAND = (75, 80), (12, 15)  # LUT, FF of the processes besides their lanes
WINDOW_PER_PLACE = (7.0, 4.0)  # LUT, FF for each word or part of one that a window may hold
PADDED_LUT_PER_TAP = 2.0  # where windows reach into padding
STRIP_LUT = 15  # for each column by which the window moves on at once, beyond the first one
GROUPS_LUT, STEPS_LUT = 35, 10  # where a window is walked through for several output groups; time steps
ROUNDS_LUT = 15  # of a process that begins anew for each time step
ODD_STEPS_LUT = 60  # where these are no power of two: choices and addresses need comparisons
FRAME = (136, 122)  # LUT, FF of the process that goes through all taps
WINDOW_PER_BIT = (1.5, 1.3)  # LUT, FF for each of seen_bits beyond those of one time step
LANE_LUT_PER_DOUBLING, COUNT_LUT_PER_BIT, SCANNER_FF_PER_BIT = 1.5, 1.4, 2.4  # of the lanes of a token


@dataclass(frozen=True)
class Windowed:
    """The windows of one reader of a map. name: of what reads; source: what sends the map `edge`.

    pixels: rows and columns of windows. out_groups: times that each is walked through. conv_groups: groups of
    channels that are walked through one by one. scan_lanes: lanes of a token. takes_words: whether tokens are
    not taken apart into events. every_tap: whether taps without a count are tokens, too.
    in_ultra: whether the words that windows reach lie in UltraRAM. units: that share the columns out, of an
    estimate; what is built has the columns of its own unit. words: the config of what it sends, which all
    units have in common.
    """

    name: str
    source: str
    edge: Edge
    window: Window
    pixels: tuple[int, int]
    out_groups: int
    conv_groups: int
    scan_lanes: int
    takes_words: bool = False
    every_tap: bool = False
    in_ultra: bool = False
    units: int = 1
    words: str = ""

    @property
    def moves_by(self) -> int:
        """Columns from one window of a unit to its next one."""
        return self.window.stride[1] * self.units

    @property
    def places(self) -> int:
        """Parts of words in a window."""
        parts = self.edge.lanes // self.scan_lanes
        return self.window.taps * groups_of_map(self.edge) * parts // self.conv_groups

    @property
    def rows(self) -> int:
        """Numbers of rows that events have, for one output group."""
        return self.places if self.takes_words else self.places * self.scan_lanes

    @property
    def seen_bits(self) -> int:
        """Of the columns that a window sees, a bit for each part of a word and time step
        (hw/hls/maps/geometry.h).
        """
        window = self.window
        reach, stride = window.extent[1] - 1, window.stride[1]
        unseen = stride - 1 - (reach - window.padding[1]) % stride
        columns = -(-(unseen + reach + 1) // stride) * stride
        parts = groups_of_map(self.edge) * (self.edge.lanes // self.scan_lanes)
        return columns * window.kernel[0] * parts * self.edge.word_steps

    @property
    def config(self) -> Config:
        """Config W."""
        window, (rows, columns) = self.window, self.pixels
        fields = {
            "kernel_height": window.kernel[0],
            "kernel_width": window.kernel[1],
            "stride_height": window.stride[0],
            "stride_width": window.stride[1],
            "dilation_height": window.dilation[0],
            "dilation_width": window.dilation[1],
            "pad_top": window.padding[0],
            "pad_left": window.padding[1],
            "out_height": rows,
            "out_width": columns,
            "out_groups": self.out_groups,
            "conv_groups": self.conv_groups,
            "scan_lanes": self.scan_lanes,
        }
        return Config(
            name=f"{self.name}_window",
            comment=f"{window.kernel[0]} x {window.kernel[1]} pixels",
            constants=tuple(integer(name, value) for name, value in fields.items()),
            types=(TypeName(map_name(self.source), "input"),),
        )

    @property
    def words_config(self) -> Config:
        """The words that it sends."""
        token = f"asn::Token<{self.places}, {self.scan_lanes}, {map_name(self.source)}::count_t>"
        events = () if self.takes_words else (TypeName("asn::Expanded<token_t>", "event_t"),)
        types = (TypeName(token, "token_t", "places of a window, lanes of a word"), *events)
        return Config(self._words, "what windows send", (), types)

    @property
    def _words(self) -> str:
        return self.words or f"{self.name}_words"

    @property
    def token_type(self) -> str:
        """The C++ type of its tokens."""
        return f"{self._words}::token_t"

    @property
    def event_type(self) -> str:
        """The C++ type of its events."""
        return f"{self._words}::event_t"

    @property
    def streams(self) -> tuple[Stream, ...]:
        """After window, and after expand if there is one."""
        count = self.edge.fixed.width_bits
        token = 3 + bits_for(self.places) + self.scan_lanes * count
        tokens = Stream(f"{self.name}_tokens", f"{self.token_type}::stream_t", token, TOKENS_DEPTH)
        if self.takes_words:
            return (tokens,)
        taken = 1 + bits_for(self.rows) + count
        return tokens, Stream(f"{self.name}_taken", f"{self.event_type}::stream_t", taken, TAKEN_DEPTH)

    def processes(self, read: str) -> Iterator[Process]:
        """From the stream `read` of the map to the last of `streams`."""
        tokens, *taken = (stream.name for stream in self.streams)
        kernel = "frame" if self.every_tap else "window"
        arguments = (f"{self.name}_window", *((ULTRA_RAM,) if self.in_ultra else ()))
        yield Process(f"{self.name}_slide", kernel, HEADER, arguments, (read,), (tokens,))
        if taken:
            expand = Process(
                f"{self.name}_expand", "expand", HEADER, (self.token_type,), (tokens,), tuple(taken)
            )
            yield dataclasses.replace(expand, keeps_nothing=True)

    @property
    def fifos(self) -> list[Resources]:
        """Those of its streams: an estimate."""
        return [fifo_resources(stream.depth, stream.width_bits) for stream in self.streams]

    @property
    def cost(self) -> list[Resources]:
        """The processes and the FIFOs."""
        return [*self.process_costs.values(), *self.fifos]

    @property
    def process_costs(self) -> dict[str, Resources]:
        """The processes by what they do, with the rows of the map that windows reach: an estimate."""
        rings = total(map(memory_resources, self._rings)).times(1 / self.units)
        found = {"window": total([*self._search, rings])}
        if self.takes_words:
            return found
        rounds = Resources(lut=ROUNDS_LUT * self.edge.by_step)
        return found | {"expand": total([fabric(EXPAND), self._scanner, rounds])}

    @property
    def _scanner(self) -> Resources:
        """Which lane is the lowest, its number and its count."""
        lanes, bits = self.scan_lanes, self.edge.fixed.width_bits
        number = LANE_LUT_PER_DOUBLING * math.log2(lanes)
        return Resources(
            lut=lanes * (number + COUNT_LUT_PER_BIT * (bits - 1)), ff=SCANNER_FF_PER_BIT * lanes * bits
        )

    @property
    def _search(self) -> list[Resources]:
        """Of the process that finds what is in a window."""
        if self.every_tap:
            return [fabric(FRAME)]
        steps = self.edge.word_steps
        padded = PADDED_LUT_PER_TAP * any(self.window.padding) * self.window.taps
        walked = (
            STRIP_LUT * (self.moves_by - 1) + GROUPS_LUT * (self.out_groups > 1) + STEPS_LUT * (steps > 1)
        )
        walked += ODD_STEPS_LUT * (steps & (steps - 1) != 0)
        return [
            fabric(WINDOW),
            Resources(lut=padded + walked),
            fabric(WINDOW_PER_PLACE).times(self.places),
            fabric(WINDOW_PER_BIT).times(self.seen_bits - self.seen_bits // steps),
        ]

    @property
    def held(self) -> Memory:
        """The words that windows reach; the largest of its units'."""
        return max(self._rings, key=lambda ring: ring.depth)

    @property
    def _rings(self) -> list[Memory]:
        """Of each unit."""
        edge, width = self.edge, self.pixels[1]
        bits = edge.lanes * edge.fixed.width_bits
        found = []
        for unit in range(self.units):
            window = self.window.of_columns(unit, self.units) if self.units > 1 else self.window
            columns = len(range(unit, width, self.units))
            words = ring_words(window, edge.image, columns, edge.words_per_pixel)
            found.append(Memory(words, bits, rom=False, in_ultra=self.in_ultra))
        return found
