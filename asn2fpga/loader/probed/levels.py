"""What neurons at rest send: the sizes of their spikes, and the inputs from which on they send them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.limits import MAX_LEVELS
from asn2fpga.kinds.neurons.semantics import Fires
from asn2fpga.kinds.real_rules import MIN_SCALE
from asn2fpga.loader.probed.box import Box
from asn2fpga.loader.probed.crossing import BIG, crossings
from asn2fpga.loader.probed.refusal import UnknownNeuronError
from asn2fpga.loader.probed.tidy import tidied

ULPS = 1e-15
"""Relative distance within which a measured threshold is the number that was written."""


@dataclass(frozen=True, eq=False)
class FoundLevels:
    """levels: D above the lowest one, `lowest`. amplitude: of one. thresholds: (N,) of the semantics.

    first: (N,) smallest input, from rest, that makes a neuron send more than it does at rest.
    """

    levels: int
    lowest: int
    amplitude: float
    fires: Fires
    round_mode: Literal["half_even", "half_up"]
    thresholds: RealArray
    first: RealArray


def find_levels(box: Box) -> FoundLevels:
    """Of neurons in their first time step. Raises UnknownNeuronError."""
    low, rest, high = (_at(box, value) for value in (-BIG, 0.0, BIG))
    if rest.any():
        raise UnknownNeuronError(
            f"it sends {rest[rest != 0][0]:g} without any input, and a neuron at rest sends 0"
        )
    if not (high > 0).all():
        raise UnknownNeuronError(
            "some of its neurons do not fire in the first step, however large the input; if an input is felt "
            "in the next step only, add it to the current, and the current to the membrane, before they fire"
        )
    (first,) = crossings(box, [np.zeros((0, box.shape[2]))], np.full(box.shape[2], np.finfo(float).tiny))
    sent = _sent(box, first)
    amplitude = float(sent[0])
    if not (sent == amplitude).all() or not (high == high[0]).all() or not (low == low[0]).all():
        raise UnknownNeuronError("its neurons send spikes of different sizes, and one layer has one size")
    levels, lowest = float(high[0]) / amplitude, float(low[0]) / amplitude
    if not (levels.is_integer() and lowest.is_integer() and levels - lowest <= MAX_LEVELS):
        raise UnknownNeuronError(
            f"it sends values from {low[0]:g} to {high[0]:g}, the smallest of them {amplitude:g}; spikes are "
            f"multiples of one size, of at most {MAX_LEVELS} levels"
        )
    return _spaced(box, first, amplitude, int(levels), int(lowest))


def _spaced(box: Box, first: RealArray, amplitude: float, levels: int, lowest: int) -> FoundLevels:
    if not (first > MIN_SCALE).all():
        raise UnknownNeuronError(
            "its threshold is 0, and must be positive: compare with 1, and add 1 to the biases of the layer "
            "before it"
        )
    size = box.shape[2]
    tidy_first = tidied(first, ULPS)
    includes_first = _sent(box, tidy_first) > 0
    second = 2.0 * first
    if levels > 1:
        (second,) = crossings(box, [np.zeros((0, size))], np.full(size, 1.5 * amplitude))
    ratio = second / first
    if np.allclose(ratio, 2.0, rtol=1e-9):
        if lowest not in (0, -levels):
            raise UnknownNeuronError(
                f"it sends {lowest} to {levels} spikes; signed neurons send as many of either sign"
            )
        if includes_first.any() and not includes_first.all():
            tidy_first = first  # not one of them was meant to be a tidy number
        fires: Fires = ">=" if includes_first.any() else ">"
        return FoundLevels(levels, lowest, amplitude, fires, "half_even", tidy_first, tidy_first)
    if not np.allclose(ratio, 3.0, rtol=1e-9):
        raise UnknownNeuronError(
            f"it sends 1 from an input of {first[0]:g} on and 2 from {second[0]:g} on; its levels are no "
            "multiples of a threshold and no rounded ones"
        )
    thresholds = tidied(2 * tidy_first, ULPS)
    includes_second = _all_or_none(_sent(box, 1.5 * thresholds) > 1.5 * amplitude)
    if not includes_second:
        raise UnknownNeuronError(
            f"it rounds {1.5 * thresholds[0]:g} down; rounding is half to even, or half up"
        )
    mode: Literal["half_even", "half_up"] = "half_up" if _all_or_none(includes_first) else "half_even"
    return FoundLevels(levels - lowest, lowest, amplitude, "round", mode, thresholds, thresholds / 2)


def _all_or_none(reached: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> bool:
    if reached.all() or not reached.any():
        return bool(reached.all())
    raise UnknownNeuronError("some of its neurons fire at their threshold and some only above it")


def _at(box: Box, value: float) -> RealArray:
    return _sent(box, np.full(box.shape[2], value))


def _sent(box: Box, drive: RealArray) -> RealArray:
    """(N,) in the first time step."""
    rows, _, size = box.shape
    found = box.run(np.broadcast_to(drive, (rows, 1, size)).copy())
    if not (found == found[:1]).all():
        raise UnknownNeuronError("it treats the samples of a batch differently")
    first: RealArray = found[0, 0]
    return first
