"""The levels of a neuron: what an event of each stands for, and at which potential each is reached."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Literal

from asn2fpga.kinds.neurons.semantics import NeuronSemantics, effective_alpha

SnapMethod = Literal["floor", "nearest", "ceil", "exact"]


@dataclass(frozen=True)
class Levels:
    """The outputs of a neuron in event units of 2^-frac_bits: S = (base + values[k]) / 2^frac_bits, k = 0..K.

    Level k (1..K) is reached when U >= bounds[k-1] * threshold, or > if it is not inclusive[k-1].
    """

    base: int
    values: tuple[int, ...]
    frac_bits: int
    bounds: tuple[Fraction, ...]
    inclusive: tuple[bool, ...]
    sends_change: bool = False

    @property
    def sent(self) -> tuple[int, int]:
        """The smallest and the largest count of an event."""
        return sent_range(self.values, self.sends_change)

    @property
    def alpha(self) -> float:
        """The snapped alpha."""
        return math.ldexp(self.base, -self.frac_bits)


def sent_range(values: Sequence[int], sends_change: bool) -> tuple[int, int]:
    """The smallest and the largest count that neurons of these levels send, or change by."""
    span = values[-1] - values[0]
    return (-span, span) if sends_change else (values[0], values[-1])


def needs_snapping(semantics: NeuronSemantics) -> bool:
    """Whether the trained alpha is not an integer."""
    return not effective_alpha(semantics).is_integer()


def snap_alpha(alpha: float, method: SnapMethod, frac_bits: int) -> float:
    """`alpha` as floor, nearest (ties to even) or ceil, or to `frac_bits` fractional bits (`exact`)."""
    if method == "exact":
        return math.ldexp(round(math.ldexp(alpha, frac_bits)), -frac_bits)
    integers: dict[str, int] = {"floor": math.floor(alpha), "nearest": round(alpha), "ceil": math.ceil(alpha)}
    return float(integers[method])


def tie_reaches(target: int, round_mode: str) -> bool:
    """Whether round(target - 1/2) gives `target`: always if half up, for an even target if half to even."""
    return round_mode == "half_up" or target % 2 == 0


def levels_of(semantics: NeuronSemantics, frac_bits: int) -> Levels:
    """Levels of a neuron whose effective alpha is a multiple of 2^-frac_bits.

    Integer alpha: 0, 1, .. D above alpha, in units of 1. Otherwise, with f = alpha - floor(alpha), the values
    0, 1-f, 2-f, .. D-f, D in units of 2^-frac_bits: clip(round(u), alpha, alpha + D) takes all of them.
    Neurons that do not round: 0, 1, .. D, or -D .. D if signed, where a level's threshold is a multiple of
    one.
    """
    if semantics.fires != "round":
        return _multiples(semantics)
    alpha = effective_alpha(semantics)
    lowest = math.floor(alpha)
    if alpha.is_integer():
        return _rounding(semantics, lowest, lowest, tuple(range(semantics.levels + 1)), 0)
    unit = 2**frac_bits
    base = round(alpha * unit)
    fraction = base - lowest * unit
    inner = tuple(k * unit - fraction for k in range(1, semantics.levels + 1))
    return _rounding(semantics, lowest, base, (0, *inner, semantics.levels * unit), frac_bits)


def _rounding(
    semantics: NeuronSemantics, lowest: int, base: int, values: tuple[int, ...], frac_bits: int
) -> Levels:
    """Level k is reached when round(U / threshold) >= lowest + k."""
    targets = [lowest + k for k in range(1, len(values))]
    bounds = tuple(Fraction(2 * target - 1, 2) for target in targets)
    inclusive = tuple(tie_reaches(target, semantics.round_mode) for target in targets)
    return Levels(base, values, frac_bits, bounds, inclusive)


def _multiples(semantics: NeuronSemantics) -> Levels:
    """A spike at k times the threshold; signed neurons do the same below zero, so there ties are mirrored."""
    reached = semantics.fires == ">="
    up = range(1, semantics.levels + 1)
    down = range(-semantics.levels, 0) if semantics.signed else range(0)
    bounds = tuple(Fraction(k) for k in (*down, *up))
    inclusive = (*(not reached for _ in down), *(reached for _ in up))
    return Levels(0, (*down, 0, *up), 0, bounds, inclusive, semantics.sends_change)
