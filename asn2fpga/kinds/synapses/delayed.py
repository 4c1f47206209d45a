"""Fully connected synapses with a delay each: sum[i, t] = sum over j of W[i, j] * count[j, t - D[i, j]]."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources, multiplier
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import differs, outside
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.contract import WeightMemory
from asn2fpga.kinds.hardware import Config, TypeName, boolean, index_type, integer, value_type
from asn2fpga.kinds.matmul import weighted_sums
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.ranges import hull, signed_type, weighted_range
from asn2fpga.kinds.roms import Rom, group_lanes, groups_of, rom, rom_bits
from asn2fpga.kinds.synapses.contract import EventSynapse, Weighted
from asn2fpga.kinds.synapses.dense import matrix_complaint

# Fitted to Yosys' figures of generated designs.
SUM_LUT_PER_BIT, SUM_FF_PER_BIT = 1.5, 0.8  # adder of one sum, and the choice of zero at the end of a step
SLOT_LUT_PER_BIT, SLOT_FF_PER_BIT = 3.0, 2.0  # the address of a lane's sum, on its way
PROCESS = (80, 60)  # LUT, FF


@dataclass(frozen=True, eq=False, kw_only=True)
class DelayedDense(Weighted, EventSynapse):
    """Integer weights (N, M) within +-(2^(weight_bits-1)-1), and the delay of each of these synapses.

    delays: (N, M) int64 time steps; a synapse of weight 0 has the delay 0. Before a delay is over, nothing
    comes.
    """

    title = "dense synapses with delays"
    kernel = "asn::DelayedDense"
    header = "synapses/delayed.h"
    adds_up_first = "add_up_delayed"

    weight: Array
    delays: Array
    weight_bits: int
    memory: WeightMemory = "auto"

    @property
    def neurons(self) -> int:
        return int(self.weight.shape[0])

    @property
    def inputs(self) -> int:
        return int(self.weight.shape[1])

    @property
    def has_weights(self) -> bool:
        return bool(self.weight.any())

    @property
    def slot_bits(self) -> int:
        """log2 of the time steps that the ring of sums holds."""
        return max(1, int(as_integer(self.delays).max()).bit_length())

    def complaint(self, edge: Edge) -> str:
        return (
            matrix_complaint(self.weight, self.weight_bits, edge)
            or integers("delays", self.delays, self.weight.shape)
            or outside("the shortest delay", int(as_integer(self.delays).min()), 0, edge.time_steps - 1)
            or outside("the longest delay", int(as_integer(self.delays).max()), 0, edge.time_steps - 1)
            or self._complaint_of_edge(edge)
        )

    def _complaint_of_edge(self, edge: Edge) -> str:
        if edge.is_frame:
            return "synapses with delays must read events of every time step, not a frame"
        return differs("the base of counts that synapses with delays read", edge.base, 0)

    def sums(self, edge: Edge, values: Array) -> IntArray:
        """Of the time steps of one inference, in order."""
        found: IntArray = self.sums_over_time(edge, values[None])[0]
        return found

    def sums_over_time(self, edge: Edge, values: Array) -> IntArray:
        batch, steps, inputs = values.shape
        weight, delays = as_integer(self.weight), as_integer(self.delays)
        largest = max(abs(edge.fixed.min), edge.fixed.max)
        total = np.zeros((batch, steps, self.neurons), np.int64)
        for delay in np.unique(delays).tolist():
            part = np.where(delays == delay, weight, 0)
            early = values[:, : steps - delay].reshape(-1, inputs)
            total[:, delay:] += weighted_sums(early, part, largest).reshape(batch, -1, self.neurons)
        return total

    def sums_at(self, edge: Edge, values: Array, index: int) -> IntArray:
        weight, delays = as_integer(self.weight), as_integer(self.delays)
        largest = max(abs(edge.fixed.min), edge.fixed.max)
        total = np.zeros((len(values), self.neurons), np.int64)
        for delay in np.unique(delays[delays <= index]).tolist():
            total += weighted_sums(values[:, index - delay], np.where(delays == delay, weight, 0), largest)
        return total

    def sum_range(self, edge: Edge) -> tuple[IntArray, IntArray]:
        """A synapse adds to the sum of a time step once at most."""
        return weighted_range(as_integer(self.weight), edge.low, edge.high)

    def own_sums(self, edge: Edge) -> FixedType:
        return signed_type(*hull(*self.sum_range(edge)))

    @property
    def fanout(self) -> int:
        return self.neurons

    def passes(self, lanes: int) -> int:
        return groups_of(self.neurons, lanes)

    def step_cycles(self, lanes: int) -> int:
        """The sums of a time step are taken group by group."""
        return groups_of(self.neurons, lanes)

    def first_cycles(self, lanes: int) -> int:
        """The ring is cleared."""
        return groups_of(self.neurons, lanes) << self.slot_bits

    def cost(self, edge: Edge, lanes: int, acc_type: FixedType) -> Resources:
        """Per lane a memory of sums, its address, a multiplier and two adders; the ROM."""
        bits = self.own_sums(edge).width_bits
        address_bits = (self.first_cycles(lanes) - 1).bit_length()
        lane = total(
            [
                fabric((SUM_LUT_PER_BIT * bits, SUM_FF_PER_BIT * bits)),
                fabric((acc_type.width_bits, acc_type.width_bits)),
                fabric((SLOT_LUT_PER_BIT * self.slot_bits, SLOT_FF_PER_BIT * address_bits)),
                multiplier(self.weight_bits, edge.fixed.width_bits),
                memory_resources(Memory(self.first_cycles(lanes), bits, rom=False)),
            ]
        )
        return total([fabric(PROCESS), lane.times(lanes), memory_resources(self.weight_memory(edge, lanes))])

    def weight_memory(self, edge: Edge, lanes: int) -> Memory:
        """A word of weights and delays for each input and group."""
        depth = self.inputs * groups_of(self.neurons, lanes)
        return Memory(depth, lanes * self._synapse_bits, rom=True, in_luts=self.memory == "lut")

    @property
    def _synapse_bits(self) -> int:
        return self.weight_bits + self.slot_bits

    def widest_word(self, lanes: int) -> int:
        return rom_bits(lanes * self._synapse_bits)

    def config(self, name: str, source: str, edge: Edge, lanes: int) -> Config:
        rows = self.inputs * groups_of(self.neurons, lanes)
        most = int(as_integer(self.delays).max())
        return Config(
            name=name,
            comment=f"{self.inputs} inputs {edge.fixed}, weights s{self.weight_bits}, delays 0..{most}",
            constants=(boolean("is_frame", False), integer("slot_bits", self.slot_bits)),
            types=(
                TypeName(f"{source}::output_event", "input_event"),
                value_type("weight_t", FixedType(self.weight_bits, True)),
                value_type("current_t", self.own_sums(edge)),
                index_type("row_index_t", rows - 1),
                index_type("ring_index_t", self.first_cycles(lanes) - 1),
                TypeName(f"{name}_weights", "weights"),
            ),
        )

    def roms(self, name: str, lanes: int) -> tuple[Rom, ...]:
        """One row for each input and group, as of dense synapses; a lane is { delay | weight }."""
        low = as_integer(self.weight) & ((1 << self.weight_bits) - 1)
        both = low | as_integer(self.delays) << self.weight_bits
        grouped = np.moveaxis(group_lanes(both, lanes), -1, 0)  # (inputs, groups, lanes)
        inputs, groups, _ = grouped.shape
        comment = f"{inputs} inputs x {groups} groups of {lanes} delays and weights"
        made = rom(f"{name}_weights", comment, grouped.reshape(inputs * groups, lanes), self._synapse_bits)
        return (dataclasses.replace(made, in_luts=self.memory == "lut"),)
