"""Test for a loop's end one iteration ahead, so that its last turn is one that does something.

`for (i = 0; i < 9; i++)` takes ten iterations if only the test at its head ends it. What the head would find
next time follows from the variables' next values: if that is the end, the loop is left at once, with what the
exit would have moved. The test at the head goes if the loop is never entered with it true.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from asn2fpga.engine.analysis.exclusive import Predicates
from asn2fpga.engine.ir.edit import Editor, Values
from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.operations import ACCESSES, EFFECTS, PURE
from asn2fpga.engine.ir.process import NOTHING, Exit, Op, Process, Region, uses_of

_MOST_COPIES = 40  # operations made again for the next iteration


def look_ahead(process: Process, name: str) -> Process | None:
    """The process with one exit of the loop `name` tested ahead; None if none can be."""
    region = process.region(name)
    for position, exit_ in enumerate(region.exits):
        if _does_nothing(process, region, exit_):
            changed = _LookAhead(process, name, position).run()
            if changed is not None:
                return changed
    return None


def _does_nothing(process: Process, region: Region, exit_: Exit) -> bool:
    """Whether an iteration that ends by this exit has no effect."""
    predicates = Predicates(process.ops)
    effects = [process.ops[number] for number in region.ops if process.ops[number].kind in EFFECTS]
    return all(predicates.exclusive(op.predicate, exit_.condition) for op in effects)


class _LookAhead:
    def __init__(self, process: Process, name: str, position: int) -> None:
        self.editor = Editor(process)
        self.name = name
        self.position = position
        self.made: list[int] = []
        self.next: Values = {}

    def run(self) -> Process | None:
        """The changed process, or None if the test needs what only the next iteration accesses."""
        self.editor.leave_by_registers(self.editor.regions[self.name])
        region = self.editor.regions[self.name]
        exit_ = region.exits[self.position]
        self.next = dict(region.back)
        inside = set(region.ops)
        for value in (exit_.condition, *exit_.moves.values()):
            if not self._make_next(value, inside):
                return None
        ahead, moves = self.next.get(exit_.condition, exit_.condition), self._next_moves(exit_)
        exits = [exit_ for place, exit_ in enumerate(region.exits) if place != self.position]
        if self._never_at_the_head(region, exit_.condition):
            self._forget(exit_.condition)
        else:
            exits.append(exit_)
        for other in exits:
            ahead = self.editor.both(self.made, ahead, self.editor.negated(self.made, other.condition))
        region = self.editor.regions[self.name]
        exits.append(Exit(ahead, exit_.target, moves))
        ops, trips = (*region.ops, *self.made), _one_less(region.said_trips)
        self.editor.regions[self.name] = replace(region, ops=ops, exits=tuple(exits), said_trips=trips)
        return self.editor.done()

    def _next_moves(self, exit_: Exit) -> Values:
        return {phi: self.next.get(value, value) for phi, value in exit_.moves.items()}

    def _make_next(self, value: int, inside: set[int]) -> bool:
        """Compute what a value will be in the next iteration; False if that needs an access."""
        if value in self.next or value not in inside:
            return True
        op = self.editor.ops[value]
        if op.kind in ACCESSES or len(self.made) >= _MOST_COPIES:
            return False
        if not all(self._make_next(arg, inside) for arg in uses_of(op)):
            return False
        if all(self.next.get(arg, arg) == arg for arg in op.args):
            self.next[value] = value
        else:
            self.editor.copy(self.made, [value], self.next, NOTHING)
        return True

    def _never_at_the_head(self, region: Region, condition: int) -> bool:
        """Whether the condition is false with all values the loop is entered with, also by its own exits."""
        entries = [
            exit_.moves
            for source in self.editor.regions.values()
            for exit_ in source.exits
            if exit_.target == self.name
        ]
        first = next(iter(self.editor.regions))
        return first != self.name and all(
            constant_with(self.editor.ops, condition, set(region.phis), moves) == 0 for moves in entries
        )

    def _forget(self, condition: int) -> None:
        """The condition is never true."""
        never = self.editor.enter(Op(0, "constant", 1, value=0))
        self.editor.rename(self.name, {condition: never})
        for number in self.made:
            op = self.editor.ops[number]
            args = tuple(never if arg == condition else arg for arg in op.args)
            self.editor.ops[number] = replace(op, args=args)


def _one_less(trips: tuple[int, int] | None) -> tuple[int, int] | None:
    """Iterations of a loop without the one that finds the end."""
    return None if trips is None else (max(1, trips[0] - 1), max(1, trips[1] - 1))


def constant_with(ops: Mapping[int, Op], value: int, phis: set[int], moves: Mapping[int, int]) -> int | None:
    """What a pure value is when a loop is entered with these moves; None if that is not constant."""
    if value in phis:
        value = moves.get(value, value)
        return ops[value].value if ops[value].kind == "constant" else None
    op = ops[value]
    if op.kind == "constant":
        return op.value
    if op.kind not in PURE:
        return None
    args = [constant_with(ops, arg, phis, moves) for arg in op.args]
    if op.kind == "and" and 0 in args:
        return 0
    known = [arg for arg in args if arg is not None]
    return evaluate(op, known, [ops[arg].width for arg in op.args]) if len(known) == len(args) else None
