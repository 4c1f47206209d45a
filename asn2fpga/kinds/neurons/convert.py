"""From trained neurons to integers: docs/spec/numerics.md, "Neurons without a membrane" and "with a
membrane".
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.levels import Levels, levels_of
from asn2fpga.kinds.neurons.membrane import Leak, Membrane, Synaptic
from asn2fpga.kinds.neurons.rationals import ceiling, round_half_even
from asn2fpga.kinds.neurons.reach import Firing, MembraneTypes, membrane_types
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.neurons.thresholds import half_thresholds, stateless_thresholds, whole_thresholds
from asn2fpga.kinds.ranges import checked_type, hull, signed_type

LEAK_SHIFT_MAX = 8
FINE_LEAK_SHIFT_MAX = 16  # of neurons that are compared with another framework's, spike by spike
STATE_FRAC_BITS_MAX = 16
THRESHOLD_PRECISION_BITS = 8  # a threshold's rounding error is at most 2^-8 of it
THRESHOLD_UNITS_BITS = 14  # more units than 2^14 a threshold cost width and bring nothing


@dataclass(frozen=True, eq=False)
class Drive:
    """The exact real value behind the sums of N neurons: x[i] = scale[i] * (acc[i] + offset[i]) + bias[i].

    sums: (N,) smallest and largest acc of a time step; acc_type holds them.
    """

    layer: str
    scale: RealArray
    offset: IntArray
    bias: RealArray
    sums: tuple[IntArray, IntArray]
    acc_type: FixedType


def graded(
    semantics: NeuronSemantics,
    drive: Drive,
    time_steps: int,
    alpha_frac_bits: int,
    state_frac_bits: int | None,
) -> Graded:
    """The integer neurons. They keep no membrane if there is one time step or nothing is remembered.

    state_frac_bits: F, None to derive it.
    """
    levels = levels_of(semantics, alpha_frac_bits)
    if not semantics.keeps_a_membrane(time_steps):
        return _stateless(semantics, levels, drive)
    if semantics.sends_change and drive.bias.any():
        raise UnsupportedError(
            f"{drive.layer}: the layer before neurons that send changes must have no bias, which they would "
            "add up again in every time step; use bias=False."
        )
    return _stateful(semantics, levels, drive, time_steps, state_frac_bits)


def _stateless(semantics: NeuronSemantics, levels: Levels, drive: Drive) -> Graded:
    gains, rest = _gains(semantics, len(drive.scale)), Fraction(semantics.rest)
    thresholds = stateless_thresholds(
        levels,
        _per_neuron(semantics.all_thresholds, len(drive.scale)),
        [gain * Fraction(d) for gain, d in zip(gains, drive.scale.tolist(), strict=True)],
        [gain * Fraction(b) + rest for gain, b in zip(gains, drive.bias.tolist(), strict=True)],
        drive.offset,
        hull(*drive.sums),
    )
    return Graded(
        thresholds=thresholds,
        level_values=levels.values,
        count_type=FixedType.for_range(levels.values[0], levels.values[-1]),
        threshold_type=signed_type(int(thresholds.min()), int(thresholds.max())),
        potential_type=drive.acc_type,
        base=levels.base,
        frac_bits=levels.frac_bits,
    )


def _gains(semantics: NeuronSemantics, neurons: int) -> list[Fraction]:
    if semantics.decay_input and semantics.tau is not None:
        return [1 / Fraction(semantics.tau)] * neurons
    return _per_neuron(semantics.input_gain, neurons)


def _per_neuron(values: RealArray, neurons: int) -> list[Fraction]:
    return [Fraction(value) for value in np.broadcast_to(values, (neurons,)).tolist()]


def _stateful(
    semantics: NeuronSemantics, levels: Levels, drive: Drive, time_steps: int, asked: int | None
) -> Graded:
    leak, leaks = leaks_of(semantics)
    frac_bits = asked
    if frac_bits is None:
        largest = float((drive.scale * semantics.input_gain).max())
        threshold = float(semantics.all_thresholds.min())
        frac_bits = state_frac_bits(threshold, largest, leak, threshold_unit(levels))
    membrane, thresholds = membrane_of(semantics, levels, drive, (leak, leaks), frac_bits)
    firing = Firing(thresholds, [value + levels.base for value in levels.values])
    types = membrane_types(drive.layer, membrane, firing, drive.sums, time_steps)
    return Graded(
        thresholds=thresholds,
        level_values=levels.values,
        count_type=FixedType.for_range(*levels.sent),
        threshold_type=signed_type(int(thresholds.min()), int(thresholds.max())),
        potential_type=types.potential,
        base=levels.base,
        frac_bits=levels.frac_bits,
        membrane=_typed(membrane, types),
    )


def _typed(membrane: Membrane, types: MembraneTypes) -> Membrane:
    synaptic = membrane.synaptic
    if synaptic is not None:
        synaptic = dataclasses.replace(synaptic, type=types.current)
    return dataclasses.replace(membrane, state_type=types.state, synaptic=synaptic)


def leak_of(beta: float, most: int = LEAK_SHIFT_MAX) -> Leak:
    """The smallest shift m <= `most` at which beta * 2^m is an integer, else rne(beta * 2^most) at that
    shift.
    """
    for shift in range(most + 1):
        if math.ldexp(beta, shift).is_integer():
            return Leak(int(math.ldexp(beta, shift)), shift)
    return Leak(round(math.ldexp(beta, most)), most)


def leaks_of(semantics: NeuronSemantics) -> tuple[Leak, IntArray | None]:
    """The leak of all neurons; with one for each, their multipliers at the shift that the finest of them
    needs.
    """
    most = LEAK_SHIFT_MAX if semantics.fires == "round" else FINE_LEAK_SHIFT_MAX
    if semantics.betas is None:
        return leak_of(semantics.beta, most), None
    shift = max(leak_of(beta, most).shift for beta in semantics.all_betas.tolist())
    multipliers = np.array(
        [round(math.ldexp(beta, shift)) for beta in semantics.all_betas.tolist()], np.int64
    )
    return Leak(int(multipliers.max()), shift), multipliers


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
    semantics: NeuronSemantics,
    levels: Levels,
    drive: Drive,
    leaks: tuple[Leak, IntArray | None],
    frac_bits: int,
) -> tuple[Membrane, IntArray]:
    """The membrane's integers, and the thresholds (N, K). Its types are not decided yet.

    UnsupportedError naming the layer if a number does not fit the widest type.
    """
    units = [  # of the membrane in a real 1
        2**frac_bits / (gain * Fraction(d))
        for gain, d in zip(_gains(semantics, len(drive.scale)), drive.scale.tolist(), strict=True)
    ]
    inputs = [2**frac_bits / Fraction(d) for d in drive.scale.tolist()]  # of the input in a real 1
    thresholds, steps = _firing(semantics, levels, units)
    biases = [
        round_half_even(Fraction(b) * unit) + (int(shift) << frac_bits)
        for b, unit, shift in zip(drive.bias.tolist(), inputs, drive.offset, strict=True)
    ]
    membrane = Membrane(
        state_frac_bits=frac_bits,
        bias=_column(drive.layer, "the bias", biases),
        leak=leaks[0],
        leaks=leaks[1],
        leak_order=semantics.leak_order,
        reset=semantics.reset,
        resets=_column(drive.layer, "the reset", _resets(semantics, units, steps)),
        floors=_floors(semantics, drive.layer, units),
        synaptic=_synaptic(semantics),
        refractory=semantics.refractory,
        sends_change=semantics.sends_change,
        doubles_threshold=semantics.doubles_threshold,
        state_type=FixedType(2, True),
    )
    rows = _column(drive.layer, "thresholds", [value for row in thresholds for value in row])
    return membrane, rows.reshape(len(units), -1)


def _firing(
    semantics: NeuronSemantics, levels: Levels, units: Sequence[Fraction]
) -> tuple[list[list[int]], list[int]]:
    """Thresholds (N x K), and what one event unit of spike takes from the membrane (N)."""
    reals = _per_neuron(semantics.all_thresholds, len(units))
    gain = Fraction(semantics.reset_gain)
    if semantics.fires != "round":
        exact = [th * unit for th, unit in zip(reals, units, strict=True)]
        return whole_thresholds(levels, exact), [max(1, round_half_even(gain * th)) for th in exact]
    unit = threshold_unit(levels)
    firing = [
        unit * max(1, round_half_even(th * units_per_one / unit))
        for th, units_per_one in zip(reals, units, strict=True)
    ]
    return half_thresholds(levels, firing), [
        round_half_even(gain * th / 2**levels.frac_bits) for th in firing
    ]


def _resets(semantics: NeuronSemantics, units: Sequence[Fraction], steps: list[int]) -> list[int]:
    if semantics.reset == "soft":
        return steps
    if semantics.reset == "none":
        return [0] * len(steps)
    return [round_half_even(Fraction(semantics.v_reset) * unit) for unit in units]


def _floors(semantics: NeuronSemantics, layer: str, units: Sequence[Fraction]) -> IntArray | None:
    if semantics.floor is None:
        return None
    return _column(layer, "the lower bound", [ceiling(Fraction(semantics.floor) * unit) for unit in units])


def _synaptic(semantics: NeuronSemantics) -> Synaptic | None:
    if semantics.synaptic_beta is None:
        return None
    return Synaptic(leak=leak_of(semantics.synaptic_beta, FINE_LEAK_SHIFT_MAX), type=FixedType(2, True))


def _column(layer: str, what: str, values: list[int]) -> IntArray:
    checked_type(layer, what, min(values), max(values))
    return np.array(values, dtype=np.int64)
