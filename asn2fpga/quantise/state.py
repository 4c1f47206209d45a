"""Membranes as integers: threshold, bias and reset in units of scale[i] / 2^F; leak as multiply and shift."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.graph.neuron import NeuronSemantics
from asn2fpga.graph.types import FixedType
from asn2fpga.quantise.alpha import Levels
from asn2fpga.quantise.ranges import checked_type
from asn2fpga.quantise.rationals import round_half_even
from asn2fpga.quantise.thresholds import stateful_thresholds

LEAK_SHIFT_MAX = 8
STATE_FRAC_BITS_MAX = 16
THRESHOLD_PRECISION_BITS = 8  # a threshold's rounding error is at most 2^-8 of it
THRESHOLD_UNITS_BITS = 14  # more units than 2^14 a threshold cost width and bring nothing


@dataclass(frozen=True)
class Leak:
    """beta ~ multiplier / 2^shift."""

    multiplier: int
    shift: int

    def apply(self, value: IntArray) -> IntArray:
        """(v * multiplier + 2^(shift-1)) >> shift; identity if shift is 0."""
        return (value * self.multiplier + ((1 << self.shift) >> 1)) >> self.shift


@dataclass(frozen=True)
class Membrane:
    """Integers of a stateful population, in membrane units; thresholds (N, K), bias and reset_step (N,)."""

    thresholds: IntArray
    bias: IntArray
    reset_step: IntArray
    leak: Leak
    frac_bits: int
    base: int
    values: tuple[int, ...]


@dataclass(frozen=True)
class MembraneTypes:
    """Types that hold every reachable value: of H, and of U and U - (base + count) * reset_step."""

    state: FixedType
    potential: FixedType


def leak_of(beta: float) -> Leak:
    """The smallest shift m <= 8 at which beta * 2^m is an integer, else rne(beta * 2^8) at shift 8."""
    for shift in range(LEAK_SHIFT_MAX + 1):
        if math.ldexp(beta, shift).is_integer():
            return Leak(int(math.ldexp(beta, shift)), shift)
    return Leak(round(math.ldexp(beta, LEAK_SHIFT_MAX)), LEAK_SHIFT_MAX)


def threshold_unit(levels: Levels) -> int:
    """What thresholds are multiples of: half a threshold, and one event unit of it, are then integers."""
    return max(2, 1 << levels.frac_bits)


def state_frac_bits(threshold: float, largest_scale: float, leak: Leak, unit: int) -> int:
    """F: 8 minus the leak's shift, less where the threshold has units enough, more where it has too few."""
    units = threshold / largest_scale
    enough = _doublings(units, 2**THRESHOLD_UNITS_BITS)
    needed = _doublings(units, unit * 2 ** (THRESHOLD_PRECISION_BITS - 1))
    return max(min(LEAK_SHIFT_MAX - leak.shift, enough), needed)


def _doublings(value: float, target: float) -> int:
    """Smallest n in 0..16 with value * 2^n >= target, 16 if there is none."""
    return next(
        (n for n in range(STATE_FRAC_BITS_MAX) if math.ldexp(value, n) >= target), STATE_FRAC_BITS_MAX
    )


def membrane_of(
    layer: str,
    semantics: NeuronSemantics,
    levels: Levels,
    scale: RealArray,
    bias: RealArray,
    offset: IntArray,
    frac_bits: int,
) -> Membrane:
    """The integers of a population whose u = scale[i] * (acc + offset[i]) + bias[i].

    UnsupportedError naming `layer` if one of them does not fit the widest type.
    """
    unit = threshold_unit(levels)
    gain = Fraction(semantics.reset_gain)
    units_per_one = [2**frac_bits / Fraction(d) for d in scale.tolist()]
    firing = [
        unit * max(1, round_half_even(Fraction(semantics.threshold) * units / unit))
        for units in units_per_one
    ]
    biases = [
        round_half_even(Fraction(b) * units) + (int(shift) << frac_bits)
        for b, units, shift in zip(bias.tolist(), units_per_one, offset, strict=True)
    ]
    reset = [round_half_even(gain * th / 2**levels.frac_bits) for th in firing]
    thresholds = stateful_thresholds(semantics, levels, firing)
    return Membrane(
        thresholds=_column(layer, "thresholds", [value for row in thresholds for value in row]).reshape(
            len(firing), -1
        ),
        bias=_column(layer, "the bias", biases),
        reset_step=_column(layer, "the reset", reset),
        leak=leak_of(semantics.beta),
        frac_bits=frac_bits,
        base=levels.base,
        values=levels.values,
    )


def _column(layer: str, what: str, values: list[int]) -> IntArray:
    checked_type(layer, what, min(values), max(values))
    return np.array(values, dtype=np.int64)


def membrane_types(
    layer: str, membrane: Membrane, acc_range: tuple[IntArray, IntArray], time_steps: int
) -> MembraneTypes:
    """Interval arithmetic over the time steps; the membrane starts at 0 and is cleared after the last one."""
    checked_type(layer, "the membrane", *(int(bound) << membrane.frac_bits for bound in _hull(*acc_range)))
    low = (acc_range[0] << membrane.frac_bits) + membrane.bias
    high = (acc_range[1] << membrane.frac_bits) + membrane.bias
    state = (np.zeros_like(low), np.zeros_like(high))
    states, potentials = [(0, 0)], [(0, 0)]
    for step in range(time_steps):
        potential = (state[0] + low, state[1] + high)
        rest = rest_range(membrane, *potential)
        potentials += [_hull(*potential), _hull(*rest)]
        _type_of(layer, potentials)
        state = (membrane.leak.apply(rest[0]), membrane.leak.apply(rest[1]))
        if step < time_steps - 1:
            states.append(_hull(*state))
    return MembraneTypes(_type_of(layer, states), _type_of(layer, potentials))


def rest_range(membrane: Membrane, low: IntArray, high: IntArray) -> tuple[IntArray, IntArray]:
    """Range of U - (base + count) * reset_step for U in low..high, per neuron: level by level."""
    edge = np.iinfo(np.int64)
    starts = np.pad(membrane.thresholds, ((0, 0), (1, 0)), constant_values=edge.min)
    ends = np.pad(membrane.thresholds, ((0, 0), (0, 1)), constant_values=edge.max) - 1
    first = np.maximum(starts, low[:, None])
    last = np.minimum(ends, high[:, None])
    spike = (np.array(membrane.values) + membrane.base) * membrane.reset_step[:, None]
    reached = first <= last
    rest_low = np.where(reached, first - spike, edge.max).min(axis=1)
    rest_high = np.where(reached, last - spike, edge.min).max(axis=1)
    return rest_low, rest_high


def _hull(low: IntArray, high: IntArray) -> tuple[int, int]:
    return int(low.min()), int(high.max())


def _type_of(layer: str, ranges: list[tuple[int, int]]) -> FixedType:
    return checked_type(layer, "the membrane", min(low for low, _ in ranges), max(high for _, high in ranges))
