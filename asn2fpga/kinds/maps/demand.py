"""What windows find on a map: the events that a convolution takes, pixel by pixel."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import Array
from asn2fpga.kinds.maps.window import Window

BLOCK_ELEMENTS = 1 << 22  # counts that are looked at together


@dataclass(frozen=True)
class WindowKey:
    """A kind of window: its geometry, and the groups of channels that are walked through one by one.

    word_lanes: channels that are taken in one cycle, all of a word; 0: counts are taken one by one.
    nothing: the count that is not taken. every_tap: whether taps without a count take a cycle, too.
    """

    window: Window
    groups: int = 1
    word_lanes: int = 0
    nothing: int = 0
    every_tap: bool = False


@dataclass(frozen=True, eq=False)
class WindowDemand:
    """Of the windows of a convolution on a map, for B inferences.

    cycles: (B, rows, columns) one for each event of a window, or word that holds one, at least one a window,
    group of channels and time step, pixel by pixel; of a map that comes step by step the rows of all steps,
    one below the other. events, counts: (B,) events in all windows, and the sum
    of their counts. turns: (B, rows, columns, groups, steps) the cycles of each group and of each time step
    that a word holds, where a reader rests between them; else None.
    """

    cycles: IntArray
    events: IntArray
    counts: IntArray
    turns: IntArray | None = None


def window_demand(counts: Array, edge: Edge, key: WindowKey, by_turn: bool = False) -> WindowDemand:
    """counts: (B, T, N) that the map `edge` sends. by_turn: whether turns are kept; not of a map that comes
    step by step.
    """
    channels, height, width = edge.image
    rows = max(1, BLOCK_ELEMENTS // max(1, counts[0].size))
    maps = counts.reshape(*counts.shape[:2], height, width, channels)
    parts = [
        _window_demand(maps[first : first + rows], key, edge.by_step, by_turn)
        for first in range(0, len(maps), rows)
    ]
    cycles, events, sums = (
        np.concatenate(found) for found in zip(*(part[:3] for part in parts), strict=True)
    )
    turns = [part[3] for part in parts if part[3] is not None]
    return WindowDemand(cycles, events, sums, np.concatenate(turns) if turns else None)


def _window_demand(
    maps: Array, key: WindowKey, by_step: bool, by_turn: bool
) -> tuple[IntArray, IntArray, IntArray, IntArray | None]:
    """maps: (B, T, height, width, channels)."""
    inferences, steps = maps.shape[:2]
    factors = maps.reshape(-1, *maps.shape[2:]).astype(np.int64) - key.nothing
    taken = _taken(factors != 0, key)
    if key.every_tap:
        taken = np.maximum(taken, 1)
    found = np.maximum(_in_windows(taken, key.window, int(key.every_tap)), 1)
    by_time = found.reshape(inferences, steps, *found.shape[1:])
    added = taken if key.every_tap else np.count_nonzero(factors, axis=3)[..., None]
    events = _in_windows(added, key.window, int(key.every_tap))
    counts = _in_windows(np.abs(factors).sum(axis=3)[..., None], key.window)
    cycles = by_time.sum(axis=4)
    return (
        cycles.reshape(inferences, -1, cycles.shape[-1]) if by_step else cycles.sum(axis=1),
        _of_inferences(events, inferences),
        _of_inferences(counts, inferences),
        by_time.transpose(0, 2, 3, 4, 1).astype(np.int32) if by_turn else None,
    )


def _taken(fired: Array, key: WindowKey) -> IntArray:
    """(R, height, width, channels) -> (R, height, width, groups) cycles that a pixel takes in a window."""
    if not key.word_lanes:
        groups = fired.reshape(*fired.shape[:3], key.groups, -1)
        return np.asarray(groups.sum(axis=4), np.int64)
    missing = -fired.shape[3] % key.word_lanes
    padded = np.pad(fired, ((0, 0), (0, 0), (0, 0), (0, missing)))
    return np.asarray(padded.reshape(*fired.shape[:3], -1, key.word_lanes).any(axis=4), np.int64)


def _in_windows(pixels: Array, window: Window, beyond: int = 0) -> IntArray:
    """(R, height, width, groups) -> (R, rows, columns, groups) the sum of each window; `beyond` the map."""
    found: IntArray = window.columns(pixels.astype(np.int64), beyond).sum(axis=(3, 4))
    return found


def _of_inferences(values: IntArray, inferences: int) -> IntArray:
    found: IntArray = values.reshape(inferences, -1).sum(axis=1)
    return found
