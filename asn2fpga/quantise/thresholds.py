"""Thresholds from exact rational arithmetic: ties, scale and bias all vanish into integers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.graph.neuron import NeuronSemantics
from asn2fpga.quantise.alpha import Levels
from asn2fpga.quantise.rationals import ceiling, first_above


def tie_reaches(target: int, round_mode: str) -> bool:
    """Whether round(target - 1/2) gives `target`: always if half up, for an even target if half to even."""
    return round_mode == "half_up" or target % 2 == 0


def stateless_thresholds(
    semantics: NeuronSemantics,
    levels: Levels,
    scale: RealArray,
    bias: RealArray,
    offset: IntArray,
    acc_range: tuple[int, int],
) -> IntArray:
    """(N, K) smallest integer acc at which the real-valued neuron reaches level k.

    The neuron's potential is u = scale[i] * (acc + offset[i]) + bias[i], exactly. Clamped into
    acc_min .. acc_max + 1: acc_min is always reached, acc_max + 1 never.
    """
    targets = [levels.lowest + k for k in range(1, len(levels.values))]
    threshold = Fraction(semantics.threshold)
    potentials = [threshold * Fraction(2 * target - 1, 2) for target in targets]
    smallest = [ceiling if tie_reaches(target, semantics.round_mode) else first_above for target in targets]
    low, high = acc_range
    rows = np.empty((len(scale), len(targets)), dtype=np.int64)
    for i, (d, b) in enumerate(zip(map(Fraction, scale.tolist()), map(Fraction, bias.tolist()), strict=True)):
        for k, (potential, first) in enumerate(zip(potentials, smallest, strict=True)):
            rows[i, k] = min(max(first((potential - b) / d) - int(offset[i]), low), high + 1)
    return rows


def stateful_thresholds(
    semantics: NeuronSemantics, levels: Levels, threshold_units: Sequence[int]
) -> list[list[int]]:
    """N x K smallest integer U that reaches level k: 2 U >= (2 (lowest + k) - 1) th[i], > if a tie does not.

    `threshold_units`: th[i], the firing threshold in membrane units, even.
    """
    targets = [levels.lowest + k for k in range(1, len(levels.values))]
    return [
        [(2 * n - 1) * (th // 2) + (not tie_reaches(n, semantics.round_mode)) for n in targets]
        for th in threshold_units
    ]
