"""What membranes can reach: interval arithmetic over the time steps, exact at both ends, level by level."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.membrane import Membrane
from asn2fpga.kinds.ranges import checked_type, hull

Range = tuple[IntArray, IntArray]
"""(N,) smallest and largest value of each neuron."""


@dataclass(frozen=True)
class MembraneTypes:
    """Types that hold every reachable value: of H; of U, all on its way to H, and I if it is kept; of I."""

    state: FixedType
    potential: FixedType
    current: FixedType


@dataclass(frozen=True, eq=False)
class Firing:
    """How neurons fire: thresholds (N, K), and S of each level, K + 1 values."""

    thresholds: IntArray
    spikes: Sequence[int]


def membrane_types(
    layer: str, membrane: Membrane, firing: Firing, sums: Range, time_steps: int
) -> MembraneTypes:
    """Types for sums (of a time step) in these ranges. UnsupportedError naming `layer` if one is too wide."""
    checked_type(layer, "the membrane", *(int(bound) << membrane.state_frac_bits for bound in hull(*sums)))
    bias = as_integer(membrane.bias)
    drive = ((sums[0] << membrane.state_frac_bits) + bias, (sums[1] << membrane.state_frac_bits) + bias)
    current: Range = (np.zeros_like(bias), np.zeros_like(bias))
    state: Range = (membrane.start, membrane.start)
    seen = _Seen([hull(*state)], [(0, 0)], [(0, 0)])
    for step in range(time_steps):
        current = _charged(membrane, current, drive)
        held, (state, between) = state, _fired(membrane, firing, state, current)
        if membrane.refractory:
            state = _joined(state, held)
        kept = [] if membrane.synaptic is None else [hull(*current)]
        seen.potentials.append(_union([*between, *kept]))
        seen.currents.append(hull(*current))
        seen.types(layer)
        if step < time_steps - 1:
            seen.states.append(hull(*state))
    return seen.types(layer)


@dataclass(frozen=True)
class _Seen:
    states: list[tuple[int, int]]
    potentials: list[tuple[int, int]]
    currents: list[tuple[int, int]]

    def types(self, layer: str) -> MembraneTypes:
        return MembraneTypes(
            *(_type_of(layer, ranges) for ranges in (self.states, self.potentials, self.currents))
        )


def _charged(membrane: Membrane, current: Range, drive: Range) -> Range:
    if membrane.synaptic is None:
        return drive
    leak = membrane.synaptic.leak
    return leak.apply(current[0]) + drive[0], leak.apply(current[1]) + drive[1]


def rest_range(membrane: Membrane, firing: Firing, potential: Range) -> tuple[Range, list[tuple[int, int]]]:
    """Range of H for U in `potential`, and of all values between: within a level all of them grow with U."""
    edge = np.iinfo(np.int64)
    starts = np.pad(firing.thresholds, ((0, 0), (1, 0)), constant_values=edge.min)
    ends = np.pad(firing.thresholds, ((0, 0), (0, 1)), constant_values=edge.max) - 1
    low, high = np.full(len(starts), edge.max), np.full(len(starts), edge.min)
    between: list[tuple[int, int]] = []
    for level, spike in enumerate(firing.spikes):
        first, last = np.maximum(starts[:, level], potential[0]), np.minimum(ends[:, level], potential[1])
        reached = first <= last
        if not reached.any():
            continue
        first, last = np.where(reached, first, potential[0]), np.where(reached, last, potential[0])
        for bound in (first, last):
            rest = membrane.rest(bound, spike)
            low, high = (
                np.where(reached, np.minimum(low, rest), low),
                np.where(reached, np.maximum(high, rest), high),
            )
            between += [hull(value[reached], value[reached]) for value in membrane.after_reset(bound, spike)]
    return (low, high), between


def _joined(first: Range, second: Range) -> Range:
    return np.minimum(first[0], second[0]), np.maximum(first[1], second[1])


def _fired(
    membrane: Membrane, firing: Firing, state: Range, current: Range
) -> tuple[Range, list[tuple[int, int]]]:
    """Range of H after a time step in which neurons with H in `state` got I, and of all values between."""
    if not membrane.doubles_threshold:
        potential = (state[0] + current[0], state[1] + current[1])
        rest, between = rest_range(membrane, firing, potential)
        return rest, [hull(*potential), *between]
    below, above = _apart(membrane, firing, state)
    rest, between = _fired(dataclasses.replace(membrane, doubles_threshold=False), firing, below, current)
    reached = above[0] <= above[1]
    if not reached.any():
        return rest, between
    resets = as_integer(membrane.resets)
    potential = (above[0] + current[0] - resets, above[1] + current[1] - resets)
    lowered = Firing(firing.thresholds, [spike - 1 for spike in firing.spikes])
    after, more = rest_range(membrane, lowered, potential)
    return _joined(rest, after), [*between, hull(potential[0][reached], potential[1][reached]), *more]


def _apart(membrane: Membrane, firing: Firing, state: Range) -> tuple[Range, Range]:
    """Ranges of H that is a leak of V below the threshold, and of V that reached it: of neurons for which
    there is no such V the end is below the start.
    """
    threshold = firing.thresholds[:, 0]
    below = state[0], np.minimum(state[1], membrane.leaked(threshold - 1))
    return below, (np.maximum(state[0], membrane.leaked(threshold)), state[1])


def _union(ranges: list[tuple[int, int]]) -> tuple[int, int]:
    return min(low for low, _ in ranges), max(high for _, high in ranges)


def _type_of(layer: str, ranges: list[tuple[int, int]]) -> FixedType:
    return checked_type(layer, "the membrane", *_union(ranges))
