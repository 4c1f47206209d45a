"""A convolution as hardware: the config of its window, its weights by rows, and its streams."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.hardware import Config, Constant, TypeName, boolean, integer, value_type
from asn2fpga.kinds.maps.raster import scan_lanes
from asn2fpga.kinds.maps.windowed import Windowed
from asn2fpga.kinds.roms import Rom, groups_of, rom
from asn2fpga.kinds.synapses.convolution import Convolution


@dataclass(frozen=True)
class Gathered:
    """One convolution of a population with so many lanes. name: of the projection; source: the node read.

    words: the config of what its windows send.
    """

    name: str
    source: str
    synapse: Convolution
    edge: Edge
    lanes: int
    words: str

    @property
    def out_groups(self) -> int:
        """Times that each window is walked through."""
        return groups_of(self.synapse.channels, self.lanes)

    @property
    def takes_words(self) -> bool:
        """Whether its lanes take a word of counts in one cycle, each its own: no expand."""
        return self.synapse.takes_words(self.edge, self.lanes)

    @property
    def conv_groups(self) -> int:
        """Groups of channels that are walked through one by one."""
        return self.out_groups if self.takes_words else self.synapse.walked_groups(self.edge, self.lanes)

    @property
    def scan_lanes(self) -> int:
        """Lanes of a token."""
        return self.lanes if self.takes_words else scan_lanes(self.edge)

    @property
    def kernel(self) -> str:
        """The class of gather's projections."""
        return "Depthwise" if self.takes_words else "Gathered"

    @property
    def windowed(self) -> Windowed:
        """Its windows."""
        synapse = self.synapse
        return Windowed(
            name=self.name,
            source=self.source,
            edge=self.edge,
            window=synapse.window,
            pixels=synapse.pixels,
            out_groups=self.out_groups,
            conv_groups=self.conv_groups,
            scan_lanes=self.scan_lanes,
            takes_words=self.takes_words,
            every_tap=synapse.takes_every_tap(self.edge, self.lanes),
            in_ultra=synapse.rows == "ultra",
            words=self.words,
        )

    @property
    def rows(self) -> int:
        """Rows of weights of one output group."""
        return self.windowed.rows

    @property
    def seen_bits(self) -> int:
        """Of its windows."""
        return self.windowed.seen_bits

    def config(self, shift: int, weights: str) -> Config:
        """Config P. weights: name of the ROM."""
        constants: tuple[Constant, ...] = (
            integer("shift", shift),
            boolean("is_frame", self.edge.is_frame),
            boolean("products_in_dsp", self.synapse.products != "auto"),
        )
        return Config(
            name=self.name,
            comment=f"weights s{self.synapse.weight_bits}",
            constants=constants,
            types=(
                self._reads,
                value_type("weight_t", FixedType(self.synapse.weight_bits, True)),
                TypeName(weights, "weights"),
            ),
        )

    @property
    def _reads(self) -> TypeName:
        """What gather takes."""
        if self.takes_words:
            return TypeName(self.windowed.token_type, "token_t")
        return TypeName(self.windowed.event_type, "event_t")

    def rom(self, name: str) -> Rom:
        """A row for each output group, position, and input channel of a group, lanes without one included."""
        rows = self._rows()
        comment = f"{self.out_groups} groups x {self.rows} rows of {self.lanes} weights"
        made = rom(name, comment, rows, self.synapse.weight_bits)
        memory = self.synapse.weight_memory(self.edge, self.lanes)
        kept = memory.rows_in_blocks
        split = kept if kept < len(rows) else None
        return dataclasses.replace(made, in_luts=memory.in_luts, rows_in_blocks=split)

    def _rows(self) -> IntArray:
        """(out_groups * rows, lanes)"""
        synapse, conv_groups = self.synapse, self.conv_groups
        weight = as_integer(synapse.weight)  # (out, kernel rows, kernel columns, in / groups)
        if self.takes_words:
            conv_groups = synapse.groups
        if conv_groups != synapse.groups:
            weight = ungrouped(weight, synapse.groups)
        outputs, inputs = len(weight), weight.shape[3]
        per_tap = self.rows // synapse.window.taps
        padded = np.zeros((self.out_groups * self.lanes, synapse.window.taps, per_tap), np.int64)
        padded[:outputs, :, :inputs] = weight.reshape(outputs, -1, inputs)
        by_group = padded.reshape(self.out_groups, self.lanes, self.rows)
        found: IntArray = by_group.swapaxes(1, 2).reshape(-1, self.lanes)
        return found


def ungrouped(weight: IntArray, groups: int) -> IntArray:
    """(out, rows, columns, in / groups) -> (out, rows, columns, in), zeros between groups."""
    outputs, *kernel, inputs = weight.shape
    found = np.zeros((outputs, *kernel, inputs * groups), np.int64)
    for group in range(groups):
        rows = slice(group * outputs // groups, (group + 1) * outputs // groups)
        found[rows, ..., group * inputs : (group + 1) * inputs] = weight[rows]
    return found
