"""The real-valued reference in exact rational arithmetic, value by value: the judge where float64 rounds."""

from __future__ import annotations

from fractions import Fraction

import numpy as np

from asn2fpga.errors import MismatchError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.neurons.rationals import round_half_even, round_half_up
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, effective_alpha
from asn2fpga.kinds.trained import TrainedSynapse

Place = tuple[str, int, int, int]  # layer, vector, time step, neuron


def exact_sum(synapse: TrainedSynapse, values: RealArray, neuron: int) -> Fraction:
    """What a neuron gets from synapses that read `values` (of their input's shape), exactly.

    Weights, bias and values are taken as the rational numbers they are.
    """
    row = synapse.row_of(neuron, values.shape)
    read = values.reshape(-1)[row.elements]
    (used,) = np.nonzero(read)
    pairs = zip(row.weights[used].tolist(), read[used].tolist(), strict=True)
    return sum((Fraction(w) * Fraction(v) for w, v in pairs), row.bias)


def of_neuron(values: RealArray, shape: Shape, index: int) -> Fraction:
    """That of one neuron, of what all have or of numbers that stand for theirs (kinds/neurons/each.py)."""
    return Fraction(float(np.broadcast_to(values, shape).flat[index]))


def exact_level(semantics: NeuronSemantics, potential: Fraction, threshold: Fraction) -> Fraction:
    """The level that a neuron of that threshold fires with at this potential, exactly."""
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
