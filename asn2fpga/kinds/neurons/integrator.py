"""Read-out neurons that only accumulate: score[i] = bias[i] + (the sum over all time steps << shift[i]).

shift: one of the weights of class i is worth 2^shift[i] of score, so that scores of classes with different
scales can be compared. Scores are int32.
"""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.graph.words import SCORE_TYPE
from asn2fpga.kinds.hardware import Constant, TypeName
from asn2fpga.kinds.neurons.contract import ReadoutNeurons
from asn2fpga.kinds.neurons.scores import (
    score_edge,
    scores_fit,
    sending_cost,
    shift_roms,
    shift_type,
    shifts_are_sound,
)
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.roms import Rom, group_lanes, rom


@dataclass(frozen=True, eq=False, kw_only=True)
class Integrator(ReadoutNeurons):
    """One score per class."""

    title = "read-out"
    accumulates = True
    kernel = "readout"

    bias: Array  # (C,) int64
    shift: Array  # (C,) int64, 0..31, the smallest 0

    def output(self, shape: Shape, time_steps: int) -> Edge:
        return score_edge(shape, time_steps)

    def scores(self, acc: IntArray) -> IntArray:
        total: IntArray = acc.sum(axis=1)
        return as_integer(self.bias) + (total << as_integer(self.shift))

    def complaints(self, neurons: int, sums: tuple[IntArray, IntArray], acc_type: FixedType) -> str:
        return (
            integers("bias", self.bias, (neurons,))
            or shifts_are_sound(self.shift, neurons)
            or scores_fit(*sums, self.shift, self.bias)
        )

    def cost(self, neurons: int, lanes: int, acc_type: FixedType) -> Resources:
        return sending_cost(neurons, lanes, acc_type, bool(self.shift.any()))

    def words(self, neurons: int, lanes: int, acc_type: FixedType) -> list[int]:
        return [lanes * acc_type.width_bits]

    def score_type(self, acc_type: FixedType) -> FixedType:
        return acc_type

    def constants(self) -> tuple[Constant, ...]:
        return ()

    def types(self, name: str) -> tuple[TypeName, ...]:
        return TypeName(f"{name}_biases", "biases"), shift_type(name, self.shift)

    def roms(self, name: str, lanes: int, scores_in_word: int) -> tuple[Rom, ...]:
        values = group_lanes(self.bias, scores_in_word)
        biases = rom(f"{name}_biases", "one int32 a class", values, SCORE_TYPE.width_bits)
        return (biases, *shift_roms(name, self.shift, scores_in_word))
