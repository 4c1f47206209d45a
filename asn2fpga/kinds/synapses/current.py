"""The current of another population as it is: a membrane shortcut, x + f(x) before the neuron."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Carries, Edge
from asn2fpga.graph.rule import differs
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.hardware import Config, boolean, value_type
from asn2fpga.kinds.roms import Rom, groups_of
from asn2fpga.kinds.synapses.contract import EventSynapse

SUM_LUT_PER_BIT, SUM_FF_PER_BIT = 1.25, 0.7  # as for dense synapses, which have a product beside
PROCESS = (30, 15)  # LUT, FF: the walk through the groups


@dataclass(frozen=True, eq=False, kw_only=True)
class CurrentIdentity(EventSynapse):
    """sum[i] = current[i], for N neurons. Both populations have the same lanes."""

    title = "currents"
    reads: ClassVar[Carries] = "currents"
    kernel = "asn::Current"
    header = "synapses/current.h"

    size: int

    @property
    def neurons(self) -> int:
        return self.size

    @property
    def inputs(self) -> int:
        return self.size

    def complaint(self, edge: Edge) -> str:
        return differs("neurons", self.size, edge.size)

    def sums(self, edge: Edge, values: Array) -> IntArray:
        return values.astype(np.int64)

    def sum_range(self, edge: Edge) -> tuple[IntArray, IntArray]:
        return np.full(self.size, edge.low, np.int64), np.full(self.size, edge.high, np.int64)

    @property
    def fanout(self) -> int:
        return 1

    def passes(self, lanes: int) -> int:
        return 1

    def step_cycles(self, lanes: int) -> int:
        """A word for each group."""
        return groups_of(self.size, lanes)

    def cost(self, edge: Edge, lanes: int, acc_type: FixedType) -> Resources:
        """An adder for each lane."""
        bits = acc_type.width_bits
        return total([fabric(PROCESS), fabric((SUM_LUT_PER_BIT * bits, SUM_FF_PER_BIT * bits)).times(lanes)])

    def widest_word(self, lanes: int) -> int:
        return 0

    def config(self, name: str, source: str, edge: Edge, lanes: int) -> Config:
        return Config(
            name=name,
            comment=f"currents {edge.fixed} as they are",
            constants=(boolean("is_frame", edge.is_frame),),
            types=(value_type("current_t", edge.fixed),),
        )

    def roms(self, name: str, lanes: int) -> tuple[Rom, ...]:
        return ()
