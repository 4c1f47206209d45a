"""The real-valued reference in exact rational arithmetic, value by value: the judge where float64 rounds."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from asn2fpga.errors import MismatchError
from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.kinds.neurons.rationals import round_half_even, round_half_up
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, effective_alpha
from asn2fpga.kinds.trained import TrainedSynapse

Place = tuple[str, int, int, int]  # layer, vector, time step, neuron


@dataclass(frozen=True, eq=False)
class ExactSynapses:
    """weight (N, columns) and bias (N,) float64, taken as the rational numbers they are.

    one_to_one: neuron i reads input i alone.
    """

    weight: RealArray
    bias: RealArray
    one_to_one: bool

    @classmethod
    def of(cls, synapse: TrainedSynapse) -> ExactSynapses:
        """The numbers of trained synapses."""
        return cls(synapse.rows, as_real(synapse.bias), synapse.row_inputs(np.zeros((1, 1))) is None)

    def potential(self, values: RealArray, index: int) -> Fraction:
        """bias[index] + weight[index] . values, exactly."""
        if self.one_to_one:
            return Fraction(float(self.weight[index, 0])) * Fraction(float(values[index])) + self._bias(index)
        (used,) = np.nonzero(values)
        pairs = zip(self.weight[index, used].tolist(), values[used].tolist(), strict=True)
        return sum((Fraction(w) * Fraction(v) for w, v in pairs), self._bias(index))

    def _bias(self, index: int) -> Fraction:
        return Fraction(float(self.bias[index]))


def exact_level(semantics: NeuronSemantics, potential: Fraction, index: int) -> Fraction:
    """The level that neuron `index` fires with at this potential, exactly."""
    threshold = Fraction(float(np.broadcast_to(semantics.all_thresholds, (index + 1,))[index]))
    ratio = potential / threshold
    if semantics.fires != "round":
        return Fraction(_multiple(semantics, ratio))
    rounded = round_half_up(ratio) if semantics.round_mode == "half_up" else round_half_even(ratio)
    alpha = Fraction(effective_alpha(semantics))
    level: Fraction = min(max(Fraction(rounded), alpha), alpha + semantics.levels)
    return level


def _multiple(semantics: NeuronSemantics, ratio: Fraction) -> int:
    """The largest multiple of the threshold that is reached, of either sign if `signed`."""

    def up(value: Fraction) -> int:
        whole = value.__floor__() if semantics.fires == ">=" else value.__ceil__() - 1
        return min(max(whole, 0), semantics.levels)

    return up(ratio) - up(-ratio) if semantics.signed else up(ratio)


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
