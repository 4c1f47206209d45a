"""The real-valued reference in exact rational arithmetic, value by value: the judge where float64 rounds."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from asn2fpga.errors import MismatchError
from asn2fpga.graph.arrays import RealArray, as_integer, as_real
from asn2fpga.graph.layers import DenseReadout, Linear
from asn2fpga.graph.neuron import NeuronSemantics
from asn2fpga.graph.types import Array
from asn2fpga.quantise.alpha import effective_alpha
from asn2fpga.quantise.rationals import round_half_even, round_half_up

Place = tuple[str, int, int, int]  # layer, vector, time step, neuron


@dataclass(frozen=True)
class ExactLinear:
    """weight (N, M) and bias (N,) float64, taken as the rational numbers they are."""

    weight: RealArray
    bias: RealArray

    @classmethod
    def of(cls, linear: Linear) -> ExactLinear:
        """The numbers of a Linear layer."""
        return cls(as_real(linear.weight), as_real(linear.bias))

    def potential(self, values: RealArray, index: int) -> Fraction:
        """bias[index] + weight[index] . values (M,), exactly."""
        (used,) = np.nonzero(values)
        pairs = zip(self.weight[index, used].tolist(), values[used].tolist(), strict=True)
        return sum((Fraction(w) * Fraction(v) for w, v in pairs), Fraction(float(self.bias[index])))


def exact_level(semantics: NeuronSemantics, potential: Fraction) -> Fraction:
    """clip(round(U / threshold), alpha, alpha + D), exactly."""
    ratio = potential / Fraction(semantics.threshold)
    rounded = round_half_up(ratio) if semantics.round_mode == "half_up" else round_half_even(ratio)
    alpha = Fraction(effective_alpha(semantics))
    level: Fraction = min(max(Fraction(rounded), alpha), alpha + semantics.levels)
    return level


def score_unit(linear: ExactLinear, readout: DenseReadout, event_unit: float) -> Fraction:
    """The real value of one unit of score: a class's weight scale times event unit, unshifted.

    Read off a weight and its integer; off a bias if all weights are zero; 1 if all of them are.
    """
    shifted = as_integer(readout.weight) << as_integer(readout.shift)[:, None]
    for real, integer in _pairs(linear.weight, shifted):
        if integer:
            return Fraction(real) / integer * Fraction(event_unit)
    for real, integer in _pairs(linear.bias, readout.bias):
        if integer:
            return abs(Fraction(real) * readout.time_steps / integer)
    return Fraction(1)


def _pairs(real: RealArray, integer: Array) -> Iterable[tuple[float, int]]:
    return zip(real.ravel().tolist(), as_integer(integer).ravel().tolist(), strict=True)


def require_equal(place: Place, expected: Fraction | int, got: float) -> None:
    """MismatchError naming the place unless golden's value is the exact one."""
    if expected == Fraction(got):
        return
    layer, vector, step, neuron = place
    raise MismatchError(
        f"layer {layer}, vector {vector}, time step {step}, neuron {neuron}: "
        f"golden must be {_show(expected)}, as the real-valued reference, not {_show(Fraction(got))}."
    )


def _show(value: Fraction | int) -> str:
    return str(float(value)) if Fraction(value).denominator > 1 else str(int(value))
