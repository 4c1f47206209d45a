"""From trained adaptive neurons to integers, and what their states can reach: docs/spec/kinds/adaptive.md."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray, as_real
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.adaptation import Adaptation
from asn2fpga.kinds.neurons.adaptive import (
    DECAY_SHIFT,
    MAX_STATE_FRAC_BITS,
    Adaptive,
    AdaptiveTypes,
    Decays,
    decayed,
)
from asn2fpga.kinds.neurons.convert import Drive
from asn2fpga.kinds.neurons.rationals import round_half_even
from asn2fpga.kinds.ranges import hull, signed_type

RESTING_BITS = 13
"""theta0 has 2^RESTING_BITS units at least: rounding then stops the slowest decay below 1/256 of it."""
MAX_STATE_BITS = 46
"""Of any state: its product with a decay then fits 64 bits."""

Range = tuple[IntArray, IntArray]


def adaptive(adaptation: Adaptation, drive: Drive, time_steps: int, state_frac_bits: int | None) -> Adaptive:
    """The integer neurons. state_frac_bits: F, None to derive it. UnsupportedError naming the layer."""
    frac_bits = _frac_bits(adaptation, drive) if state_frac_bits is None else state_frac_bits
    units = [2**frac_bits / Fraction(d) for d in drive.scale.tolist()]
    numbers = _Numbers(adaptation, drive, units)
    shift = _precision_shift(adaptation, drive)
    offsets, biases, rests = numbers.offsets(frac_bits), numbers.biases(), numbers.rests()
    gains = np.array([round(math.ldexp(p.gain, DECAY_SHIFT)) for p in adaptation.precisions], np.int64)
    decays = Decays(*(round(math.ldexp(decay, DECAY_SHIFT)) for decay in adaptation.decays))
    low, high = ((bound << frac_bits) + offsets for bound in drive.sums)
    reach = _Reach(drive.layer, decays, adaptation.direct, int(gains.max()))
    types = reach.types((low, high), biases, rests, time_steps)
    return Adaptive(
        state_frac_bits=frac_bits,
        offsets=offsets,
        biases=biases,
        rests=rests,
        gains=gains,
        decays=decays,
        direct=adaptation.direct,
        types=types,
        precision_shift=shift,
    )


def _frac_bits(adaptation: Adaptation, drive: Drive) -> int:
    """The fewest bits that give theta0 of every precision units enough."""
    heights = _heights(adaptation)
    smallest = min(p.rest * height for p, height in zip(adaptation.precisions, heights, strict=True))
    units = smallest / float(drive.scale.max())
    enough = (n for n in range(MAX_STATE_FRAC_BITS) if math.ldexp(units, n) >= 2**RESTING_BITS)
    return next(enough, MAX_STATE_FRAC_BITS)


def _heights(adaptation: Adaptation) -> list[float]:
    """What real numbers of each precision are multiplied by: weights hold the height of the first one.

    A spike counts the same in all precisions; so it is everything else that is larger where it is worth less.
    Not of neurons that read no spikes.
    """
    first = adaptation.precisions[0].height
    return [1.0 if adaptation.direct else first / p.height for p in adaptation.precisions]


def _precision_shift(adaptation: Adaptation, drive: Drive) -> int:
    """Bits of X, below the number of the precision; 0 with one precision."""
    if len(adaptation.precisions) == 1:
        return 0
    return signed_type(*hull(*drive.sums)).width_bits


@dataclass(frozen=True, eq=False)
class _Numbers:
    """Real numbers in units of the states. units: (N,) of a real 1."""

    adaptation: Adaptation
    drive: Drive
    units: list[Fraction]

    def offsets(self, frac_bits: int) -> IntArray:
        """(N,) the bias of the synapses: part of X."""
        biases = self.drive.bias.tolist()
        if len(self.adaptation.precisions) > 1 and not self.adaptation.direct and any(biases):
            raise UnsupportedError(
                f"{self.drive.layer}: a Linear layer before adaptive neurons of several precisions must have "
                "no bias, which would count differently in each; use bias=False, the neurons have their own."
            )
        scaled = [round_half_even(Fraction(b) * unit) for b, unit in zip(biases, self.units, strict=True)]
        return np.array(scaled, np.int64) + (self.drive.offset << frac_bits)

    def biases(self) -> IntArray:
        """(P, N)."""
        values = np.broadcast_to(as_real(self.adaptation.bias), (len(self.units),)).tolist()
        return self._rows(values for _ in self.adaptation.precisions)

    def rests(self) -> IntArray:
        """(P, N), at least 1 each."""
        neurons = len(self.units)
        return np.maximum(1, self._rows([p.rest] * neurons for p in self.adaptation.precisions))

    def _rows(self, rows: Iterable[list[float]]) -> IntArray:
        heights = [Fraction(height) for height in _heights(self.adaptation)]
        return np.array(
            [
                [
                    round_half_even(Fraction(v) * height * unit)
                    for v, unit in zip(row, self.units, strict=True)
                ]
                for row, height in zip(rows, heights, strict=True)
            ],
            np.int64,
        )


@dataclass(frozen=True)
class _Reach:
    """What states can reach: interval arithmetic over the time steps, whatever the input."""

    layer: str
    decays: Decays
    direct: bool
    gain: int  # the largest m_f

    def types(self, drive: Range, biases: IntArray, rests: IntArray, time_steps: int) -> AdaptiveTypes:
        """Types for X of a time step in these ranges."""
        zero = np.zeros_like(drive[0])
        current: Range = (zero, zero)
        filtered: Range = (zero, zero)
        top = _Top(zero, zero, zero)
        rest_low, rest_high = rests.min(axis=0), rests.max(axis=0)
        bias: Range = (biases.min(axis=0), biases.max(axis=0))
        seen: dict[str, list[Range]] = {
            name: [(zero, zero)] for name in ("I", "S_dyn", "S", "S_hat", "theta_dyn")
        }
        for _ in range(time_steps):
            signal = drive
            if not self.direct:
                current = self._current(current[0], drive[0]), self._current(current[1], drive[1])
                filtered = self._filtered(filtered[0], current[0]), self._filtered(filtered[1], current[1])
                signal = filtered
                seen["I"].append(current)
                seen["S_dyn"].append(filtered)
            seen["S"] += [drive, signal, (signal[0] + bias[0], signal[1] + bias[1])]
            top = self._fired(top, signal[1] + bias[1], rest_low, rest_high)
            seen["S_hat"].append((zero, top.estimate))
            seen["theta_dyn"].append((zero, top.raised))
        seen["theta"] = [(zero, ends[1] + rest_high) for ends in seen["theta_dyn"]]
        return AdaptiveTypes(*(self._type(name, ranges) for name, ranges in seen.items()))

    def _current(self, current: IntArray, drive: IntArray) -> IntArray:
        """Grows with both, as _filtered does: exact at both ends."""
        return decayed(current, self.decays.current) + drive

    def _filtered(self, filtered: IntArray, current: IntArray) -> IntArray:
        return current + decayed(filtered - current, self.decays.filtered)

    def _fired(self, top: _Top, signal: IntArray, rest_low: IntArray, rest_high: IntArray) -> _Top:
        """Largest S_hat and theta_dyn after a step in which S is at most `signal`.

        A neuron that fires has theta < 2 (S - S_hat), so that S_hat + theta stays below S + theta / 2.
        """
        estimate = decayed(top.estimate, self.decays.estimate)
        most = np.maximum(2 * signal, 0)
        theta = np.minimum(top.adaptation + rest_high, most)
        fired = np.minimum(estimate + theta, np.maximum(signal, 0) + (theta + 1) // 2)
        before = np.maximum(theta - rest_low, 0)
        raised = np.maximum(top.adaptation, np.minimum(top.adaptation, before) + decayed(theta, self.gain))
        adaptation = decayed(raised, self.decays.threshold)
        return _Top(np.maximum(estimate, fired), adaptation, raised)

    def _type(self, name: str, ranges: list[Range]) -> FixedType:
        ends = [hull(low, high) for low, high in ranges]
        found = signed_type(min(low for low, _ in ends), max(high for _, high in ends))
        if found.width_bits > MAX_STATE_BITS:
            raise UnsupportedError(
                f"{self.layer}: {name} of adaptive neurons must fit {MAX_STATE_BITS} bits, not "
                f"{found.width_bits}; rescale the layer's weights, use fewer time steps or a larger theta0."
            )
        return found


@dataclass(frozen=True, eq=False)
class _Top:
    """(N,) the largest S_hat and theta_dyn, and theta_dyn before it decays."""

    estimate: IntArray
    adaptation: IntArray
    raised: IntArray
