"""What the counts of a map stand for, in words of the lanes that a reader takes: hw/hls/maps/factors.h."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from asn2fpga.device.parts import Memory, fifo_resources, memory_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.hardware import Config, Process, Stream, TypeName, integer
from asn2fpga.kinds.maps.raster import MAP_DEPTH, map_config, map_name, map_stream
from asn2fpga.kinds.maps.unit_hardware import Parts

MAX_PRODUCT_BITS = 24  # of products of counts, and of sums of them
PROCESS = (30, 15)  # LUT, FF besides its words
LUT_PER_BIT = 0.5  # of the adder of the base
HELD_LUT_PER_BIT = 0.8  # of a word that is sent in parts


def factor_range(edge: Edge) -> tuple[int, int]:
    """Of what the counts of an edge stand for, without its scale; of no event that of 0 too."""
    return edge.base + min(0, edge.low), edge.base + max(0, edge.high)


@dataclass(frozen=True)
class Factors:
    """A reader's view of a map. name: of what is made; source: the node that sends the map `edge`.

    lanes: those that the reader takes; they divide those of the map.
    """

    name: str
    source: str
    edge: Edge
    lanes: int

    @property
    def are_made(self) -> bool:
        """Whether the words of the map are not taken as they are."""
        return self.edge.base != 0 or self.lanes != self.edge.lanes

    @property
    def sent(self) -> Edge:
        """What the reader takes: counts are factors, and 0 where a lane has no channel."""
        if not self.are_made:
            return self.edge
        low, high = factor_range(self.edge)
        low, high = min(0, low), max(0, high)
        type_ = FixedType.for_range(low, high)
        return dataclasses.replace(self.edge, type=type_, low=low, high=high, base=0, lanes=self.lanes)

    @property
    def map(self) -> str:
        """The name by which map_name gives the config of what the reader takes."""
        return self.name if self.are_made else self.source

    def stream(self, read: str) -> str:
        """The stream that the reader takes, where `read` is that of the map."""
        return self.name if self.are_made else read

    def parts(self, read: str) -> Parts:
        """Config, process and stream, if there are some."""
        if not self.are_made:
            return Parts()
        config = Config(
            name=f"{self.name}_config",
            comment="",
            constants=(integer("base", self.edge.base), integer("channels", self.edge.image[0])),
            types=(TypeName(map_name(self.source), "input"), TypeName(map_name(self.name), "output")),
        )
        process = Process(
            f"{self.name}_send", "factors", "maps/factors.h", (config.name,), (read,), (self.name,)
        )
        return Parts(
            configs=(map_config(self.name, self.sent), config),
            processes=(process,),
            streams=(self._stream,),
        )

    @property
    def _stream(self) -> Stream:
        return dataclasses.replace(map_stream(self.name, self.sent, MAP_DEPTH), name=self.name)

    @property
    def cost(self) -> Resources:
        """The process and its FIFO: an estimate."""
        if not self.are_made:
            return Resources()
        parts = [fabric(PROCESS), fifo_resources(MAP_DEPTH, self._stream.width_bits)]
        if self.edge.base:
            parts.append(Resources(lut=LUT_PER_BIT * self._stream.width_bits))
        if self.lanes != self.edge.lanes:
            bits = self.edge.lanes * self.edge.fixed.width_bits
            left = bits - self.lanes * self.edge.fixed.width_bits  # once a part is sent
            parts.append(Resources(lut=HELD_LUT_PER_BIT * bits))
            parts.append(memory_resources(Memory(self.edge.steps, left, rom=False)))
        return total(parts)
