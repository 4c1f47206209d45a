"""Order that a schedule must keep between the memory and stream accesses of a region."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import combinations, pairwise

from asn2fpga.engine.analysis.guards import ASKS, stream_order
from asn2fpga.engine.analysis.ports import needed_interval, port_of
from asn2fpga.engine.ir.operations import MEMORY_ACCESSES
from asn2fpga.engine.ir.process import NOTHING, Op, Process, Region


@dataclass(frozen=True)
class PortBound:
    """Smallest interval that the accesses of one memory or stream allow."""

    interval: int = 1
    target: str = ""
    accesses: tuple[int, ...] = ()


@dataclass(frozen=True)
class Constraint:
    """A broken constraint: `later` must run `by` stages later, because of `earlier`."""

    later: int
    by: int
    reason: str
    earlier: int = NOTHING


@dataclass(frozen=True, slots=True)
class Gap:
    """stage(later) >= stage(earlier) + gap."""

    earlier: int
    later: int
    gap: int
    reason: str

    def missing(self, stage: dict[int, int]) -> int:
        """Stages by which `later` must move."""
        return stage[self.earlier] + self.gap - stage[self.later]


@dataclass(frozen=True, slots=True)
class OnePort:
    """Two accesses of one port never meet: their stages differ, in a loop modulo its interval."""

    earlier: int
    later: int
    modulus: int  # 0 in a block
    shareable: bool  # two loads of one address may share a stage
    reason: str

    def missing(self, stage: dict[int, int]) -> int:
        """1 if they meet."""
        apart = stage[self.earlier] - stage[self.later]
        if apart == 0:
            return int(not self.shareable)
        return int(self.modulus > 0 and apart % self.modulus == 0)


Rule = Gap | OnePort


class RegionConstraints:
    """The accesses of a region in program order, and what they demand of the stages."""

    def __init__(self, process: Process, region: Region) -> None:
        self.process = process
        self.region = region
        accesses = [process.ops[number] for number in region.ops]
        self.stream_order = stream_order(process, region)
        self.streams = self.stream_order.accesses
        self.memory_ops: dict[str, list[Op]] = {}
        for op in accesses:
            if op.kind in MEMORY_ACCESSES:
                self.memory_ops.setdefault(op.target, []).append(op)
        self.memories = {memory.name: memory for memory in process.memories}
        self.writable = {memory.name for memory in process.memories if memory.writable}
        self.bypassed = region.bypassed & {memory.name for memory in process.memories if memory.bypassed}
        self.registers = {memory.name for memory in process.memories if memory.depth == 1}

    def port_bound(self) -> PortBound:
        """The port of a memory or stream that allows the least."""
        bounds = [PortBound()]
        for name, ops in self.memory_ops.items():
            if name not in self.registers:
                numbers = tuple(op.id for op in ops)
                bounds.append(PortBound(needed_interval(self.memories[name], ops), name, numbers))
        for stream in dict.fromkeys(op.target for op in self.streams):
            numbers = tuple(op.id for op in self.streams if op.target == stream and op.kind != ASKS)
            bounds.append(PortBound(len(numbers), stream, numbers))
        return max(bounds, key=lambda bound: bound.interval)

    def rules(self, interval: int, close: bool = False) -> list[Rule]:
        """What the stages must obey at an interval, in a fixed order; `close`: see `_stream_order`."""
        rules: list[Rule] = list(self._stream_order(interval, close))
        for name, ops in self.memory_ops.items():
            if name in self.writable:
                rules += self._memory_order(name, ops, interval)
            if name not in self.registers:
                rules += self._one_port(name, ops, interval)
        return rules

    # ---- streams ---------------------------------------------------------------------------------------

    def can_be_close(self) -> bool:
        """Whether accesses of streams could share stages that are apart otherwise."""
        return self.region.is_loop and any(self._is_apart(*pair) for pair in pairwise(self.streams))

    def _stream_order(self, interval: int, close: bool) -> Iterator[Rule]:
        """Between neighbours; what lies further apart follows from that.

        In one stage, an access waits for all others. So only a read and the write after it share one: what
        is written or read later may come about only when the access before it is done. Where accesses are
        `close`, those of different streams may share a stage, and the earlier one does not wait
        (verilog/eager.py).
        """
        for first, second in pairwise(self.streams):
            never = ASKS in (first.kind, second.kind)
            apart = int(self._is_apart(first, second) and (never or not close))
            yield Gap(first.id, second.id, apart, f"{second.target} follows {first.target}")
        if close:
            yield from self._same_stream()
        yield from self._asked_before()
        for target in dict.fromkeys(op.target for op in self.streams if self.region.is_loop):
            first, *_, last = [op for op in self.streams if op.target == target] * 2
            if first is not last:
                reason = f"stream {target} is used twice in an iteration"
                yield Gap(last.id, first.id, 1 - interval, reason)

    def _same_stream(self) -> Iterator[Rule]:
        for target in dict.fromkeys(op.target for op in self.streams):
            for first, second in pairwise(op for op in self.streams if op.target == target):
                if first.kind != ASKS:
                    yield Gap(first.id, second.id, 1, f"{target} follows {target}")

    def _asked_before(self) -> Iterator[Rule]:
        """What may wait comes after the stage that asks, whose answer may change until it moves on."""
        for number, asks in enumerate(self.streams):
            for later in self.streams[number + 1 :] if asks.kind == ASKS else ():
                if not self.stream_order.never_waits(later):
                    reason = f"{later.target} is used after it was asked whether {asks.target} is available"
                    yield Gap(asks.id, later.id, int(asks.target != later.target), reason)

    def _is_apart(self, first: Op, second: Op) -> bool:
        """Whether neighbouring accesses need stages of their own unless they are close."""
        if first.target == second.target:
            return first.kind != ASKS
        if self.stream_order.never_waits(first) and self.stream_order.never_waits(second):
            return False
        asks = ASKS in (first.kind, second.kind)
        return asks or first.kind != "read" or second.kind != "write"

    # ---- memories --------------------------------------------------------------------------------------

    def _memory_order(self, name: str, ops: list[Op], interval: int) -> Iterator[Rule]:
        for index, second in enumerate(ops):
            for first in ops[:index]:
                yield from self._same_iteration(first, second)
        if not self.region.is_loop:
            return
        for store in (op for op in ops if op.kind == "store"):
            for other in ops:
                apart = self._distance(name, store, other)
                use = "read" if other.kind == "load" else "written again"
                reason = f"{name} is {use} {apart} iteration(s) after it is written"
                visible = 0 if other.kind == "load" and name in self.bypassed else 1
                yield Gap(store.id, other.id, visible - apart * interval, reason)
                if other.kind == "load":
                    reason = f"{name} is written {apart} iteration(s) after it is read"
                    yield Gap(other.id, store.id, -apart * interval, reason)

    def _same_iteration(self, first: Op, second: Op) -> Iterator[Rule]:
        """Accesses of one iteration keep their order unless they touch different words."""
        if first.kind == second.kind == "load" or self._never_equal(first, second):
            return
        apart = 0 if first.kind == "load" else 1
        yield Gap(first.id, second.id, apart, f"{first.target}: {second.kind} follows {first.kind}")

    def _never_equal(self, first: Op, second: Op) -> bool:
        ops = self.process.ops
        a, b = ops[first.args[0]], ops[second.args[0]]
        return a.kind == b.kind == "constant" and a.value != b.value

    def _distance(self, name: str, store: Op, other: Op) -> int:
        """Iterations until `other` can touch the word that `store` writes."""
        if name in self.region.distances:
            return max(1, self.region.distances[name])
        if store.args[0] == other.args[0] and self._is_counter(store.args[0]):
            return 1 << self.process.ops[store.args[0]].width
        return 1

    def _is_counter(self, address: int) -> bool:
        """Whether an address is a loop counter (or its low bits): every value once, before any comes back."""
        op = self.process.ops[address]
        if op.kind == "slice" and op.value == 0:
            op = self.process.ops[op.args[0]]
        if op.kind != "phi" or op.id not in self.region.back:
            return False
        step = self.process.ops[self.region.back[op.id]]
        if step.kind != "add" or op.id not in step.args:
            return False
        other = self.process.ops[step.args[1] if step.args[0] == op.id else step.args[0]]
        return other.kind == "constant" and other.value == 1

    def _one_port(self, name: str, ops: list[Op], interval: int) -> Iterator[Rule]:
        """Accesses of one port need different cycles, unless they read the same word."""
        modulus = interval if self.region.is_loop else 0
        by_port: dict[str, list[Op]] = {}
        for op in ops:
            by_port.setdefault(port_of(self.memories[name], op), []).append(op)
        for port, same in by_port.items():
            for first, second in combinations(same, 2):
                shareable = first.kind == second.kind == "load" and first.args == second.args
                yield OnePort(first.id, second.id, modulus, shareable, f"{name} has one {port} port")
