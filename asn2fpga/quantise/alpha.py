"""The levels of a neuron whose alpha is snapped to an integer or to a binary fraction."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from asn2fpga.graph.neuron import NeuronSemantics
from asn2fpga.quantise.scheme import SnapMethod


@dataclass(frozen=True)
class Levels:
    """The outputs of a neuron in event units of 2^-frac_bits: S = (base + values[k]) / 2^frac_bits.

    Level k (1..K) is reached when round(U / threshold) >= lowest + k.
    """

    lowest: int
    base: int
    values: tuple[int, ...]
    frac_bits: int

    @property
    def alpha(self) -> float:
        """The snapped alpha."""
        return math.ldexp(self.base, -self.frac_bits)


def effective_alpha(semantics: NeuronSemantics) -> float:
    """The alpha of the trained forward pass: with integer_alpha the nearest integer (ties to even)."""
    return float(round(semantics.alpha)) if semantics.integer_alpha else float(semantics.alpha)


def needs_snapping(semantics: NeuronSemantics) -> bool:
    """Whether the trained alpha is not an integer."""
    return not effective_alpha(semantics).is_integer()


def snap_alpha(alpha: float, method: SnapMethod, frac_bits: int) -> float:
    """`alpha` as floor, nearest (ties to even) or ceil, or to `frac_bits` fractional bits (`exact`)."""
    if method == "exact":
        return math.ldexp(round(math.ldexp(alpha, frac_bits)), -frac_bits)
    integers: dict[str, int] = {"floor": math.floor(alpha), "nearest": round(alpha), "ceil": math.ceil(alpha)}
    return float(integers[method])


def with_alpha(semantics: NeuronSemantics, alpha: float) -> NeuronSemantics:
    """The neuron with `alpha` used as it is."""
    return replace(semantics, alpha=alpha, integer_alpha=alpha.is_integer())


def levels_of(semantics: NeuronSemantics, frac_bits: int) -> Levels:
    """Levels of a neuron whose effective alpha is a multiple of 2^-frac_bits.

    Integer alpha: 0, 1, .. D above alpha, in units of 1. Otherwise, with f = alpha - floor(alpha), the values
    0, 1-f, 2-f, .. D-f, D in units of 2^-frac_bits: clip(round(u), alpha, alpha + D) takes all of them.
    """
    alpha = effective_alpha(semantics)
    lowest = math.floor(alpha)
    if alpha.is_integer():
        return Levels(lowest, lowest, tuple(range(semantics.levels + 1)), 0)
    unit = 2**frac_bits
    base = round(alpha * unit)
    fraction = base - lowest * unit
    inner = tuple(k * unit - fraction for k in range(1, semantics.levels + 1))
    return Levels(lowest, base, (0, *inner, semantics.levels * unit), frac_bits)
