"""Thresholds from exact rational arithmetic: ties, scale and bias all vanish into integers."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.kinds.neurons.levels import Levels
from asn2fpga.kinds.neurons.rationals import ceiling, first_above


def stateless_thresholds(
    levels: Levels,
    threshold: Sequence[Fraction],
    unit: Sequence[Fraction],
    bias: Sequence[Fraction],
    offset: IntArray,
    acc_range: tuple[int, int],
) -> IntArray:
    """(N, K) smallest integer acc at which the real-valued neuron reaches level k.

    The potential is u = unit[i] * (acc + offset[i]) + bias[i], exactly. Clamped into acc_min .. acc_max + 1:
    acc_min is always reached, acc_max + 1 never.
    """
    smallest = [ceiling if inclusive else first_above for inclusive in levels.inclusive]
    low, high = acc_range
    rows = np.empty((len(unit), len(levels.bounds)), dtype=np.int64)
    for i, (th, d, b) in enumerate(zip(threshold, unit, bias, strict=True)):
        for k, (bound, first) in enumerate(zip(levels.bounds, smallest, strict=True)):
            rows[i, k] = min(max(first((th * bound - b) / d) - int(offset[i]), low), high + 1)
    return rows


def half_thresholds(levels: Levels, threshold_units: Sequence[int]) -> list[list[int]]:
    """N x K smallest integer U that reaches level k, of neurons that round.

    `threshold_units`: th[i], the firing threshold in membrane units, even; bounds are multiples of th/2.
    """
    halves = [int(2 * bound) for bound in levels.bounds]
    return [
        [half * (th // 2) + (not inclusive) for half, inclusive in zip(halves, levels.inclusive, strict=True)]
        for th in threshold_units
    ]


def whole_thresholds(levels: Levels, threshold_units: Sequence[Fraction]) -> list[list[int]]:
    """N x K smallest integer U that reaches level k, of neurons that fire at multiples of their threshold.

    `threshold_units`: th[i] in membrane units, exactly: U >= k th is ceil, U > k th is floor + 1.
    """
    return [
        [
            (ceiling if inclusive else first_above)(th * bound)
            for bound, inclusive in zip(levels.bounds, levels.inclusive, strict=True)
        ]
        for th in threshold_units
    ]
