"""Between which integers each value of an LLVM function lies, where a given block uses it.

A value of w bits counts as an integer modulo 2^w, so sums and products need no care for overflow. Counters
of loops are bounded by the tests that their next turn depends on; other bounds come from masks, widths and
from the tests that lead to the block.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.engine.clang.syntax import BasicBlock, Function, Instruction, IntType, Local, Number, Typed
from asn2fpga.engine.read.cfg import ControlFlow

_DEPTH = 24  # how far a value is traced back


@dataclass(frozen=True)
class Interval:
    """All integers from `low` to `high`."""

    low: int
    high: int

    def __add__(self, other: Interval) -> Interval:
        """Every sum of two members."""
        return Interval(self.low + other.low, self.high + other.high)

    def times(self, factor: int) -> Interval:
        """Every member times `factor`."""
        ends = (self.low * factor, self.high * factor)
        return Interval(min(ends), max(ends))

    def join(self, other: Interval) -> Interval:
        """The smallest interval that has the members of both."""
        return Interval(min(self.low, other.low), max(self.high, other.high))

    def meet(self, other: Interval, width: int) -> Interval:
        """Members that some member of `other` equals modulo 2^width."""
        modulus = 1 << width
        first = -((other.high - self.low) // modulus)
        last = (self.high - other.low) // modulus
        if first > last:
            return self  # never reached
        low = max(self.low, other.low + first * modulus)
        return Interval(low, min(self.high, other.high + last * modulus))

    def unsigned(self, width: int) -> Interval:
        """The same values modulo 2^width as numbers from 0 on."""
        return self._within(0, width)

    def signed(self, width: int) -> Interval:
        """The same values modulo 2^width in two's complement."""
        return self._within(-(1 << width - 1), width)

    def _within(self, first: int, width: int) -> Interval:
        turns = (self.low - first) >> width
        moved = Interval(self.low - (turns << width), self.high - (turns << width))
        fits = moved.high < first + (1 << width)
        return moved if fits else Interval(first, first + (1 << width) - 1)


@dataclass(frozen=True)
class _Test:
    """A comparison with a constant that holds: the value is within an interval modulo 2^width."""

    name: str
    within: Interval
    width: int


