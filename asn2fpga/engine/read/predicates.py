"""Predicates of the blocks and edges of one region: under which condition each runs (if-conversion).

A block that every path from its dominator reaches runs exactly when the dominator does: it gets the same
predicate, not the disjunction of all ways to it. Any other condition is one relative to the dominator, so
that what leads there is tested once, and a select tests only what tells its operands apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce

from asn2fpga.engine.ir.builder import Builder
from asn2fpga.engine.ir.process import NOTHING
from asn2fpga.engine.read.cfg import Cluster, ControlFlow


class Predicates:
    """Blocks must be asked for in topological order, their predecessors' branches told before."""

    def __init__(self, flow: ControlFlow, cluster: Cluster, builder: Builder) -> None:
        self._flow = flow
        self._builder = builder
        self._header = cluster.header
        self._inside = frozenset(cluster.blocks)
        self._dominator: dict[str, str] = {}
        self._branch: dict[tuple[str, str], int] = {}  # (from, to) -> condition of the terminator
        self._local: dict[str, int] = {}  # block -> condition, given that its dominator runs
        self._find_dominators(cluster.blocks[1:])

    def branch(self, source: str, target: str, condition: int) -> None:
        """The terminator of `source` goes to `target` (also) under a condition."""
        known = self._branch.get((source, target))
        self._branch[source, target] = condition if known is None else self._builder.either(known, condition)

    def block(self, name: str) -> int:
        """When a block runs."""
        return self._since(name, self._header)

    def edge(self, source: str, target: str) -> int:
        """When control goes from one block to another, which may lie outside of the region."""
        return self._builder.both(self.block(source), self._branch[source, target])

    def choice(self, sources: Sequence[str], target: str) -> list[int]:
        """Conditions that tell apart from which block control came, given that it came from one of them."""
        common = reduce(self._common_dominator, sources)
        return [self._builder.both(self._since(name, common), self._branch[name, target]) for name in sources]

    def _since(self, name: str, dominator: str) -> int:
        """When a block runs, given that a block above it in the dominator tree does."""
        chain = []
        while name != dominator:
            chain.append(name)
            name = self._dominator[name]
        return reduce(self._builder.both, map(self._condition, reversed(chain)), NOTHING)

    def _condition(self, name: str) -> int:
        if name not in self._local:
            self._local[name] = self._given_dominator(name, self._dominator[name])
        return self._local[name]

    def _given_dominator(self, name: str, dominator: str) -> int:
        if self._always_reaches(dominator, name):
            return NOTHING
        sources = [source for source in self._flow.predecessors[name] if source in self._inside]
        ways = (
            self._builder.both(self._since(source, dominator), self._branch[source, name])
            for source in sources
        )
        return reduce(self._builder.either, ways)

    def _always_reaches(self, start: str, goal: str) -> bool:
        """Whether no path from `start` leaves the iteration before `goal`."""
        seen, stack = {start}, [start]
        while stack:
            successors = self._flow.successors[stack.pop()]
            if not successors or any(name not in self._inside or name == self._header for name in successors):
                return False
            fresh = {name for name in successors if name != goal} - seen
            seen |= fresh
            stack += fresh
        return True

    def _find_dominators(self, names: Sequence[str]) -> None:
        """Fill in the closest dominator of each block; names in topological order, the header left off."""
        for name in names:
            sources = (source for source in self._flow.predecessors[name] if source in self._inside)
            self._dominator[name] = reduce(self._common_dominator, sources)

    def _common_dominator(self, first: str, second: str) -> str:
        """The lowest block that dominates two blocks, themselves included."""
        while first != second:
            if self._flow.index[first] > self._flow.index[second]:
                first = self._dominator[first]
            else:
                second = self._dominator[second]
        return first
