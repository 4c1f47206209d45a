"""Integer neurons that fire levels: ASN, NASN, I-LIF, LIF, IF and all of their family, one kind with fields.

    U = the sum of a time step, or the membrane potential (membrane.py)
    k = #{k in 1..K : U >= thresholds[i, k]}
    count = level_values[k]                        what the event carries (or its change); never sent if 0
    S = base + count                               what the neuron fires with, in units of 2^-frac_bits

Ties, rounding mode, threshold, scale and (without a membrane) bias all live in `thresholds`.
"""

from __future__ import annotations

import dataclasses
import itertools
from dataclasses import dataclass
from typing import Self

import numpy as np

from asn2fpga.device.resources import Resources
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.limits import MAX_REFRACTORY
from asn2fpga.graph.rule import differs, outside
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.hardware import Config
from asn2fpga.kinds.held import Held
from asn2fpga.kinds.neurons import graded_hardware
from asn2fpga.kinds.neurons.contract import FiringNeurons
from asn2fpga.kinds.neurons.levels import sent_range
from asn2fpga.kinds.neurons.membrane import Membrane
from asn2fpga.kinds.numbers import integers, within
from asn2fpga.kinds.roms import Rom

MAX_LEAK_SHIFT = 16
MAX_STATE_FRAC_BITS = 16


@dataclass(frozen=True, eq=False)
class State:
    """Of B inferences, (B, N) int64 each: membranes H, synaptic currents I, the time steps for which neurons
    that fired still wait, the last count of those that send its change, and 1 for those above their threshold
    that double it, else 0.
    """

    membrane: IntArray
    current: IntArray
    waiting: IntArray
    last: IntArray
    above: IntArray


