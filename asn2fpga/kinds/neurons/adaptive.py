"""Adaptive spiking neurons as integers: AdSNN's nine steps in their order, four states a neuron.

Equations: docs/spec/kinds/adaptive.md. All states are in units of 2^-state_frac_bits of a sum.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.limits import MAX_PRECISIONS
from asn2fpga.graph.rule import differs, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.hardware import Config
from asn2fpga.kinds.neurons import adaptive_hardware
from asn2fpga.kinds.neurons.contract import FiringNeurons
from asn2fpga.kinds.neurons.membrane import leaked
from asn2fpga.kinds.numbers import integers, within
from asn2fpga.kinds.ranges import hull
from asn2fpga.kinds.roms import Rom

DECAY_SHIFT = 16
"""Bits of the fractions of decays and of m_f."""
MAX_STATE_FRAC_BITS = 24
ONE_SPIKE = FixedType(1, False)


@dataclass(frozen=True)
class AdaptiveTypes:
    """Types that hold every value of: I; S_dyn; S, bias and X included; S_hat; theta_dyn; theta."""

    current: FixedType
    filtered: FixedType
    signal: FixedType
    estimate: FixedType
    adaptation: FixedType
    threshold: FixedType


@dataclass(frozen=True)
class Decays:
    """dB, dP, dE, dG ~ number / 2^DECAY_SHIFT."""

    current: int
    filtered: int
    estimate: int
    threshold: int


@dataclass(frozen=True, eq=False)
class AdaptiveState:
    """Of B inferences, (B, N) int64 each: I, S_dyn, S_hat, theta_dyn."""

    current: IntArray
    filtered: IntArray
    estimate: IntArray
    adaptation: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Adaptive(FiringNeurons):
    """N adaptive spiking neurons, P precisions.

    gains (P,): m_f * 2^DECAY_SHIFT. biases (P, N): of S. rests (P, N): theta0. offsets (N,): added to X.
    direct: S = biases + X; no filters. precision_shift: with several precisions, sums hold the number of the
    precision above so many bits: sum = number << precision_shift + X; 0 with one.
    """

    title = "adaptive neurons"
    kernel = "Adaptive"
    header = "neurons/adaptive.h"
    lanes_kernel = "AdaptiveLanes"
    fire_cycles = 6
    count_type = ONE_SPIKE
    level_values = (0, 1)
    base = 0
    frac_bits = 0

    state_frac_bits: int
    offsets: Array
    biases: Array
    rests: Array
    gains: Array
    decays: Decays
    direct: bool
    types: AdaptiveTypes
    precision_shift: int = 0

    @property
    def stateful(self) -> bool:
        return True

    @property
    def state_bits(self) -> int:
        return self.inflow_bits + self.types.estimate.width_bits + self.types.adaptation.width_bits

    @property
    def inflow_bits(self) -> int:
        """Of I and S_dyn."""
        return 0 if self.direct else self.types.current.width_bits + self.types.filtered.width_bits

    @property
    def precisions(self) -> int:
        """P."""
        return len(self.gains)

    @property
    def explanation(self) -> str:
        return (
            f"states are rounded to {self.state_frac_bits} fractional bits of a weight unit, "
            f"decays to {DECAY_SHIFT} bits"
        )

    def output(self, shape: Shape, time_steps: int) -> Edge:
        return Edge(shape=shape, carries="events", type=self.count_type, low=0, high=1, time_steps=time_steps)

    # ---- golden -------------------------------------------------------------------------------------------

    def start(self, batch: int) -> AdaptiveState:
        zero = np.zeros((batch, self.biases.shape[1]), np.int64)
        return AdaptiveState(zero, zero, zero, zero)

    def step(self, state: AdaptiveState, acc: IntArray) -> tuple[AdaptiveState, Array]:
        precision, drive = self._parts_of(acc)[0], self._drive_of(acc)
        current, filtered = state.current, state.filtered
        signal = drive
        if not self.direct:
            current = decayed(current, self.decays.current) + drive
            filtered = current + decayed(filtered - current, self.decays.filtered)
            signal = filtered
        signal = signal + as_integer(self.biases)[precision, self._neurons]
        estimate = decayed(state.estimate, self.decays.estimate)
        theta = state.adaptation + as_integer(self.rests)[precision, self._neurons]
        fires = 2 * (signal - estimate) > theta
        estimate = np.where(fires, estimate + theta, estimate)
        raised = state.adaptation + decayed(theta, as_integer(self.gains)[precision])
        adaptation = decayed(np.where(fires, raised, state.adaptation), self.decays.threshold)
        return AdaptiveState(current, filtered, estimate, adaptation), fires.astype(np.uint8)

    @property
    def _neurons(self) -> IntArray:
        return np.arange(self.biases.shape[1])

    def _parts_of(self, acc: IntArray) -> tuple[IntArray, IntArray]:
        """The number of the precision, (B, N), and X."""
        if self.precisions == 1:
            return np.zeros_like(acc), acc
        precision = (acc + (1 << (self.precision_shift - 1))) >> self.precision_shift
        return precision, acc - (precision << self.precision_shift)

    # ---- rules --------------------------------------------------------------------------------------------

    def complaints(self, neurons: int, sums: tuple[IntArray, IntArray], acc_type: FixedType) -> str:
        return (
            integers("offsets", self.offsets, (neurons,))
            or integers("biases", self.biases, (self.precisions, neurons))
            or integers("rests", self.rests, (self.precisions, neurons))
            or integers("gains", self.gains, (self.precisions,))
            or outside("precisions", self.precisions, 1, MAX_PRECISIONS)
            or outside("state_frac_bits", self.state_frac_bits, 0, MAX_STATE_FRAC_BITS)
            or outside("the smallest of rests", int(self.rests.min()), 1, self.types.threshold.max)
            or outside("the largest of rests", int(self.rests.max()), 1, self.types.threshold.max)
            or self._fractions()
            or self._precision_is_apart(*sums)
            or self._first_step_cannot_overflow(*sums)
        )

    def _fractions(self) -> str:
        one = 1 << DECAY_SHIFT
        decays = (self.decays.current, self.decays.filtered, self.decays.estimate, self.decays.threshold)
        for what, values in (("decays", decays), ("gains", tuple(self.gains.tolist()))):
            complaint = outside(f"the smallest of {what}", min(values), 0, one) or outside(
                f"the largest of {what}", max(values), 0, one
            )
            if complaint:
                return complaint
        return ""

    def _precision_is_apart(self, low: IntArray, high: IntArray) -> str:
        """What stands above precision_shift is 0..P-1, whatever the input."""
        if self.precisions == 1:
            return differs("precision_shift of one precision", self.precision_shift, 0)
        half = 1 << (self.precision_shift - 1) if self.precision_shift else 0
        numbers = (
            (int(low.min()) + half) >> self.precision_shift,
            (int(high.max()) + half) >> self.precision_shift,
        )
        return differs("the precisions that sums hold", numbers, (0, self.precisions - 1))

    def _first_step_cannot_overflow(self, low: IntArray, high: IntArray) -> str:
        """No state, whatever the input. Conversion derives types that hold all time steps."""
        drive, types = [self._drive_of(end) for end in (low, high)], self.types
        signal = drive
        complaint = within("X", *hull(*drive), types.signal)
        if not self.direct:
            signal = [x + decayed(-x, self.decays.filtered) for x in drive]
            complaint = complaint or within("I", *hull(*drive), types.current)
            complaint = complaint or within("S_dyn", *hull(*signal), types.filtered)
        ends = [x + as_integer(self.biases) for x in signal]
        fired = np.where(2 * ends[1] > as_integer(self.rests), as_integer(self.rests), 0)
        raised = decayed(fired, as_integer(self.gains)[:, None])
        return (
            complaint
            or within("S", *hull(*ends), types.signal)
            or within("S_hat", 0, int(fired.max()), types.estimate)
            or within("theta_dyn", 0, int(raised.max()), types.adaptation)
        )

    def _drive_of(self, acc: IntArray) -> IntArray:
        """X of sums."""
        return (self._parts_of(acc)[1] << self.state_frac_bits) + as_integer(self.offsets)

    # ---- hardware -----------------------------------------------------------------------------------------

    def cost(self, neurons: int, lanes: int, acc_type: FixedType) -> Resources:
        return adaptive_hardware.cost(self, neurons, lanes)

    def fire_cost(self, neurons: int, lanes: int) -> Resources:
        return adaptive_hardware.fire_cost(self, neurons, lanes)

    def words(self, neurons: int, lanes: int, acc_type: FixedType) -> list[int]:
        return adaptive_hardware.words(self, lanes)

    def config(self, name: str, neurons: int, lanes: int, acc_type: FixedType) -> Config:
        return adaptive_hardware.config(self, name, neurons, lanes, acc_type)

    def roms(self, name: str, neurons: int, lanes: int) -> tuple[Rom, ...]:
        return adaptive_hardware.roms(self, name, lanes)

    @property
    def note(self) -> str:
        precisions = "" if self.precisions == 1 else f", {self.precisions} precisions"
        return f"adaptive, {self.state_bits} bits of state a neuron{precisions}"


def decayed(value: IntArray, number: int | IntArray) -> IntArray:
    """value * number / 2^DECAY_SHIFT, half up."""
    return leaked(value, number, DECAY_SHIFT)
