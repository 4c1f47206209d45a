"""What a trace asks of a node's hardware, and the cycles in which it is done: the words of the cycle model.

passes/predict_cycles.py walks the network; each node answers for itself. docs/spec/numerics.md, "Accounting".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.maps.demand import WindowDemand, WindowKey

Work = dict[str, int]
"""Resource -> cycles in which it works."""


@dataclass(frozen=True)
class Overheads:
    """Cycles besides the work.

    handover: from a word's arrival in a process to what follows from it. restart: of its loops, a time step.
    """

    handover: int
    restart: int


BARE = Overheads(0, 0)
PIPELINED = Overheads(handover=2, restart=3)
"""Fitted to designs of the embedded engine: benchmarks/predict_cycles.py prints the error."""


@dataclass(frozen=True)
class Operations:
    """Of one node in B inferences. accumulates: additions executed. synops: where spikes arrive, else None.

    dense_macs: multiply-accumulates of one inference if no input were zero. arriving: events.
    """

    arriving: int
    accumulates: int
    synops: int | None
    dense_macs: int

    def plus(self, other: Operations) -> Operations:
        """The operations of both, in more inferences."""
        synops = None if self.synops is None or other.synops is None else self.synops + other.synops
        accumulates = self.accumulates + other.accumulates
        return Operations(self.arriving + other.arriving, accumulates, synops, self.dense_macs)


@dataclass(frozen=True, eq=False)
class Demand:
    """Of one node that sends events, for B inferences of T ends of step (a frame: 1), each (B, T).

    events: non-zero counts; bursts: words that carry them. scan: cycles of the scanner of packed words, which
    takes the non-zero lanes of a burst in one cycle, and a cycle for a word without any; the end of step is
    not counted. drains: by cycles that a burst takes in a reader, the cycles from the first word scanned
    until that reader has the last one. windows: of maps, for each kind of window that reads them; pixels:
    of a map, those that readers need for all that they send, counted to the last one.
    """

    events: IntArray
    bursts: IntArray
    scan: IntArray
    drains: Mapping[int, IntArray]
    windows: Mapping[WindowKey, WindowDemand] = field(default_factory=dict)
    pixels: int = 0

    def within(self, steps: range) -> Demand:
        """That of some time steps alone, of events that are no map's."""
        part = slice(steps.start, steps.stop)
        drains = {passes: cycles[:, part] for passes, cycles in self.drains.items()}
        return Demand(self.events[:, part], self.bursts[:, part], self.scan[:, part], drains)

    @property
    def words(self) -> int:
        """Words sent in all inferences: bursts and ends of step."""
        return int(self.bursts.sum()) + self.bursts.size


@dataclass(frozen=True, eq=False)
class Flow:
    """A stream, (B, T) each: the earliest cycle of a time step's first word, and that of its last.

    Of a map, (B, P): of a pixel's first word and its last, in the order in which pixels travel.
    """

    first: IntArray
    last: IntArray

    @classmethod
    def in_turn(cls, ends: IntArray) -> Flow:
        """Words that follow each other without a gap from cycle 0 on: each time step begins as one ends."""
        return cls(np.concatenate([np.zeros_like(ends[:, :1]), ends[:, :-1]], axis=1), ends)

    def within(self, steps: range) -> Flow:
        """That of some time steps alone."""
        return Flow(self.first[:, steps.start : steps.stop], self.last[:, steps.start : steps.stop])

    def put(self, begin: int, steps: Flow) -> bool:
        """Put in the flow of time steps from `begin` on; whether that changed anything."""
        known = self.within(range(begin, begin + steps.first.shape[1]))
        if np.array_equal(known.first, steps.first) and np.array_equal(known.last, steps.last):
            return False
        known.first[:], known.last[:] = steps.first, steps.last
        return True

    def later(self, cycles: int) -> Flow:
        """The same, so many cycles later."""
        return Flow(self.first + cycles, self.last + cycles)


@dataclass(frozen=True, eq=False)
class Arrival:
    """One input of a node. demand: of the events that arrive; None for currents. flow: when they do.

    edge: what they are.
    """

    demand: Demand | None
    flow: Flow
    edge: Edge

    def within(self, steps: range) -> Arrival:
        """Of some time steps alone; a frame stays as it is."""
        if self.flow.first.shape[1] < steps.stop:
            return self
        demand = None if self.demand is None else self.demand.within(steps)
        return Arrival(demand, self.flow.within(steps), self.edge)


def at_least(cycles: IntArray, bound: int) -> IntArray:
    """`cycles`, where they are fewer than `bound`, `bound`."""
    larger: IntArray = np.maximum(cycles, bound)
    return larger


def words_of(cycles: IntArray) -> int:
    """Of all inferences (B, T), with an end of step each."""
    return int(cycles.sum()) + cycles.size
