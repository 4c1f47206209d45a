"""Neurons whose input charges a current that decays, and the current the membrane: I = a I + X, U = b H + I.

Inputs that make nothing fire are kept as a + b of them after one step, and as a^2 + ab + b^2 after two, which
of a and b is whose only a spike tells: it resets the membrane and leaves the current as it is.
"""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.probed.box import Box
from asn2fpga.loader.probed.crossing import crossings
from asn2fpga.loader.probed.levels import FoundLevels
from asn2fpga.loader.probed.tidy import tidy

CLOSE = 1e-11
QUIET, FIRING, DOWN = 0.375, (1.25, 1.75), -4.0
"""Inputs in units of the threshold: one that stays below it, two that fire, and one that keeps them still."""


def with_current(box: Box, levels: FoundLevels, plain: NeuronSemantics) -> NeuronSemantics | None:
    """Binary neurons of one leak and one current, as `plain` but for membranes; None if it is not that."""
    if box.steps < 3 or levels.levels != 1 or levels.lowest != 0 or levels.fires == "round":
        return None
    found = _kept(box, levels.first)
    return None if found is None else _semantics(plain, *found)


def _kept(box: Box, first: RealArray) -> tuple[tuple[float, float], tuple[float, float], float] | None:
    """In units of the thresholds: what is kept of a quiet input, as a share of it, one step later and two;
    what is kept of the two firing ones; what is kept of the first of these and of one that keeps still.
    """
    tiny, none = np.full(len(first), np.finfo(float).tiny), np.zeros_like(first)
    one = [np.stack([size * first]) for size in (QUIET, *FIRING)]
    two = [np.stack([QUIET * first, none]), np.stack([FIRING[0] * first, DOWN * first])]
    at = np.stack([*crossings(box, one, tiny), *crossings(box, two, tiny)])
    kept = (first - at) / first
    if not np.isfinite(kept).all() or not np.allclose(kept, kept[:, :1], rtol=CLOSE, atol=CLOSE):
        return None
    quiet, low, high, later, fired = kept[:, 0].tolist()
    return (quiet / QUIET, later / QUIET), (low, high), fired


def _semantics(
    plain: NeuronSemantics, shares: tuple[float, float], fired: tuple[float, float], later: float
) -> NeuronSemantics | None:
    """The neurons that keep so much, if there are some."""
    total, second = shares
    slope = (fired[1] - fired[0]) / (FIRING[1] - FIRING[0])
    taken = slope * FIRING[0] - fired[0]  # what a spike takes of the next membrane
    if abs(taken) < CLOSE:
        current, leak = slope, total - slope
        made = dataclasses.replace(plain, reset="hard")
    elif abs(slope - total) < CLOSE:
        leak = (second * FIRING[0] + total * DOWN - later) / taken
        current = total - leak
        is_before = abs(taken - 1.0) < CLOSE and leak < 1.0 - CLOSE
        gain = 1.0 if is_before or leak < CLOSE else tidy(taken / leak, CLOSE)
        made = dataclasses.replace(
            plain, reset="soft", leak_order="before_reset" if is_before else "after_reset", reset_gain=gain
        )
    else:
        return None
    current, leak = (0.0 if abs(one) < CLOSE else tidy(one, CLOSE) for one in (current, leak))
    fits = abs(current**2 + current * leak + leak**2 - second) < CLOSE
    if not fits or not 0 < current <= 1 or not 0 <= leak <= 1:
        return None
    return dataclasses.replace(made, beta=leak, synaptic_beta=current)
