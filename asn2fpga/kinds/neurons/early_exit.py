"""Early exit: a read-out answers as soon as its best score is far enough above the second best one.

Scores s[t] of each time step t = 0..T-1, thresholds m[t] >= 0 of t = 0..T-2:

    margin[t] = largest of s[t] - second largest of s[t]
    exit      = the first t < T-1 with margin[t] >= m[t], else T-1

The answer is s[exit], then exit + 1, the number of time steps used. Integers alone decide, no cycle does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources, fabric, total
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.rule import differs
from asn2fpga.graph.types import Array
from asn2fpga.graph.words import SCORE_TYPE, UNIT_BITS
from asn2fpga.kinds.numbers import integers
from asn2fpga.kinds.roms import Rom, rom

if TYPE_CHECKING:
    from asn2fpga.kinds.neurons.contract import ReadoutNeurons

MARGIN_BITS = SCORE_TYPE.width_bits + 1
NEVER = 1 << SCORE_TYPE.width_bits
"""A threshold that no margin reaches."""
DECIDE = (425, 664)  # LUT, FF more than sending: Yosys' figures of 64-32-10, T = 8


def margins_of(scores: IntArray) -> IntArray:
    """(..) largest minus second largest of scores (.., C), C at least 2."""
    ordered = np.sort(scores, axis=-1)
    found: IntArray = ordered[..., -1] - ordered[..., -2]
    return found


def steps_used(margins: IntArray, thresholds: Array) -> IntArray:
    """(B,) 1..T for margins (B, T) and thresholds (T-1,)."""
    reached = np.ones(margins.shape, bool)
    reached[:, :-1] = margins[:, :-1] >= as_integer(thresholds)
    found: IntArray = reached.argmax(axis=1).astype(np.int64) + 1
    return found


def exited(scores: IntArray, thresholds: Array) -> IntArray:
    """(B, 1, C + 1) the scores of each one's last time step, and how many it used."""
    used = steps_used(margins_of(scores), thresholds)
    last = scores[np.arange(len(scores)), used - 1]
    return np.concatenate([last, used[:, None]], axis=1)[:, None]


def exit_complaint(neurons: ReadoutNeurons, classes: int, time_steps: int, word_bits: int) -> str:
    """What is wrong with the thresholds of a read-out that may exit early, if so."""
    if neurons.margins is None:
        return ""
    if not neurons.every_step:
        return "early exit needs scores of every time step"
    if classes < 2:
        return f"early exit compares two scores, so classes must be at least 2, not {classes}"
    complaint = integers("margins", neurons.margins, (time_steps - 1,))
    if complaint:
        return complaint
    low, high = int(as_integer(neurons.margins).min()), int(as_integer(neurons.margins).max())
    if low < 0 or high > NEVER:
        return f"margins must be in 0..{NEVER}, not {low}..{high}"
    return differs("word_bits of an early exit", word_bits, UNIT_BITS)


def exit_roms(name: str, margins: Array | None) -> tuple[Rom, ...]:
    """A threshold for each time step; that of the last one is 0, which every margin reaches."""
    if margins is None:
        return ()
    rows = np.append(as_integer(margins), 0).reshape(-1, 1)
    return (rom(f"{name}_margins", "what the margin must reach, by time step", rows, MARGIN_BITS),)


def exit_cost(margins: Array | None, classes: int) -> list[Resources]:
    """Of the comparisons, the thresholds and the scores that are kept until it is decided."""
    if margins is None:
        return []
    kept = Memory(classes, SCORE_TYPE.width_bits, rom=False)
    thresholds = Memory(len(margins) + 1, MARGIN_BITS, rom=True)
    return [total([fabric(DECIDE), memory_resources(kept), memory_resources(thresholds)])]
