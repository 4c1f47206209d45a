"""The integer read-out: scales of the classes are powers of two apart, so that scores can be compared."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray, RealArray, as_real
from asn2fpga.graph.layers import DenseReadout, Linear
from asn2fpga.graph.types import FixedType
from asn2fpga.quantise.population import synapses_of
from asn2fpga.quantise.ranges import checked_type
from asn2fpga.quantise.rationals import round_half_even
from asn2fpga.quantise.source import Producer
from asn2fpga.quantise.weights import QuantisedWeights, ScaleRule, quantise_weights, with_scale

SCORE_BITS = 32


@dataclass(frozen=True)
class Readout:
    """The integer layer, the real value of one unit of score, and the real bias (C,) it stands for."""

    layer: DenseReadout
    score_scale: float
    bias: RealArray


@dataclass(frozen=True)
class Scores:
    """What a read-out computes: score = bias + (sum << shift), in units of real value `unit`.

    rounded: the trained bias alone, in units. score_range: of every score and bias; acc_range: of every sum.
    """

    unit: Fraction
    shift: IntArray
    rounded: list[int]
    bias: list[int]
    score_range: tuple[int, int]
    acc_range: tuple[int, int]

    @property
    def width_bits(self) -> int:
        """Bits of a score, two's complement."""
        return FixedType.for_range(min(self.score_range[0], -1), self.score_range[1]).width_bits


def quantise_readout(
    linear: Linear, rule: ScaleRule, samples: RealArray | None, producer: Producer
) -> QuantisedWeights:
    """Integers for the last Linear layer; see docs/spec/numerics.md, "Weights".

    One scale for all classes, but half of it, a quarter, .. for a class whose own scale is not larger than
    that, as far as the scores then fit 32 bits.
    """
    weight = as_real(linear.weight)
    common = quantise_weights(weight, replace(rule, per_channel=False), samples)
    own = quantise_weights(weight, rule, samples)
    halvings = np.frexp(common.scale / own.scale)[1] - 1
    used = weight.any(axis=1)
    halvings[~used] = halvings[used].max(initial=0)
    for most in range(int(halvings.max()), 0, -1):
        scale = np.ldexp(common.scale, -np.clip(halvings, 0, most))
        finer = with_scale(weight, scale, rule)
        if _scores(linear, finer, producer).width_bits <= SCORE_BITS:
            return finer
    return common


def build_readout(linear: Linear, weights: QuantisedWeights, producer: Producer) -> Readout:
    """Integers for the last Linear layer. Its scores are sums over time steps.

    Behind a frame it takes one step, whatever the network's time steps are: all steps would give the same.
    """
    scores = _scores(linear, weights, producer)
    if scores.width_bits > SCORE_BITS:
        raise UnsupportedError(
            f"{linear.name}: scores must fit {SCORE_BITS} bits, not {scores.width_bits}; "
            "use fewer time steps, fewer weight bits or a smaller bias."
        )
    steps = _steps(producer)
    layer = DenseReadout(
        name=linear.name,
        inputs=(producer.name,),
        source=linear.source,
        weight=weights.weight,
        weight_bits=weights.bits,
        bias=np.array(scores.bias, dtype=np.int64),
        shift=scores.shift,
        input_count_type=producer.count_type,
        acc_type=checked_type(linear.name, "the accumulator", *scores.acc_range),
        time_steps=steps,
    )
    return Readout(layer, float(scores.unit), rounded_bias(linear, weights, producer))


def rounded_bias(linear: Linear, weights: QuantisedWeights, producer: Producer) -> RealArray:
    """The real bias (C,) that the integers of a read-out stand for; scores of any width."""
    scores = _scores(linear, weights, producer)
    return np.array([float(b * scores.unit / _steps(producer)) for b in scores.rounded])


def _steps(producer: Producer) -> int:
    return 1 if producer.static else producer.time_steps


def _scores(linear: Linear, weights: QuantisedWeights, producer: Producer) -> Scores:
    steps = _steps(producer)
    synapses = synapses_of(linear, weights, producer)
    unit = Fraction(float(synapses.scale.min()))
    shift = np.frexp(synapses.scale / synapses.scale.min())[1].astype(np.int64) - 1
    rounded = [round_half_even(steps * Fraction(b) / unit) for b in synapses.bias.tolist()]
    offsets = _shifted(steps * synapses.offset, shift)
    bias = [b + offset for b, offset in zip(rounded, offsets, strict=True)]
    low, high = (steps * bound for bound in synapses.acc_range)
    lowest = min(b + sums for b, sums in zip(bias, _shifted(low, shift), strict=True))
    highest = max(b + sums for b, sums in zip(bias, _shifted(high, shift), strict=True))
    return Scores(unit, shift, rounded, bias, (lowest, highest), (int(low.min()), int(high.max())))


def _shifted(values: IntArray, shift: IntArray) -> list[int]:
    """values << shift, however wide."""
    return [value << left for value, left in zip(values.tolist(), shift.tolist(), strict=True)]
