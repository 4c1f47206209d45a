"""A run of a process whose way is known without its data: the regions it passes and their iterations.

What decides the way is run with three values of a bit: constants are known, what comes from streams and
memories is not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from asn2fpga.engine.ir.evaluate import evaluate
from asn2fpga.engine.ir.operations import ACCESSES
from asn2fpga.engine.ir.process import NOTHING, Exit, Op, Process, Region, uses_of

MOST_STEPS = 1 << 13  # iterations that are run

Values = dict[int, "int | None"]
Run = tuple[tuple[str, int], ...]
"""Regions in the order in which they run, with their iterations."""


def known_run(process: Process) -> Run | None:
    """The run of a process from its beginning to its next one; None if it depends on data or is too long."""
    return _Runner(process).run()


def begins_again(process: Process, exit_: Exit) -> bool:
    """Whether an exit ends a run: it leads to the first region, or to where that one leads, as that one does.

    `thread_exits` leads past a first block that does nothing but give loop variables their first values.
    """
    first = process.regions[0]
    if exit_.target == first.name:
        return True
    if first.is_loop or len(first.exits) != 1 or any(process.ops[op].kind in ACCESSES for op in first.ops):
        return False
    entry = first.exits[0]
    same = exit_.target == entry.target and _constants(process, exit_) == _constants(process, entry)
    return same and exit_ is not entry


def _constants(process: Process, exit_: Exit) -> dict[int, int]:
    """What an exit gives to variables: constants by value, others by name."""
    ops = process.ops
    return {
        phi: ops[value].value if ops[value].kind == "constant" else -1 - value
        for phi, value in exit_.moves.items()
    }


def what_decides(process: Process, conditions: list[int]) -> set[int]:
    """All values that some conditions depend on, in this iteration, those before, and other regions."""
    sources: dict[int, list[int]] = {}
    for region in process.regions:
        for moves in (region.back, *(exit_.moves for exit_ in region.exits)):
            for phi, value in moves.items():
                sources.setdefault(phi, []).append(value)
    needed: set[int] = set()
    work = [condition for condition in conditions if condition != NOTHING]
    while work:
        value = work.pop()
        if value not in needed:
            needed.add(value)
            work += [*uses_of(process.ops[value]), *sources.get(value, ())]
    return needed


def value_of(process: Process, op: Op, values: Mapping[int, int | None]) -> int | None:
    """Value of an operation if its arguments tell it."""
    if op.kind in ACCESSES:
        return None
    args = [values.get(arg) for arg in op.args]
    known = [arg for arg in args if arg is not None]
    if len(known) == len(args):
        return evaluate(op, known, [process.ops[arg].width for arg in op.args])
    if op.kind == "select" and args[0] is not None:
        return args[1] if args[0] else args[2]
    ones = (1 << op.width) - 1
    forcing = {"and": 0, "mul": 0, "or": ones}.get(op.kind)
    return forcing if forcing in known else None


def update(process: Process, ops: Sequence[Op], values: Values, changed: set[int] | None) -> None:
    """Bring the values of operations, in order, up to date with those that `changed`; None: with all."""
    moved = set() if changed is None else set(changed)
    for op in ops:
        if changed is None or not moved.isdisjoint(op.args):
            value = value_of(process, op, values)
            if changed is None or value != values[op.id]:
                values[op.id] = value
                moved.add(op.id)


def move(moves: Mapping[int, int], values: Values) -> set[int]:
    """Give variables the values of others, all at once; those that have another value than before."""
    new = {phi: values.get(value) for phi, value in moves.items()}
    changed = {phi for phi, value in new.items() if phi not in values or values[phi] != value}
    values.update(new)
    return changed


class _Runner:
    def __init__(self, process: Process) -> None:
        self.process = process
        conditions = [exit_.condition for region in process.regions for exit_ in region.exits]
        needed = what_decides(process, conditions)
        ops = process.ops
        self.constants: Values = {
            value: ops[value].value for value in needed if ops[value].kind == "constant"
        }
        self.ops = {
            region.name: [ops[number] for number in region.ops if number in needed]
            for region in process.regions
        }
        self.values = dict(self.constants)
        self.steps = 0

    def run(self) -> Run | None:
        region, passed = self.process.regions[0], list[tuple[str, int]]()
        while True:
            found = self._pass(region)
            if found is None:
                return None
            iterations, exit_ = found
            passed.append((region.name, iterations))
            if begins_again(self.process, exit_):
                return tuple(passed)
            move(exit_.moves, self.values)
            region = self.process.region(exit_.target)

    def _pass(self, region: Region) -> tuple[int, Exit] | None:
        """Iterations of a region and the exit it takes."""
        changed: set[int] | None = None
        for iteration in range(1, MOST_STEPS):
            self.steps += 1
            if self.steps > MOST_STEPS:
                return None
            update(self.process, self.ops[region.name], self.values, changed)
            ends = [self._end(exit_) for exit_ in region.exits]
            if None in ends:
                return None
            if 1 in ends:
                return iteration, region.exits[ends.index(1)]
            changed = move(region.back, self.values)
        return None

    def _end(self, exit_: Exit) -> int | None:
        return 1 if exit_.condition == NOTHING else self.values.get(exit_.condition)
