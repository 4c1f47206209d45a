"""Read-out neurons that only accumulate and send their scores after every time step:

score[t, i] = bias[t, i] + (the sum over time steps 0..t << shift[i])

The last row is what `Integrator` sends once. Each row of `bias` is its part of the last one, rounded
by itself, so that errors of rounding do not add up.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources, total
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import differs
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.graph.words import SCORE_TYPE
from asn2fpga.kinds.hardware import Constant, TypeName
from asn2fpga.kinds.neurons.contract import ReadoutNeurons
from asn2fpga.kinds.neurons.early_exit import exit_cost, exit_roms
from asn2fpga.kinds.neurons.scores import (
    score_edge,
    score_types,
    scores_fit,
    sending_cost,
    shift_roms,
    shifts_are_sound,
)
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.roms import Rom, group_lanes, rom


@dataclass(frozen=True, eq=False, kw_only=True)
class RunningIntegrator(ReadoutNeurons):
    """One score per class after each of T time steps: the sum so far."""

    title = "read-out of every time step"
    accumulates = True
    kernel = "running_readout"
    every_step = True

    bias: Array  # (T, C) int64
    shift: Array  # (C,) int64, 0..31, the smallest 0
    margins: Array | None = None  # (T-1,) int64 thresholds of an early exit

    def output(self, shape: Shape, time_steps: int) -> Edge:
        return score_edge(shape, time_steps, every_step=self.margins is None)

    def scores(self, acc: IntArray) -> IntArray:
        so_far: IntArray = acc.cumsum(axis=1)
        return as_integer(self.bias) + (so_far << as_integer(self.shift))

    def complaints(self, neurons: int, sums: tuple[IntArray, IntArray], acc_type: FixedType) -> str:
        complaint = differs("axes of bias", self.bias.ndim, 2) or integers(
            "bias", self.bias, (len(self.bias), neurons)
        )
        if complaint:
            return complaint
        unfit = (scores_fit(*sums, self.shift, row) for row in self.bias)
        return shifts_are_sound(self.shift, neurons) or next(filter(None, unfit), "")

    def cost(self, neurons: int, lanes: int, acc_type: FixedType) -> Resources:
        biases = Memory(self.bias.size, SCORE_TYPE.width_bits, rom=True)
        sending = sending_cost(neurons, lanes, acc_type, bool(self.shift.any()))
        return total([sending, memory_resources(biases), *exit_cost(self.margins, neurons)])

    def words(self, neurons: int, lanes: int, acc_type: FixedType) -> list[int]:
        return [lanes * acc_type.width_bits]

    def score_type(self, acc_type: FixedType) -> FixedType:
        return acc_type

    def constants(self) -> tuple[Constant, ...]:
        return ()

    def types(self, name: str) -> tuple[TypeName, ...]:
        return TypeName(f"{name}_biases", "biases"), *score_types(name, self.shift, self.margins)

    def roms(self, name: str, lanes: int, scores_in_word: int) -> tuple[Rom, ...]:
        rows = np.concatenate([group_lanes(row, scores_in_word) for row in self.bias])
        biases = rom(f"{name}_biases", "one int32 a class and time step", rows, SCORE_TYPE.width_bits)
        return (biases, *shift_roms(name, self.shift, scores_in_word), *exit_roms(name, self.margins))
