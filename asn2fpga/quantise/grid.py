"""Weights that are integers times one number for each neuron already, as training with quantised weights
leaves them: they are kept as they are.
"""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.quantise.weights import QuantisedWeights, largest_integer, round_scale, round_weights

TOLERANCE = 2.0**-20  # of the largest weight: what float32 leaves of an exact multiple
ROWS_AT_ONCE = 64


def on_a_grid(weight: RealArray, bits: int, smallest: float) -> QuantisedWeights | None:
    """Integers of as few bits as hold `weight` (N, M) exactly, but for the rounding of scales; None if there
    are none of at most so many bits. smallest: the least scale.
    """
    largest = np.abs(weight).max(axis=1, initial=0.0)
    most = _largest_integers(weight, largest, largest_integer(bits))
    if most is None:
        return None
    needed = next(b for b in range(2, bits + 1) if largest_integer(b) >= most.max())
    exact = largest / most
    if (exact[largest > 0] < smallest).any():
        return None
    scale = round_scale(np.maximum(exact, smallest))
    return QuantisedWeights(round_weights(weight, scale, needed), scale, needed, "as trained")


def _largest_integers(weight: RealArray, largest: RealArray, limit: int) -> RealArray | None:
    """(N,) the smallest integer that the largest weight of each neuron can be, all others being integers too;
    None if there is a neuron that has none up to `limit`.
    """
    found = np.ones(len(weight))
    for first in range(0, len(weight), ROWS_AT_ONCE):
        rows = slice(first, first + ROWS_AT_ONCE)
        pending = np.flatnonzero(largest[rows] > 0) + first
        for integer in range(1, limit + 1):
            multiples = weight[pending] * (integer / largest[pending])[:, None]
            exact = (np.abs(multiples - np.rint(multiples)) <= TOLERANCE * limit).all(axis=1)
            found[pending[exact]] = integer
            pending = pending[~exact]
            if not pending.size:
                break
        if pending.size:
            return None
    return found
