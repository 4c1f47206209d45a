"""The smallest last input that makes neurons fire after a given past, found by bisection of all float64."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.loader.probed.box import Box

BIG = 2.0**20
LOWEST = np.int64(-(2**63))


def crossings(box: Box, pasts: Sequence[RealArray], level: RealArray) -> list[RealArray]:
    """For each past (time, N), all of one length: the smallest last input (N,) that makes a neuron send at
    least `level` (N,) after it.

    Infinite where no input up to BIG does, and minus infinity where -BIG does already.
    """
    rows, found = box.shape[0], []
    for start in range(0, len(pasts), rows):
        part = list(pasts[start : start + rows])
        filled = np.stack(part + [part[-1]] * (rows - len(part)))
        found += list(_bisect(box, filled, level)[: len(part)])
    return found


def _bisect(box: Box, pasts: RealArray, level: RealArray) -> RealArray:
    """(row, N)"""
    low, high = np.full((len(pasts), pasts.shape[2]), -BIG), np.full((len(pasts), pasts.shape[2]), BIG)

    def fires(last: RealArray) -> np.ndarray[tuple[int, ...], np.dtype[np.bool_]]:
        return box.run(np.concatenate([pasts, last[:, None]], axis=1))[:, -1] >= level

    always, never = fires(low), ~fires(high)
    below, above = _ordered(low), _ordered(high)
    while bool((above > below + 1).any()):
        middle = (below >> 1) + (above >> 1) + (below & above & 1)
        reached = fires(_number(middle))
        below, above = np.where(reached, below, middle), np.where(reached, middle, above)
    found = _number(above)
    found[always], found[never] = -np.inf, np.inf
    return found


def _ordered(values: RealArray) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    """Integers in the order of the numbers, one for each float64."""
    bits = values.view(np.int64)
    return np.where(bits < 0, LOWEST - bits, bits)


def _number(ordered: np.ndarray[tuple[int, ...], np.dtype[np.int64]]) -> RealArray:
    return np.where(ordered < 0, LOWEST - ordered, ordered).view(np.float64)
