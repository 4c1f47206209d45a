"""Turn chains of AND, OR, XOR and ADD into trees: what is known first is combined first.

What a loop carries from one iteration to the next is combined last, so that its recurrence is short.
"""

from __future__ import annotations

import heapq
from dataclasses import replace

from asn2fpga.engine.ir.operations import ASSOCIATIVE, OPERATIONS, Delay, kinds_that
from asn2fpga.engine.ir.process import Op, Process, Region, count_uses, uses_of
from asn2fpga.engine.ir.rewrite import Rewriter
from asn2fpga.engine.passes.dead_code import remove_dead_code

_THROUGH_ZEXT = kinds_that(lambda row: row.bitwise and row.neutral == 0)
_LAST = 1 << 20  # levels of logic that no tree has
_LEVELS = {Delay.PRODUCT: 4, Delay.CARRIED: 2, Delay.WIRING: 0, Delay.REGISTER: 0, Delay.ACCESS: 0}  # else 1


def balance(process: Process) -> Process:
    """The process with balanced trees."""
    return remove_dead_code(_Balancer(process).run())  # joined parts of words leave many behind


class _Balancer(Rewriter):
    def __init__(self, process: Process) -> None:
        super().__init__(process)
        self.uses = count_uses(process)
        self.home = process.home()
        self.inner = self._inner_nodes()
        self.recurrences: dict[int, int] = {}
        for region in process.regions:
            self.recurrences |= recurrences(process, region)
        self.depth: dict[int, int] = {}  # levels of logic up to each new value

    def _inner_nodes(self) -> set[int]:
        """Operations that only serve a larger tree of their own kind."""
        inner: set[int] = set()
        for region in self.old.regions:
            for number in region.ops:
                op = self.old.ops[number]
                if op.kind in ASSOCIATIVE:
                    inner.update(arg for arg in op.args if self._same_tree(op, arg))
        return inner

    def _same_tree(self, op: Op, arg: int) -> bool:
        node = self._skip_zext(op.kind, arg)
        child = self.old.ops[node]
        return child.kind == op.kind and self.uses[node] == 1 and self.home.get(node) == self.home.get(op.id)

    def _skip_zext(self, kind: str, value: int) -> int:
        op = self.old.ops[value]
        if kind in _THROUGH_ZEXT and op.kind == "zext" and self.uses[value] == 1:
            return op.args[0]
        return value

    def _leaves(self, op: Op) -> list[int]:
        leaves, stack = [], [op.id]
        while stack:
            for arg in self.old.ops[stack.pop()].args:
                if self._same_tree(op, arg):
                    stack.append(self._skip_zext(op.kind, arg))
                else:
                    leaves.append(arg)
        return leaves

    def rewrite(self, op: Op, args: list[int], predicate: int) -> int:
        if op.kind in ASSOCIATIVE and op.id not in self.inner:
            leaves = self._leaves(op)
            if len(leaves) > 2:
                return self._tree(op, leaves)
        return super().rewrite(op, args, predicate)

    def _tree(self, op: Op, leaves: list[int]) -> int:
        heap = []
        for leaf in leaves:
            value = self.builder.resize(self.use(leaf), op.width)
            last = _LAST if self._in_one_recurrence(leaf, op.id) else 0
            heap.append((self._depth(value) + last, value))
        heapq.heapify(heap)
        while len(heap) > 1:
            _, first = heapq.heappop(heap)
            depth, second = heapq.heappop(heap)
            joined = self.builder.add(replace(op, args=(first, second), width=op.width))
            heapq.heappush(heap, (max(depth + 1, self._depth(joined)), joined))
        return heap[0][1]

    def _in_one_recurrence(self, leaf: int, root: int) -> bool:
        return bool(self.recurrences.get(leaf, 0) & self.recurrences.get(root, 0))

    def _depth(self, value: int) -> int:
        """Levels of logic up to a new value."""
        if value not in self.depth:
            op = self.builder.ops[value]
            below = max((self._depth(arg) for arg in op.args), default=0)
            self.depth[value] = _LEVELS.get(OPERATIONS[op.kind].delay, 1) + below
        return self.depth[value]


def recurrences(process: Process, region: Region) -> dict[int, int]:
    """For each value of a loop the set (as bits) of the variables in whose recurrence it lies."""
    from_phi = {phi: 1 << place for place, phi in enumerate(region.phis)}
    for number in region.ops:
        from_phi[number] = 0
        for value in uses_of(process.ops[number]):
            from_phi[number] |= from_phi.get(value, 0)
    to_phi = dict.fromkeys(from_phi, 0)
    for place, phi in enumerate(region.phis):
        if region.back.get(phi) in to_phi:
            to_phi[region.back[phi]] |= 1 << place
    for number in reversed(region.ops):
        for value in uses_of(process.ops[number]):
            if value in to_phi:
                to_phi[value] |= to_phi[number]
    return {value: from_phi[value] & to_phi[value] for value in from_phi}
