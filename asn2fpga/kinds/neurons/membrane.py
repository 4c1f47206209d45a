"""The membrane of integer neurons: its numbers, and exactly what happens to it in a time step.

Equations: docs/spec/kinds/graded.md. All values are integers in units of 2^-state_frac_bits of a sum.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.neurons.semantics import Reset


@dataclass(frozen=True)
class Leak:
    """beta ~ multiplier / 2^shift: leak(v) = (v * multiplier + 2^(shift-1)) >> shift; v itself if shift is 0
    and multiplier 1.
    """

    multiplier: int
    shift: int

    def apply(self, value: IntArray) -> IntArray:
        """The leaked `value`; >> rounds down."""
        return leaked(value, self.multiplier, self.shift)


def leaked(value: IntArray, multiplier: int | IntArray, shift: int) -> IntArray:
    """(v * multiplier + 2^(shift-1)) >> shift."""
    return (value * multiplier + ((1 << shift) >> 1)) >> shift


@dataclass(frozen=True, eq=False, kw_only=True)
class Synaptic:
    """A second state: the synaptic current I = leak(I) + (sum << state_frac_bits) + bias, which charges the
    membrane.
    """

    leak: Leak
    type: FixedType


@dataclass(frozen=True, eq=False, kw_only=True)
class Membrane:
    """The membranes H of N neurons.

        I = (sum << state_frac_bits) + bias            (with `synaptic`: leak of the I before, and this)
        U = H + I                                      H = resets at the first step if reset is hard, else 0
        V = U - S * resets (soft) | resets where S is not 0 (hard) | U (none)
        H = leak(max(V, floors))                       of a hard reset: resets + leak(max(V, floors) - resets)
        H = max(reset of leak(U), floors)              if leak_order is before_reset

    refractory: K; in the K time steps after one with S not 0, S is 0 and H stays as it is.
    sends_change: a neuron sends the change of S since the time step before, at first since 0.
    doubles_threshold: with R = 1 where V of the step before reached the threshold, else 0, it is U = H + I -
    R * resets, V = U - (S - R) * resets.
    leaks: a multiplier for each neuron in place of the leak's own, all with its shift.
    """

    state_frac_bits: int
    bias: Array  # (N,) int64
    leak: Leak
    leaks: Array | None = None  # (N,) int64
    leak_order: Literal["after_reset", "before_reset"] = "after_reset"
    reset: Reset = "soft"
    resets: Array  # (N,) int64: steps of a soft reset, values of a hard one, 0 of none
    floors: Array | None = None  # (N,) int64
    synaptic: Synaptic | None = None
    refractory: int = 0
    sends_change: bool = False
    doubles_threshold: bool = False
    state_type: FixedType  # of H

    def part(self, chosen: Array) -> Membrane:
        """Those of the neurons with these numbers."""
        columns = {name: getattr(self, name) for name in ("bias", "leaks", "resets", "floors")}
        found = {name: values[chosen] for name, values in columns.items() if values is not None}
        return dataclasses.replace(self, **found)

    @property
    def multipliers(self) -> int | IntArray:
        """Of the leak: one for all neurons, or (N,)."""
        return self.leak.multiplier if self.leaks is None else as_integer(self.leaks)

    @property
    def start(self) -> IntArray:
        """(N,) H before the first time step."""
        resets = as_integer(self.resets)
        return resets if self.reset == "hard" else np.zeros_like(resets)

    @property
    def explanation(self) -> str:
        """What of it is rounded."""
        return (
            f"membranes are rounded to {self.state_frac_bits} fractional bits of a weight unit, "
            f"the leak is {self.leak.multiplier}/{1 << self.leak.shift}"
        )

    def rest(self, potential: IntArray, spike: IntArray | int) -> IntArray:
        """H once neurons at `potential` (.., N) have fired with S = `spike`; grows with the potential."""
        if self.leak_order == "before_reset":
            return self._floored(self.reset_by(self.leaked(potential), spike))
        return self.leaked(self._floored(self.reset_by(potential, spike)))

    def after_reset(self, potential: IntArray, spike: IntArray | int) -> tuple[IntArray, ...]:
        """Every value on the way from `potential` to H, and H: what hardware computes with."""
        if self.leak_order == "before_reset":
            leaked_ = self.leaked(potential)
            reset = self.reset_by(leaked_, spike)
            return leaked_, reset, self._floored(reset), *self._above(potential)
        reset = self.reset_by(potential, spike)
        floored = self._floored(reset)
        return reset, floored, self.leaked(floored), *self._above(floored)

    def _above(self, value: IntArray) -> tuple[IntArray, ...]:
        """Of a hard reset the leak is of the part above its value."""
        return (value - as_integer(self.resets),) if self.reset == "hard" else ()

    def reset_by(self, value: IntArray, spike: IntArray | int) -> IntArray:
        """V of what was `value` before a reset by `spike`."""
        resets = as_integer(self.resets)
        if self.reset == "none":
            return value
        if self.reset == "hard":
            return np.where(np.asarray(spike) != 0, resets, value)
        return value - spike * resets

    def leaked(self, value: IntArray) -> IntArray:
        """The leak of `value`."""
        if self.reset != "hard":
            return leaked(value, self.multipliers, self.leak.shift)
        resets = as_integer(self.resets)
        return leaked(value - resets, self.multipliers, self.leak.shift) + resets

    def _floored(self, value: IntArray) -> IntArray:
        return value if self.floors is None else np.maximum(value, as_integer(self.floors))
