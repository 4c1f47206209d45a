"""What neurons keep of an input until the next time step: leak, reset and lower bound.

The membrane H is measured in units of the input: an input of `first` makes a neuron at rest fire, so H is
`first` minus what makes it fire now.
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.limits import MAX_REFRACTORY
from asn2fpga.kinds.neurons.semantics import Reset
from asn2fpga.loader.probed.box import Box
from asn2fpga.loader.probed.crossing import BIG, crossings
from asn2fpga.loader.probed.levels import FoundLevels
from asn2fpga.loader.probed.refusal import UnknownNeuronError
from asn2fpga.loader.probed.tidy import tidied, tidy

CLOSE = 1e-12
"""Relative distance within which measured numbers are the same."""
QUIET = (0.75, 0.375, -16.0)
FIRING = (1.25, 1.75)
TWICE = {"round": 3.5, ">=": 2.5, ">": 2.5}
"""Inputs, in units of `first`, after which a neuron has sent nothing, one spike, and two."""
FAR = 64
FAR_PER_LEVEL = 8
"""One after which it has sent all levels, by far."""


@dataclass(frozen=True, eq=False)
class FoundMembrane:
    """betas: (N,); the others are fields of the semantics. refractory: see `silent_steps`."""

    betas: RealArray
    reset: Reset
    leak_order: Literal["after_reset", "before_reset"]
    reset_gain: float
    floor: float | None
    doubles_threshold: bool = False
    refractory: int = 0


def find_membrane(box: Box, levels: FoundLevels) -> FoundMembrane:
    """Of neurons with at least two time steps. Raises UnknownNeuronError."""
    wait = silent_steps(box, levels)
    return dataclasses.replace(_membrane(box, levels, wait), refractory=wait)


def _membrane(box: Box, levels: FoundLevels, wait: int) -> FoundMembrane:
    first = levels.first
    _refuse_changing_threshold(box, first)
    counts = _counts(levels)
    ratios = (*QUIET, *counts)
    kept = dict(zip(ratios, _after(box, first, ratios, wait), strict=True))
    betas = _betas(first, kept)
    floor = None if levels.lowest < 0 else _floor(first, betas, kept[-16.0])
    reset = _reset_of(first, betas, kept)
    if reset != "soft":
        return FoundMembrane(
            betas, reset, "after_reset", 1.0, floor if floor is None else _unleaked(floor, betas)
        )
    if wait == 0 and _doubles_threshold(levels, betas, kept):
        return FoundMembrane(betas, "soft", "after_reset", 1.0, None, doubles_threshold=True)
    order, gain = _soft(levels, betas, kept, floor)
    if floor is not None and order == "after_reset":
        floor = _unleaked(floor, betas)
    return FoundMembrane(betas, "soft", order, gain, floor)


def _counts(levels: FoundLevels) -> dict[float, int]:
    """Inputs after which a neuron has fired, and how many levels it has sent then."""
    most = levels.levels + levels.lowest if levels.fires == "round" else levels.levels
    found = dict.fromkeys(FIRING, 1)
    if most > 1:
        found[TWICE[levels.fires]] = 2
    return found | {float(FAR + FAR_PER_LEVEL * most): most}


def _after(box: Box, first: RealArray, ratios: tuple[float, ...], wait: int) -> list[RealArray]:
    """H (N,) after one input of each ratio, and after a spike `wait` steps without one."""
    tiny = np.full(len(first), np.finfo(float).tiny)
    quiet = [(ratio * first)[None] for ratio in ratios if ratio < 1]
    firing = [np.pad((ratio * first)[None], [(0, wait), (0, 0)]) for ratio in ratios if ratio > 1]
    found = [*crossings(box, quiet, tiny), *crossings(box, firing, tiny)]
    for ratio, fires_from in zip(ratios, found, strict=True):
        if not np.isfinite(fires_from).all():
            what = "a spike" if ratio > 1 else f"an input of {ratio:g} times its threshold"
            how = "no input makes it fire" if (fires_from == np.inf).any() else "any input makes it fire"
            raise UnknownNeuronError(
                f"in the step after {what} {how}, as after a refractory period or a latch"
            )
    return [first - fires_from for fires_from in found]


def silent_steps(box: Box, levels: FoundLevels) -> int:
    """Time steps after a spike in which no input makes neurons fire; 0 where none ever does again."""
    rows, steps, size = box.shape
    for wait in range(min(steps - 1, MAX_REFRACTORY + 1)):
        drive = np.zeros((rows, wait + 2, size))
        drive[:, 0], drive[:, -1] = FIRING[0] * levels.first, BIG
        if not (box.run(drive)[:, -1] > 0).all():
            continue
        if wait and levels.fires == "round":
            raise UnknownNeuronError(
                f"it rounds, and is silent for {wait} step{'s' if wait > 1 else ''} after a spike; neurons "
                "that round do not wait"
            )
        return wait
    return 0


def _refuse_changing_threshold(box: Box, first: RealArray) -> None:
    tiny = np.full(len(first), np.finfo(float).tiny)
    for before in sorted({1, box.steps // 2, box.steps - 1}):
        (then,) = crossings(box, [np.zeros((before, len(first)))], tiny)
        differs = ~np.isclose(then, first, rtol=CLOSE, atol=0)
        if differs.any():
            raise UnknownNeuronError(
                f"without any input before, it fires from {first[differs][0]:g} on at step 0 and from "
                f"{then[differs][0]:g} on at step {before}; all steps have one threshold and one leak"
            )


def _betas(first: RealArray, kept: dict[float, RealArray]) -> RealArray:
    betas = kept[0.75] / (0.75 * first)
    half = kept[0.375] / (0.375 * first)
    if not np.allclose(betas, half, rtol=CLOSE, atol=CLOSE):
        raise UnknownNeuronError(
            f"its membrane keeps {betas[0]:g} of an input of {0.75 * first[0]:g} and {half[0]:g} of one of "
            f"{0.375 * first[0]:g}; a leak is one factor"
        )
    betas = np.where(np.abs(betas) < CLOSE, 0.0, tidied(betas, CLOSE))
    if not ((betas >= 0) & (betas <= 1)).all():
        raise UnknownNeuronError(
            f"its membrane grows by a factor of {betas[0]:g} per step; a leak is within 0..1, and neurons "
            "with a synaptic current are asn2fpga.nn.CubaLIF, Synaptic of snnTorch and CUBALIFNode of "
            "SpikingJelly"
        )
    return betas


def _floor(first: RealArray, betas: RealArray, kept: RealArray) -> float | None:
    """The lowest membrane; None without one."""
    if np.allclose(kept, -16.0 * first * betas, rtol=CLOSE, atol=CLOSE):
        return None
    floor = tidied(kept, 16 * CLOSE)
    if not (np.abs(kept - kept[0]) <= CLOSE * first).all():
        raise UnknownNeuronError("its membranes have lower bounds that differ between neurons")
    return 0.0 if abs(kept[0]) <= CLOSE * first[0] else float(floor[0])


def _unleaked(floor: float, betas: RealArray) -> float:
    """The bound before the leak of one that was seen after it."""
    if floor == 0:
        return 0.0
    if not (betas == betas[0]).all() or betas[0] == 0:
        raise UnknownNeuronError("its membranes have a lower bound that is not the same for all neurons")
    return tidy(floor / float(betas[0]), 16 * CLOSE)


def _reset_of(first: RealArray, betas: RealArray, kept: dict[float, RealArray]) -> Reset:
    after = np.stack([kept[ratio] for ratio in kept if ratio > 1])
    if (np.abs(after) <= CLOSE * first).all():
        return "hard"
    drives = np.stack([ratio * first for ratio in kept if ratio > 1])
    if np.allclose(after, betas * drives, rtol=CLOSE, atol=0):
        return "none"
    if (np.abs(after - after[:1]) <= CLOSE * first).all() and betas.any():
        raise UnknownNeuronError(
            f"after a spike its membrane is {after[0, 0]:g}, and it starts at 0; both must be the same"
        )
    return "soft"


def _doubles_threshold(levels: FoundLevels, betas: RealArray, kept: dict[float, RealArray]) -> bool:
    """Whether every spike takes the threshold before the leak, and it takes one threshold more to fire after
    one that left the membrane above it.
    """
    if levels.fires != ">" or (levels.lowest, levels.levels) != (0, 1):
        return False
    after = {ratio: (ratio - 1) * betas - (ratio > 2) for ratio in kept if ratio > 1}
    return all(
        np.allclose(kept[ratio] / levels.first, wanted, rtol=0, atol=CLOSE * ratio)
        for ratio, wanted in after.items()
    )


def _soft(
    levels: FoundLevels, betas: RealArray, kept: dict[float, RealArray], floor: float | None
) -> tuple[Literal["after_reset", "before_reset"], float]:
    """In which order leak and reset are simplest, and what a spike takes from the membrane then."""
    first, thresholds, counts = levels.first, levels.thresholds, _counts(levels)
    seen = [ratio for ratio in counts if floor is None or (kept[ratio] > floor + CLOSE * first).all()]
    taken = {ratio: (betas * ratio * first - kept[ratio]) / counts[ratio] for ratio in seen}
    if not taken:
        raise UnknownNeuronError("every spike takes its membrane down to the lower bound")
    one, *_ = seen
    for ratio, amount in taken.items():
        if not np.allclose(amount, taken[one], rtol=0, atol=CLOSE * ratio * float(first.max())):
            raise UnknownNeuronError(
                f"a spike after an input of {one * first[0]:g} takes {taken[one][0]:g} from its membrane, "
                f"and after {ratio * first[0]:g} takes {amount[0]:g}; a reset takes one amount, or all"
            )
    before = taken[one] / thresholds
    after = before / betas if betas.all() else before * np.nan
    found = {order: _one(gains) for order, gains in (("after_reset", after), ("before_reset", before))}
    known = {order: gain for order, gain in found.items() if gain is not None and gain > 0}
    if not known:
        raise UnknownNeuronError("its spikes take parts of the threshold that differ between neurons")
    best = min(known, key=lambda name: (known[name] != 1, len(repr(known[name]))))
    return ("after_reset" if best == "after_reset" else "before_reset"), known[best]


def _one(gains: RealArray) -> float | None:
    """The gain that all neurons have; None if they differ."""
    if not np.allclose(gains, gains[0], rtol=64 * CLOSE, atol=0):
        return None
    return tidy(float(gains[0]), 64 * CLOSE)
