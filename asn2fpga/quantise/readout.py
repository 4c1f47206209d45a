"""The integer read-out: one scale for all classes, so that scores can be compared."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.ir.arrays import RealArray
from asn2fpga.ir.layers import DenseReadout, Linear
from asn2fpga.ir.types import FixedType
from asn2fpga.quantise.population import synapses_of
from asn2fpga.quantise.ranges import checked_type
from asn2fpga.quantise.rationals import round_half_even
from asn2fpga.quantise.source import Producer
from asn2fpga.quantise.weights import QuantisedWeights

SCORE_BITS = 32


@dataclass(frozen=True)
class Readout:
    """The integer layer, the real value of one unit of score, and the real bias (C,) it stands for."""

    layer: DenseReadout
    score_scale: float
    bias: RealArray


def build_readout(linear: Linear, weights: QuantisedWeights, producer: Producer) -> Readout:
    """Integers for the last Linear layer. Its scores are sums over time steps.

    Behind a frame it takes one step, whatever the network's time steps are: all steps would give the same.
    """
    steps = 1 if producer.static else producer.time_steps
    synapses = synapses_of(linear, weights, producer)
    scale = float(synapses.scale[0])
    rounded = [round_half_even(steps * Fraction(b) / Fraction(scale)) for b in synapses.bias.tolist()]
    bias = [b + steps * int(offset) for b, offset in zip(rounded, synapses.offset, strict=True)]
    low, high = (bound * steps for bound in synapses.acc_range)
    _check_scores(linear.name, bias, low.tolist(), high.tolist())
    layer = DenseReadout(
        name=linear.name,
        inputs=(producer.name,),
        source=linear.source,
        weight=weights.weight,
        weight_bits=weights.bits,
        bias=np.array(bias, dtype=np.int64),
        input_count_type=producer.count_type,
        acc_type=checked_type(linear.name, "the accumulator", int(low.min()), int(high.max())),
        time_steps=steps,
    )
    return Readout(layer, scale, np.array([float(b * Fraction(scale) / steps) for b in rounded]))


def _check_scores(layer: str, bias: list[int], low: list[int], high: list[int]) -> None:
    lowest = min(min(b, b + bound) for b, bound in zip(bias, low, strict=True))
    highest = max(max(b, b + bound) for b, bound in zip(bias, high, strict=True))
    width = FixedType.for_range(min(lowest, -1), highest).width_bits
    if width > SCORE_BITS:
        raise UnsupportedError(
            f"{layer}: scores must fit {SCORE_BITS} bits, not {width}; "
            "use fewer time steps, fewer weight bits or a smaller bias."
        )
