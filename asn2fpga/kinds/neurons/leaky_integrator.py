"""Read-out neurons with a membrane that does not fire: its last or largest value, or the sum over time, is
the score.

    U = leak(U) + (sum << state_frac_bits) + bias               U = 0 before the first time step
    score[i] = (last U | largest U | sum of all U) << shift[i]

every_step: after each time step the score so far is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources, total
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.hardware import Constant, TypeName, integer, value_type
from asn2fpga.kinds.neurons.contract import ReadoutNeurons
from asn2fpga.kinds.neurons.early_exit import exit_cost, exit_roms
from asn2fpga.kinds.neurons.membrane import Leak
from asn2fpga.kinds.neurons.scores import (
    score_edge,
    score_types,
    scores_fit,
    sending_cost,
    shift_roms,
    shifts_are_sound,
)
from asn2fpga.kinds.numbers import integers, within
from asn2fpga.kinds.roms import Rom, groups_of, lane_rom, rom_bits, value_type_of

Output = Literal["last", "max", "sum"]
MEMBRANE_LUT_PER_BIT = 4.0  # additions, leak, and what is kept of it


@dataclass(frozen=True, eq=False, kw_only=True)
class LeakyIntegrator(ReadoutNeurons):
    """One score per class: what becomes of its membrane over `time_steps`."""

    title = "leaky read-out"
    accumulates = False
    kernel = "leaky_readout"

    output_of: Output
    leak: Leak
    state_frac_bits: int
    bias: Array  # (C,) int64, added at every time step
    shift: Array  # (C,) int64, 0..31, the smallest 0
    state_type: FixedType  # of U
    total_type: FixedType  # of the score before its shift
    every_step: bool = False
    margins: Array | None = None  # (T-1,) int64 thresholds of an early exit

    def output(self, shape: Shape, time_steps: int) -> Edge:
        return score_edge(shape, time_steps, self.every_step and self.margins is None)

    def scores(self, acc: IntArray) -> IntArray:
        potential = found = np.zeros_like(acc[:, 0])
        rows = []
        for step in range(acc.shape[1]):
            drive = (acc[:, step] << self.state_frac_bits) + as_integer(self.bias)
            potential = self.leak.apply(potential) + drive
            found = self._kept(found, potential, step == 0)
            rows.append(found)
        shift = as_integer(self.shift)
        return np.stack(rows, axis=1) << shift if self.every_step else found << shift

    def _kept(self, before: IntArray, potential: IntArray, is_first: bool) -> IntArray:
        if is_first or self.output_of == "last":
            return potential
        return np.maximum(before, potential) if self.output_of == "max" else before + potential

    def complaints(self, neurons: int, sums: tuple[IntArray, IntArray], acc_type: FixedType) -> str:
        complaint = (
            integers("bias", self.bias, (neurons,))
            or shifts_are_sound(self.shift, neurons)
            or outside("state_frac_bits", self.state_frac_bits, 0, 16)
            or outside("leak.shift", self.leak.shift, 0, 16)
            or outside("leak.multiplier", self.leak.multiplier, 0, 1 << self.leak.shift)
        )
        if complaint:
            return complaint
        bias = as_integer(self.bias)
        low, high = ((bound << self.state_frac_bits) + bias for bound in sums)
        zeros, kind = np.zeros_like(bias), self.total_type
        ends = (np.full_like(bias, kind.min), np.full_like(bias, kind.max))
        return within("the potential", int(low.min()), int(high.max()), self.state_type) or scores_fit(
            *ends, self.shift, zeros
        )

    def cost(self, neurons: int, lanes: int, acc_type: FixedType) -> Resources:
        passes, kinds = groups_of(neurons, lanes), (self.state_type, self.total_type)
        lane = Resources(lut=MEMBRANE_LUT_PER_BIT * self.state_type.width_bits, ff=self.state_type.width_bits)
        memories = [Memory(passes, lanes * kind.width_bits, rom=False) for kind in kinds]
        memories.append(Memory(passes, lanes * value_type_of(self.bias).width_bits, rom=True))
        sending = sending_cost(neurons, lanes, self.total_type, bool(self.shift.any()))
        stored = [memory_resources(memory) for memory in memories]
        return total([sending, lane.times(lanes), *stored, *exit_cost(self.margins, neurons)])

    def words(self, neurons: int, lanes: int, acc_type: FixedType) -> list[int]:
        kinds = (acc_type, self.state_type, self.total_type)
        biases = rom_bits(lanes * value_type_of(self.bias).width_bits)
        return [*(lanes * kind.width_bits for kind in kinds), biases]

    def score_type(self, acc_type: FixedType) -> FixedType:
        return self.total_type

    def constants(self) -> tuple[Constant, ...]:
        return (
            Constant("int", "output", f"asn::OUTPUT_{self.output_of.upper()}"),
            integer("state_frac_bits", self.state_frac_bits),
            integer("leak_multiplier", self.leak.multiplier),
            integer("leak_shift", self.leak.shift),
        )

    def types(self, name: str) -> tuple[TypeName, ...]:
        return (
            value_type("state_t", self.state_type),
            value_type("bias_t", value_type_of(self.bias)),
            TypeName(f"{name}_inputs", "input_biases"),
            TypeName("asn::NoRom", "biases", "of the scores"),
            *score_types(name, self.shift, self.margins),
        )

    def roms(self, name: str, lanes: int, scores_in_word: int) -> tuple[Rom, ...]:
        shifts = shift_roms(name, self.shift, scores_in_word)
        return (lane_rom(f"{name}_inputs", self.bias, lanes), *shifts, *exit_roms(name, self.margins))