@dataclass(frozen=True, eq=False, kw_only=True)
class Graded(FiringNeurons):
    """N integer neurons of K levels. base: 0 where counts are what is fired; frac_bits: of a count."""

    title = "graded neurons"

    thresholds: Array  # (N, K) int64, non-decreasing along K
    level_values: tuple[int, ...]  # K + 1 values, increasing, one of them 0
    count_type: FixedType  # of level_values, and of their changes where these are sent
    threshold_type: FixedType  # of thresholds
    potential_type: FixedType  # of U, and of what becomes of it until it is H
    base: int = 0
    frac_bits: int = 0
    membrane: Membrane | None = None

    @property
    def stateful(self) -> bool:
        """Whether there is a membrane."""
        return self.membrane is not None

    @property
    def sends_change(self) -> bool:
        """Whether events carry changes of counts."""
        return self.membrane is not None and self.membrane.sends_change

    @property
    def silent_level(self) -> int:
        """The level whose count is 0: no event."""
        return self.level_values.index(0)

    @property
    def state_bits(self) -> int:
        """Bits that a neuron keeps from one time step to the next."""
        if self.membrane is None:
            return 0
        return self.membrane.state_type.width_bits + self.beside_bits + self.inflow_bits

    @property
    def inflow_bits(self) -> int:
        """Of a synaptic current."""
        synaptic = None if self.membrane is None else self.membrane.synaptic
        return synaptic.type.width_bits if synaptic else 0

    @property
    def beside_type(self) -> FixedType | None:
        """Of what a neuron keeps beside its membrane: the time steps that it waits, its last count, or
        whether it is above its threshold.
        """
        if self.membrane is None:
            return None
        if self.sends_change:
            return self.count_type
        if self.membrane.doubles_threshold:
            return FixedType(1, signed=False)
        waits = self.membrane.refractory
        return FixedType(waits.bit_length(), signed=False) if waits else None

    @property
    def beside_bits(self) -> int:
        """Bits of `beside_type`."""
        return 0 if self.beside_type is None else self.beside_type.width_bits

    @property
    def sent(self) -> tuple[int, int]:
        """The smallest and the largest count of an event."""
        return sent_range(self.level_values, self.sends_change)

    def output(self, shape: Shape, time_steps: int) -> Edge:
        return Edge(
            shape=shape,
            carries="events",
            type=self.count_type,
            low=min(0, self.sent[0]),
            high=self.sent[1],
            time_steps=time_steps,
            base=self.base,
            frac_bits=self.frac_bits,
        )

    def part(self, chosen: Array) -> Self:
        """The neurons with these numbers; types stay."""
        membrane = None if self.membrane is None else self.membrane.part(chosen)
        return dataclasses.replace(self, thresholds=self.thresholds[chosen], membrane=membrane)

    # ---- golden -------------------------------------------------------------------------------------------

    def run(self, acc: IntArray, time_steps: int) -> Array:
        """Counts (B, T, N) for sums acc (B, T, N), or (B, 1, N) where the same sums drive every time step."""
        if self.membrane is None:
            fired = self.counts_of(acc)
            return np.broadcast_to(fired, (len(fired), time_steps, fired.shape[2]))
        return super().run(acc, time_steps)

    def held(self, acc: IntArray, time_steps: int) -> tuple[Held, ...]:
        if self.membrane is None:
            return ()
        drive = np.broadcast_to(acc, (len(acc), time_steps, acc.shape[2]))
        states = [self.start(len(acc))]
        for index in range(time_steps):
            states.append(self.step(states[-1], drive[:, index])[0])
        found = Held.of("membranes", self.membrane.state_type, [state.membrane for state in states])
        if self.membrane.synaptic is None:
            return (found,)
        kept = [state.current for state in states]
        return found, Held.of("currents", self.membrane.synaptic.type, kept)

    def start(self, batch: int) -> State:
        """The state before the first time step."""
        neurons = len(self.thresholds)
        start = np.zeros(neurons, np.int64) if self.membrane is None else self.membrane.start
        zero = np.zeros((batch, neurons), np.int64)
        return State(np.broadcast_to(start, (batch, neurons)), zero, zero, zero, zero)

    def step(self, state: State, acc: IntArray) -> tuple[State, Array]:
        """The state after one time step with sums acc (B, N), and the counts (B, N)."""
        membrane = self.membrane
        if membrane is None:
            return state, self.counts_of(acc)
        current = (acc << membrane.state_frac_bits) + as_integer(membrane.bias)
        if membrane.synaptic is not None:
            current = current + membrane.synaptic.leak.apply(state.current)
        potential = state.membrane + current
        if membrane.doubles_threshold:
            return self._doubling(membrane, dataclasses.replace(state, current=current), potential)
        counts = self.counts_of(potential)
        rest = membrane.rest(potential, counts.astype(np.int64) + self.base)
        after = dataclasses.replace(state, membrane=rest, current=current)
        if membrane.sends_change:
            last = counts.astype(np.int64)
            return dataclasses.replace(after, last=last), (last - state.last).astype(counts.dtype)
        if not membrane.refractory:
            return after, counts
        waits = state.waiting > 0
        counts = np.where(waits, counts.dtype.type(0), counts)
        waiting = np.where(waits, state.waiting - 1, np.where(counts != 0, membrane.refractory, 0))
        kept = np.where(waits, state.membrane, rest)
        return dataclasses.replace(after, membrane=kept, waiting=waiting), counts

    def _doubling(self, membrane: Membrane, state: State, potential: IntArray) -> tuple[State, Array]:
        """The state after one time step of neurons that double their threshold, and the counts.

        potential: H + I.
        """
        potential = potential - state.above * as_integer(membrane.resets)
        counts = self.counts_of(potential)
        kept = membrane.reset_by(potential, counts.astype(np.int64) - state.above)
        above = reached_levels(as_integer(self.thresholds), kept).astype(np.int64)
        return dataclasses.replace(state, membrane=membrane.leaked(kept), above=above), counts

    def counts_of(self, potential: IntArray) -> Array:
        """The counts that neurons at these potentials (.., N) fire, in the narrowest type."""
        table = np.array(self.level_values, dtype=self.count_type.numpy_dtype)
        return table[reached_levels(as_integer(self.thresholds), potential).astype(np.intp)]

    # ---- rules --------------------------------------------------------------------------------------------

    def complaints(self, neurons: int, sums: tuple[IntArray, IntArray], acc_type: FixedType) -> str:
        return (
            self._levels_increase()
            or self._thresholds_do_not_decrease(neurons)
            or ("" if self.membrane is None else _membrane_is_complete(self.membrane, neurons))
            or self._zero_is_the_count_0()
            or self._doubling_is_of_binary_neurons()
            or self._potential_cannot_overflow(*sums)
        )

    def _levels_increase(self) -> str:
        values = self.level_values
        if len(values) < 2 or 0 not in values or any(b <= a for a, b in itertools.pairwise(values)):
            return f"level_values must increase and hold 0, not be {list(values)}"
        what = "changes of level_values" if self.sends_change else "level_values"
        return within(what, *self.sent, self.count_type)

    def _zero_is_the_count_0(self) -> str:
        """Of neurons that send changes, and of refractory ones, which send 0 while they wait."""
        if self.membrane is None:
            return ""
        if self.sends_change:
            return differs("base of neurons that send changes", self.base, 0) or differs(
                "refractory of neurons that send changes", self.membrane.refractory, 0
            )
        return differs("base of refractory neurons", self.base, 0) if self.membrane.refractory else ""

    def _doubling_is_of_binary_neurons(self) -> str:
        membrane = self.membrane
        if membrane is None or not membrane.doubles_threshold:
            return ""
        if self.level_values != (0, 1) or self.base != 0:
            return (
                "level_values of neurons that double their threshold must be [0, 1], "
                f"not {list(self.level_values)}"
            )
        if membrane.reset != "soft" or membrane.leak_order != "after_reset" or membrane.floors is not None:
            return "neurons that double their threshold must have a soft reset before the leak and no floor"
        if membrane.sends_change or membrane.refractory:
            return "neurons that double their threshold must neither send changes nor be refractory"
        return ""

    def _thresholds_do_not_decrease(self, neurons: int) -> str:
        complaint = integers("thresholds", self.thresholds, (neurons, len(self.level_values) - 1))
        if complaint:
            return complaint
        thresholds = as_integer(self.thresholds)
        falling = (np.diff(thresholds, axis=1) < 0).any(axis=1)
        if falling.any():
            index = int(np.argmax(falling))
            return f"thresholds must not decrease, not {thresholds[index].tolist()} of neuron {index}"
        return within("thresholds", int(thresholds.min()), int(thresholds.max()), self.threshold_type)

    def _potential_cannot_overflow(self, low: IntArray, high: IntArray) -> str:
        """Of the first time step, whatever the input."""
        if self.membrane is not None:
            bias = as_integer(self.membrane.bias) + self.membrane.start
            low = (low << self.membrane.state_frac_bits) + bias
            high = (high << self.membrane.state_frac_bits) + bias
        return within("the potential", int(low.min()), int(high.max()), self.potential_type)

    # ---- hardware -----------------------------------------------------------------------------------------

    def cost(self, neurons: int, lanes: int, acc_type: FixedType) -> Resources:
        return graded_hardware.cost(self, neurons, lanes)

    def fire_cost(self, neurons: int, lanes: int) -> Resources:
        return graded_hardware.fire_cost(self, neurons, lanes)

    def words(self, neurons: int, lanes: int, acc_type: FixedType) -> list[int]:
        return graded_hardware.words(self, neurons, lanes, acc_type)

    @property
    def kernel(self) -> str:  # type: ignore[override]  # it has two
        return graded_hardware.kernel(self)

    @property
    def header(self) -> str:  # type: ignore[override]
        return graded_hardware.HEADER.format(self.kernel.lower())

    @property
    def lanes_kernel(self) -> str:  # type: ignore[override]
        return "MembraneLanes" if self.stateful else "ThresholdLanes"

    def config(self, name: str, neurons: int, lanes: int, acc_type: FixedType) -> Config:
        return graded_hardware.config(self, name, neurons, lanes)

    def roms(self, name: str, neurons: int, lanes: int) -> tuple[Rom, ...]:
        return graded_hardware.roms(self, name, neurons, lanes)

    @property
    def explanation(self) -> str:
        return "" if self.membrane is None else self.membrane.explanation

    @property
    def note(self) -> str:
        state = "" if self.membrane is None else f", membranes {self.membrane.state_type}"
        return f"thresholds {self.threshold_type}{state}"


def reached_levels(thresholds: IntArray, potential: IntArray) -> Array:
    """k = #{k : U >= thresholds[i, k]} for U (.., N); uint16."""
    levels = np.zeros(potential.shape, dtype=np.uint16)
    for threshold in thresholds.T:
        levels += potential >= threshold
    return levels


def _membrane_is_complete(membrane: Membrane, neurons: int) -> str:
    shape = (neurons,)
    optional = {"leaks": membrane.leaks, "floors": membrane.floors}
    return (
        integers("bias", membrane.bias, shape)
        or integers("resets", membrane.resets, shape)
        or next(
            (found for name, x in optional.items() if x is not None and (found := integers(name, x, shape))),
            "",
        )
        or outside("state_frac_bits", membrane.state_frac_bits, 0, MAX_STATE_FRAC_BITS)
        or outside("refractory", membrane.refractory, 0, MAX_REFRACTORY)
        or outside("leak.shift", membrane.leak.shift, 0, MAX_LEAK_SHIFT)
        or outside("leak.multiplier", membrane.leak.multiplier, 0, 1 << membrane.leak.shift)
    )
