"""Make one access of two that never happen in the same iteration: one stream or memory port serves both.

`if (a) s.write(x); else s.write(y);` becomes `s.write(a ? x : y)`. Nothing else changes its order: of all
accesses between the two, none may happen together with the one that moves.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import replace

from asn2fpga.engine.analysis.exclusive import Predicates
from asn2fpga.engine.ir.operations import EFFECTS, MEMORY_ACCESSES, STREAM_ACCESSES
from asn2fpga.engine.ir.process import Exit, Op, Process, Region, uses_of


def merge_accesses(process: Process) -> Process:
    """The process with as few accesses as its predicates prove enough."""
    merger = _Merger(process)
    regions = [merger.merge_region(region) for region in process.regions]
    return process.with_regions([merger.renamed(region) for region in regions], merger.renamed_ops())


class _Merger:
    def __init__(self, process: Process) -> None:
        self.ops = dict(process.ops)
        self.fresh = max(self.ops, default=-1) + 1
        self.predicates = Predicates(self.ops)
        self.registers = {memory.name for memory in process.memories if memory.depth == 1}
        self.new: dict[int, int] = {}  # a read that was merged into another -> that read

    def merge_region(self, region: Region) -> Region:
        """Merge until nothing is left to merge."""
        order = list(region.ops)
        while (merged := self._merge_one(order)) is not None:
            order = merged
        return replace(region, ops=tuple(order))

    def _merge_one(self, order: list[int]) -> list[int] | None:
        for first, second in self._pairs(order):
            if not self.predicates.exclusive(first.predicate, second.predicate):
                continue
            for at_second in (True, False):
                ops = self._merged(first, second)
                if self._may_move(order, first, second, at_second):
                    place = second.id if at_second else first.id
                    merged = self._sorted(order, ops, first, second, place)
                    if merged is not None:
                        return merged
        return None

    def _pairs(self, order: list[int]) -> Iterator[tuple[Op, Op]]:
        """Accesses of one kind and target, nearest first."""
        groups: dict[tuple[str, str], list[Op]] = {}
        for number in order:
            op = self.ops[number]
            if op.kind in EFFECTS and op.target not in self.registers:
                groups.setdefault((op.kind, op.target), []).append(op)
        for ops in groups.values():
            for apart in range(1, len(ops)):
                yield from zip(ops, ops[apart:], strict=False)

    def _may_move(self, order: list[int], first: Op, second: Op, at_second: bool) -> bool:
        """Whether the access that moves never meets one that it would change places with."""
        mover = first if at_second else second
        place = order.index(first.id)
        between = order[place + 1 : order.index(second.id, place)]
        return all(
            self.predicates.exclusive(mover.predicate, self.ops[number].predicate)
            for number in between
            if self._ordered(mover, self.ops[number])
        )

    def _ordered(self, mover: Op, other: Op) -> bool:
        if mover.kind == "store":
            return other.kind in MEMORY_ACCESSES and other.target == mover.target
        return other.kind in STREAM_ACCESSES

    def _merged(self, first: Op, second: Op) -> list[Op]:
        """New operations: the predicate, the choices of the arguments, the access itself (last)."""
        number = self.fresh
        made = [Op(number, "or", 1, (first.predicate, second.predicate), location=second.location)]
        args = []
        for mine, other in zip(first.args, second.args, strict=True):
            if mine != other:
                chosen = (first.predicate, mine, other)
                width = self.ops[mine].width
                made.append(Op(number + len(made), "select", width, chosen, location=second.location))
                mine = made[-1].id
            args.append(mine)
        access = replace(first, args=tuple(args), predicate=number)
        return [*made, access]

    def _sorted(
        self, order: list[int], made: list[Op], first: Op, second: Op, place: int
    ) -> list[int] | None:
        """The new order with the merged access at `place`, or None if its values then come too late."""
        known = {**self.ops, **{op.id: op for op in made}}
        new = {**self.new, second.id: first.id}
        listed = [number for number in order if number not in (first.id, second.id)]
        listed.insert(listed_index(order, place, first.id, second.id), first.id)
        listed += [op.id for op in made[:-1]]
        result = _topological(listed, known, new)
        if result is not None:
            self.ops.update({op.id: op for op in made})
            self.fresh += len(made) - 1
            self.new[second.id] = first.id
        return result

    # ---- names of merged reads -------------------------------------------------------------------------

    def _name(self, value: int) -> int:
        while value in self.new:
            value = self.new[value]
        return value

    def renamed_ops(self) -> dict[int, Op]:
        """All operations, with merged reads under their new name."""
        return {
            number: replace(op, args=tuple(map(self._name, op.args)), predicate=self._name(op.predicate))
            for number, op in self.ops.items()
            if number not in self.new
        }

    def renamed(self, region: Region) -> Region:
        """A region with merged reads under their new name."""
        exits = tuple(
            Exit(
                self._name(exit_.condition),
                exit_.target,
                {phi: self._name(value) for phi, value in exit_.moves.items()},
            )
            for exit_ in region.exits
        )
        back = {phi: self._name(value) for phi, value in region.back.items()}
        return replace(region, exits=exits, back=back)


def listed_index(order: list[int], place: int, first: int, second: int) -> int:
    """Where in `order` without the two accesses the one at `place` belongs."""
    return sum(number not in (first, second) for number in order[: order.index(place)])


def _topological(listed: list[int], ops: dict[int, Op], new: dict[int, int]) -> list[int] | None:
    """`listed` with values before their uses, accesses in their order; None if there is no such order."""
    position = {number: index for index, number in enumerate(listed)}
    waits: dict[int, int] = dict.fromkeys(listed, 0)
    users: dict[int, list[int]] = {number: [] for number in listed}
    for before, after in _edges(listed, ops, new):
        if before in position:
            users[before].append(after)
            waits[after] += 1
    ready = [position[number] for number in listed if not waits[number]]
    heapq.heapify(ready)
    result = []
    while ready:
        number = listed[heapq.heappop(ready)]
        result.append(number)
        for user in users[number]:
            waits[user] -= 1
            if not waits[user]:
                heapq.heappush(ready, position[user])
    return result if len(result) == len(listed) else None


def _edges(listed: list[int], ops: dict[int, Op], new: dict[int, int]) -> Iterator[tuple[int, int]]:
    """(before, after): values and their users, accesses of streams, accesses of one memory."""
    last: dict[str, int] = {}
    for number in listed:
        op = ops[number]
        for value in uses_of(op):
            while value in new:
                value = new[value]
            yield value, number
        if op.target:
            resource = "" if op.kind in STREAM_ACCESSES else op.target
            if resource in last:
                yield last[resource], number
            last[resource] = number