class Intervals:
    """Intervals of one function's values."""

    def __init__(self, function: Function) -> None:
        self._flow = ControlFlow(function)
        self._headers = self._flow.loops()
        self._dominators = _dominators(self._flow)
        self._definitions: dict[str, tuple[Instruction, BasicBlock]] = {
            instruction.result: (instruction, block)
            for block in function.blocks
            for instruction in block.instructions
            if instruction.result is not None
        }
        self._tests: dict[str, list[_Test]] = {}
        self._known: dict[tuple[str, str], Interval] = {}
        self._busy: set[tuple[str, str]] = set()

    def of(self, value: Typed, block: str) -> Interval:
        """Where a value lies when `block` uses it."""
        width = value.type.width if isinstance(value.type, IntType) else 64
        if isinstance(value.operand, Number):
            return Interval(value.operand.value, value.operand.value)
        everything = Interval(0, (1 << width) - 1)
        if not isinstance(value.operand, Local) or block not in self._flow.index:
            return everything
        key = (value.operand.name, block)
        if key in self._known:
            return self._known[key]
        if key in self._busy or len(self._busy) > _DEPTH:
            return everything
        self._busy.add(key)
        found = self._limited(self._computed(value.operand.name, block, everything), *key)
        self._busy.discard(key)
        if found.high - found.low >= everything.high:
            found = everything
        self._known[key] = found
        return found

    def _limited(self, interval: Interval, name: str, block: str) -> Interval:
        for test in self._tests_before(block):
            if test.name == name:
                interval = interval.meet(test.within, test.width)
        return interval

    def _computed(self, name: str, block: str, everything: Interval) -> Interval:
        if name not in self._definitions:
            return everything
        instruction, home = self._definitions[name]
        if instruction.opcode == "phi":
            return self._merged(instruction, home.name, everything)
        if instruction.opcode == "select":
            return self.of(instruction.operands[1], block).join(self.of(instruction.operands[2], block))
        operands = [self.of(operand, block) for operand in instruction.operands]
        widths = [_width(operand) for operand in instruction.operands]
        return _result(instruction, operands, widths) or everything

    # ---- counters --------------------------------------------------------------------------------------

    def _merged(self, phi: Instruction, home: str, everything: Interval) -> Interval:
        """A value of several branches; in a loop's header, a counter."""
        body = self._headers.get(home, set())
        starts, steps = [], []
        for label, operand in zip(phi.labels, phi.operands, strict=True):
            step = self._step(operand, phi) if label in body else None
            if step is None:
                starts.append(self.of(operand, label))
            elif step:
                steps.append((step, label))
        if not starts:
            return everything
        start = starts[0]
        for other in starts[1:]:
            start = start.join(other)
        return self._counted(phi, start, steps, everything) if steps else start

    def _step(self, value: Typed, phi: Instruction) -> int | None:
        """The constant by which a value is more than the phi; None if it is anything else."""
        if not isinstance(value.operand, Local):
            return None
        if value.operand.name == phi.result:
            return 0
        found = self._definitions.get(value.operand.name)
        if found is None or found[0].opcode != "add":
            return None
        first, second = found[0].operands
        if not isinstance(second.operand, Number) or first.operand != Local(phi.result or ""):
            return None
        return Interval(second.operand.value, second.operand.value).signed(_width(value)).low

    def _counted(
        self, phi: Instruction, start: Interval, steps: list[tuple[int, str]], everything: Interval
    ) -> Interval:
        """All values of a counter that takes each step only from where the tests before it allow it."""
        up = steps[0][0] > 0
        if any((step > 0) != up for step, _ in steps):
            return everything
        interval, barriers = start, []
        for step, latch in steps:
            ends = self._ends(phi, start, up, latch)
            if not ends:
                return everything
            last, barrier = min(ends) if up else max(ends)
            interval = interval.join(Interval(last + step, last + step))
            barriers.append(barrier)
        stays = interval.high < min(barriers) if up else interval.low > max(barriers)
        return interval if stays and interval.high - interval.low <= everything.high else everything

    def _ends(self, phi: Instruction, start: Interval, up: bool, latch: str) -> list[tuple[int, int]]:
        """The last value from which each test lets the counter go on, and the next one after the gap."""
        ends = []
        for test in self._tests_before(latch):
            if test.name == phi.result:
                modulus = 1 << test.width
                low, high = test.within.low, test.within.high
                if up:
                    turns = -((high - start.low) // modulus) * modulus
                    ends.append((high + turns, low + turns + modulus))
                else:
                    turns = (start.high - low) // modulus * modulus
                    ends.append((low + turns, high + turns - modulus))
        return ends

    # ---- tests -----------------------------------------------------------------------------------------

    def _tests_before(self, block: str) -> list[_Test]:
        """What has been tested on every way to a block."""
        if block not in self._tests:
            self._tests[block] = [
                test for name in self._dominators.get(block, ()) for test in self._tests_into(name)
            ]
        return self._tests[block]

    def _tests_into(self, block: str) -> Iterator[_Test]:
        """What the only branch into a block has tested."""
        predecessors = self._flow.predecessors.get(block, [])
        if len(predecessors) != 1:
            return
        branch = self._flow.blocks[predecessors[0]].instructions[-1]
        if branch.opcode == "br" and branch.operands and branch.labels[0] != branch.labels[1]:
            yield from self._facts(branch.operands[0], branch.labels[0] == block)

    def _facts(self, condition: Typed, truth: bool) -> Iterator[_Test]:
        if not isinstance(condition.operand, Local) or condition.operand.name not in self._definitions:
            return
        instruction = self._definitions[condition.operand.name][0]
        if instruction.opcode == "icmp":
            yield from _compared(instruction, truth)
            yield from self._moved(instruction, truth)
        elif (instruction.opcode, truth) in (("and", True), ("or", False)):
            for operand in instruction.operands:
                yield from self._facts(operand, truth)
        elif instruction.opcode == "select" and _is_number(
            instruction.operands[2 if truth else 1], not truth
        ):
            yield from self._facts(instruction.operands[0], truth)
            yield from self._facts(instruction.operands[1 if truth else 2], truth)

    def _moved(self, comparison: Instruction, truth: bool) -> Iterator[_Test]:
        """What a test of `x + constant` says about x."""
        for test in _compared(comparison, truth):
            found = self._definitions.get(test.name)
            if found is None or found[0].opcode != "add":
                continue
            first, second = found[0].operands
            if isinstance(first.operand, Local) and isinstance(second.operand, Number):
                back = -second.operand.value
                yield _Test(first.operand.name, test.within + Interval(back, back), test.width)


def _dominators(flow: ControlFlow) -> dict[str, tuple[str, ...]]:
    """Blocks that every way to a block passes, itself included."""
    found = {name: set(flow.order) for name in flow.order}
    found[flow.entry] = {flow.entry}
    changed = True
    while changed:
        changed = False
        for name in flow.order[1:]:
            new = {name} | set.intersection(*(found[before] for before in flow.predecessors[name]))
            changed, found[name] = changed or new != found[name], new
    return {name: tuple(sorted(blocks, key=flow.index.__getitem__)) for name, blocks in found.items()}


def _compared(comparison: Instruction, truth: bool) -> Iterator[_Test]:
    """What a comparison with a constant says when it is true (or false)."""
    value, constant = comparison.operands
    if not isinstance(value.operand, Local) or not isinstance(constant.operand, Number):
        return
    width = _width(value)
    predicate = comparison.predicate if truth else _OPPOSITE[comparison.predicate]
    number = Interval(constant.operand.value, constant.operand.value)
    whole = (1 << width) - 1
    first = -(1 << width - 1) if predicate[0] == "s" else 0
    known = (number.signed(width) if predicate[0] == "s" else number.unsigned(width)).low
    within = {
        "eq": Interval(known, known),
        "ne": Interval(known + 1, known + whole),
        "lt": Interval(first, known - 1),
        "le": Interval(first, known),
        "gt": Interval(known + 1, first + whole),
        "ge": Interval(known, first + whole),
    }[predicate[-2:]]
    if within.low <= within.high:
        yield _Test(value.operand.name, within, width)


_OPPOSITE = {
    "eq": "ne", "ne": "eq", "ult": "uge", "uge": "ult", "ule": "ugt", "ugt": "ule",
    "slt": "sge", "sge": "slt", "sle": "sgt", "sgt": "sle",
}  # fmt: skip


def _width(value: Typed) -> int:
    return value.type.width if isinstance(value.type, IntType) else 64


def _is_number(value: Typed, number: int) -> bool:
    return isinstance(value.operand, Number) and value.operand.value & 1 == number


def _result(instruction: Instruction, operands: list[Interval], widths: list[int]) -> Interval | None:
    """The interval of an operation's result; None if nothing is known."""
    opcode = instruction.opcode
    if opcode in ("trunc", "freeze"):
        return operands[0]
    if opcode == "zext":
        return operands[0].unsigned(widths[0])
    if opcode == "sext":
        return operands[0].signed(widths[0])
    if len(operands) != 2:
        return None
    first, second = operands
    if opcode == "add":
        return first + second
    if opcode == "sub":
        return first + second.times(-1)
    positive, other = first.unsigned(widths[0]), second.unsigned(widths[0])
    if opcode == "and":
        return Interval(0, min(positive.high, other.high))
    if opcode in ("or", "xor"):
        return Interval(0, (1 << max(positive.high, other.high).bit_length()) - 1)
    return _by_constant(opcode, first, positive, other, widths[0]) if other.low == other.high else None


def _by_constant(
    opcode: str, value: Interval, positive: Interval, constant: Interval, width: int
) -> Interval | None:
    number = constant.low
    if opcode == "mul":
        return value.times(number)
    if opcode == "shl" and number < width:
        return value.times(1 << number)
    if opcode == "lshr" and number < width:
        return Interval(positive.low >> number, positive.high >> number)
    if opcode == "ashr" and number < width:
        signed = value.signed(width)
        return Interval(signed.low >> number, signed.high >> number)
    if opcode == "udiv" and number:
        return Interval(positive.low // number, positive.high // number)
    if opcode == "urem" and number:
        return Interval(0, min(positive.high, number - 1))
    return None
