"""Neurons that read and send fixed-point values, as the integers that golden computes with."""

from __future__ import annotations

import math
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.neurons.convert import Drive, graded
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.levels import levels_of
from asn2fpga.kinds.neurons.semantics import NeuronSemantics

ALPHA_FRAC_BITS = 4
MOST_FRAC_BITS = 16


@dataclass(frozen=True)
class Fixed:
    """Values that are integers of `bits` bits times 2^-frac_bits."""

    bits: int
    frac_bits: int
    is_signed: bool

    @property
    def type(self) -> FixedType:
        """Of the integers."""
        return FixedType(self.bits, self.is_signed)

    def integers(self, values: Array) -> IntArray:
        """Of values that are multiples of the unit, within the range. AssertionError for others."""
        found = np.asarray(values, np.float64) * 2.0**self.frac_bits
        assert (
            np.array_equal(found, np.rint(found))
            and self.type.min <= found.min() <= found.max() <= self.type.max
        )
        return found.astype(np.int64)


def neurons_for(
    layer: str, semantics: NeuronSemantics, read: Fixed, time_steps: int, state_frac_bits: int | None = None
) -> Graded:
    """One integer neuron that reads such values; all of a layer are like it.

    UnsupportedError naming the layer.
    """
    integers = read.type
    drive = Drive(
        layer=layer,
        scale=np.array([math.ldexp(1.0, -read.frac_bits)]),
        offset=np.zeros(1, np.int64),
        bias=np.zeros(1),
        sums=(np.array([integers.min]), np.array([integers.max])),
        acc_type=integers,
    )
    return graded(semantics, drive, time_steps, ALPHA_FRAC_BITS, state_frac_bits)


def sent_type(layer: str, semantics: NeuronSemantics) -> tuple[Fixed, int]:
    """What such neurons send, without rounding, and how many of its units one event unit is.

    UnsupportedError naming the layer for a spike that no fixed-point number says, like 1/3.
    """
    levels = levels_of(semantics, ALPHA_FRAC_BITS)
    step = Fraction(semantics.output_scale) / 2**levels.frac_bits
    frac_bits = next((bits for bits in range(MOST_FRAC_BITS + 1) if (step * 2**bits).denominator == 1), None)
    if frac_bits is None:
        raise UnsupportedError(
            f"{layer}: what a spike is worth must be a multiple of 2^-{MOST_FRAC_BITS}, not "
            f"{semantics.output_scale:g}; give NASN a norm that is a power of two, or use ASN."
        )
    units = int(step * 2**frac_bits)
    sent = [(levels.base + value) * units for value in levels.sent]
    integers = FixedType.for_range(min(sent), max(sent))
    return Fixed(integers.width_bits, frac_bits, integers.signed), units


def golden(
    layer: str,
    semantics: NeuronSemantics,
    read: Fixed,
    values: Array,
    state_frac_bits: int | None = None,
) -> RealArray:
    """What the golden neurons send for values (B, T, N) of that type, as real numbers (B, T, N) float64."""
    neuron = neurons_for(layer, semantics, read, values.shape[1], state_frac_bits)
    sent, units = sent_type(layer, semantics)
    batch, steps, size = values.shape
    rows = read.integers(values).transpose(0, 2, 1).reshape(batch * size, steps, 1)
    counts = neuron.run(rows, steps).astype(np.int64)
    spikes = (counts.reshape(batch, size, steps).transpose(0, 2, 1) + neuron.base) * units
    found: RealArray = spikes.astype(np.float64) * 2.0**-sent.frac_bits
    return found
