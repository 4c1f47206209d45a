"""Read-out neurons that only accumulate: score[i] = bias[i] + (the sum over all time steps << shift[i]).

shift: one of the weights of class i is worth 2^shift[i] of score, so that scores of classes with different scales
can be compared. Scores are int32.
"""

from __future__ import annotations

from dataclasses import dataclass

from asn2fpga.device.parts import fifo_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import differs, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.graph.words import SCORE_TYPE
from asn2fpga.kinds.contract import Neurons
from asn2fpga.kinds.hardware import TypeName, index_type
from asn2fpga.kinds.numbers import integers, within
from asn2fpga.kinds.roms import Rom, groups_of, rom

MAX_SCORE_SHIFT = 31
SHIFT_BITS = 5

# Fitted to Yosys' figures of generated designs: docs/spec/verification.md.
SEND_SCORES = (30, 12)  # LUT, FF of the process
SCORE_SHIFT_LUT = 55  # of 10 classes with 8 different shifts; one shift costs nothing


@dataclass(frozen=True, eq=False, kw_only=True)
class Integrator(Neurons):
    """One score per class."""

    title = "read-out"

    bias: Array  # (C,) int64
    shift: Array  # (C,) int64, 0..31, the smallest 0

    @property
    def is_shifted(self) -> bool:
        """Whether a class has another scale than the scores."""
        return bool(self.shift.any())

    def output(self, shape: Shape, time_steps: int) -> Edge:
        low, high = SCORE_TYPE.min, SCORE_TYPE.max
        return Edge(shape, "scores", SCORE_TYPE, low, high, time_steps, is_frame=True)

    def run(self, total: IntArray) -> IntArray:
        """Scores (B, C) for the sums of all time steps (B, C)."""
        return as_integer(self.bias) + (total << as_integer(self.shift))

    def complaints(self, neurons: int, sums: tuple[IntArray, IntArray], acc_type: FixedType) -> str:
        complaint = integers("bias", self.bias, (neurons,)) or self._shifts(neurons)
        if complaint:
            return complaint
        bias, shift = as_integer(self.bias), as_integer(self.shift)
        low, high = (bias.astype(object) + (bound.astype(object) << shift) for bound in sums)  # however wide
        return within("scores", int(low.min()), int(high.max()), SCORE_TYPE)

    def _shifts(self, neurons: int) -> str:
        complaint = integers("shift", self.shift, (neurons,))
        if complaint:
            return complaint
        shift = as_integer(self.shift)
        return outside("the largest shift", int(shift.max()), 0, MAX_SCORE_SHIFT) or differs(
            "the smallest shift", int(shift.min()), 0
        )

    def cost(self, neurons: int, lanes: int, acc_type: FixedType) -> Resources:
        """Packed sums' FIFO, a shift register of one word, the shift and the bias."""
        word_bits = lanes * acc_type.width_bits
        fifo = fifo_resources(groups_of(neurons, lanes), word_bits)
        shifter = Resources(lut=SCORE_SHIFT_LUT if self.is_shifted else 0)
        return total([fabric(SEND_SCORES), fifo, Resources(lut=1.3 * word_bits, ff=word_bits), shifter])

    def words(self, neurons: int, lanes: int, acc_type: FixedType) -> list[int]:
        return [lanes * acc_type.width_bits]

    def types(self, name: str, classes: int, lanes: int) -> tuple[TypeName, ...]:
        """Its part of the config of the population `name`."""
        return (
            index_type("lane_index_t", lanes - 1),
            index_type("class_index_t", classes),
            TypeName(f"{name}_biases", "biases"),
            TypeName(f"{name}_shifts" if self.is_shifted else "asn::NoRom", "shifts"),
        )

    def roms(self, name: str) -> tuple[Rom, ...]:
        """Biases, and shifts if there are any."""
        biases = rom(f"{name}_biases", "one int32 a class", self.bias.reshape(-1, 1), SCORE_TYPE.width_bits)
        if not self.is_shifted:
            return (biases,)
        shifts = rom(f"{name}_shifts", "one left shift a class", self.shift.reshape(-1, 1), SHIFT_BITS)
        return (biases, shifts)
