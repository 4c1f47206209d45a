"""Delays of what a branch reads, as projections: where the values wait that are on their way.

Either events wait, in a line before ordinary synapses (kinds/delay_line.py), which serves all synapses of a
neuron with one delay; or sums wait, after synapses with a delay each (kinds/synapses/delayed.py), whose
weights then stand in one matrix however many delays there are. What needs fewer bits is taken
(docs/decisions/delays.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.ranges import hull, signed_type, weighted_range


@dataclass(frozen=True, eq=False)
class Read:
    """What weights (N, M) read of the elements of one edge, each element delays (M,) time steps late."""

    weight: IntArray
    delays: IntArray


@dataclass(frozen=True, eq=False)
class Layer:
    """Weights (N, M) of one projection. delays: (M,) of events that wait; (N, M) of sums that do."""

    weight: IntArray
    delays: IntArray

    @property
    def of_synapses(self) -> bool:
        """Whether each synapse has a delay of its own."""
        return self.delays.ndim == 2


def layers_of(reads: Sequence[Read], bits: int, edge: Edge) -> list[Layer]:
    """The projections that do what `reads` of one edge do together. bits: of a weight."""
    lines, rings = by_element(reads), by_synapse(reads)
    if edge.base or _bits_of_lines(lines, bits, edge) <= _bits_of_rings(rings, bits, edge):
        return lines
    return rings


def by_element(reads: Sequence[Read]) -> list[Layer]:
    """Each with one delay for every element: reads of different elements become one."""
    weight = np.stack([read.weight for read in reads])  # (K, N, M)
    delays = np.stack([read.delays for read in reads])  # (K, M)
    chosen = _turns(np.any(weight != 0, axis=1))
    return [
        Layer((weight * turn[:, None]).sum(axis=0), (delays * turn).sum(axis=0))
        for turn in (chosen == number for number in range(chosen.max() + 1))
    ]


def by_synapse(reads: Sequence[Read]) -> list[Layer]:
    """Each with one delay for every synapse; more than one where a synapse is read at several delays."""
    weight = np.stack([read.weight for read in reads])
    delays = np.stack([np.broadcast_to(read.delays, read.weight.shape) for read in reads])
    chosen = _turns(weight != 0)
    return [
        Layer((weight * turn).sum(axis=0), (delays * turn).sum(axis=0))
        for turn in (chosen == number for number in range(chosen.max() + 1))
    ]


def _turns(used: npt.NDArray[np.bool_]) -> IntArray:
    """(K, ..) of what is used the number among those before it at the same place; -1 where it is not used.

    One that nothing uses counts as used, so that there is a layer.
    """
    if not used.any():
        used = used.copy()
        used[0] = True
    turns: IntArray = np.where(used, np.cumsum(used, axis=0) - 1, -1)
    return turns


def _slots(delays: IntArray) -> int:
    return 1 << int(delays.max()).bit_length()


def _bits_of_lines(layers: Sequence[Layer], bits: int, edge: Edge) -> int:
    """Events that wait, of delays that are not all 0, and weights."""
    waiting = sum(
        _slots(layer.delays) * edge.size * edge.fixed.width_bits for layer in layers if layer.delays.any()
    )
    return waiting + sum(layer.weight.size * bits for layer in layers)


def _bits_of_rings(layers: Sequence[Layer], bits: int, edge: Edge) -> int:
    """Sums that wait, and weights beside their delays."""
    total = 0
    for layer in layers:
        slots = _slots(layer.delays)
        sums = signed_type(*hull(*weighted_range(layer.weight, edge.low, edge.high))).width_bits
        total += slots * len(layer.weight) * sums + layer.weight.size * (bits + slots.bit_length() - 1)
    return total
