"""A process that can be changed: passes that move control flow work on it and give a Process back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from asn2fpga.engine.ir.operations import EFFECTS
from asn2fpga.engine.ir.process import NOTHING, Exit, Op, Process, Region, region_uses, uses_of

Values = dict[int, int]


class Editor:
    """Operations and regions by name; a register is a phi that any exit may fill."""

    def __init__(self, process: Process) -> None:
        self.process = process
        self.ops = dict(process.ops)
        self.regions = {region.name: region for region in process.regions}
        self._next = max(self.ops, default=-1) + 1

    def done(self) -> Process:
        """The process as it is now."""
        return self.process.with_regions(list(self.regions.values()), self.ops)

    def enter(self, op: Op) -> int:
        """Enter an operation under a new id; no region holds it yet."""
        number, self._next = self._next, self._next + 1
        self.ops[number] = replace(op, id=number)
        return number

    def register(self, like: int) -> int:
        """A new register as wide as a value, called like it."""
        op = self.ops[like]
        phi = self.enter(Op(0, "phi", op.width, name=op.name, location=op.location))
        first = next(iter(self.regions.values()))
        self.regions[first.name] = replace(first, phis=(*first.phis, phi))
        return phi

    # ---- new operations of a region --------------------------------------------------------------------

    def make(self, made: list[int], kind: str, width: int, *args: int) -> int:
        """Enter an operation and append it to `made`."""
        made.append(self.enter(Op(0, kind, width, args)))
        return made[-1]

    def both(self, made: list[int], first: int, second: int) -> int:
        """AND of two conditions; NOTHING is true."""
        if NOTHING in (first, second):
            return max(first, second)
        return self.make(made, "and", 1, first, second)

    def negated(self, made: list[int], condition: int) -> int:
        """NOT of a condition."""
        return self.make(made, "not", 1, condition)

    def any_of(self, made: list[int], conditions: Iterable[int]) -> int:
        """OR of at least one condition."""
        result, *others = conditions
        for other in others:
            result = self.make(made, "or", 1, result, other)
        return result

    def choose(self, made: list[int], condition: int, yes: int, no: int) -> int:
        """`yes` if the condition holds (NOTHING: always)."""
        if yes == no or condition == NOTHING:
            return yes
        return self.make(made, "select", self.ops[yes].width, condition, yes, no)

    def copy(self, made: list[int], numbers: Iterable[int], values: Values, predicate: int) -> None:
        """Copy operations with the arguments that `values` says; what has effects needs `predicate` too."""
        for number in numbers:
            op = renamed(self.ops[number], values)
            if op.kind in EFFECTS:
                op = replace(op, predicate=self.both(made, predicate, op.predicate))
            made.append(self.enter(op))
            values[number] = made[-1]

    # ---- values that leave -----------------------------------------------------------------------------

    def used_outside(self, region: Region) -> list[int]:
        """Values made in a region (variables of a loop among them) that others use other than by moves."""
        own = [*region.ops, *(phi for phi, value in region.back.items() if value != phi)]
        used = {
            value
            for other in self.regions.values()
            if other.name != region.name
            for value in self._uses(other)
        }
        return [value for value in own if value in used]

    def _uses(self, region: Region) -> Iterator[int]:
        yield from region_uses(region)
        for number in region.ops:
            yield from uses_of(self.ops[number])

    def leave_by_registers(self, region: Region) -> None:
        """Let others use registers, filled at every exit, instead of the region's values."""
        registers = {value: self.register(value) for value in self.used_outside(region)}
        if not registers:
            return
        for other in list(self.regions.values()):
            if other.name != region.name:
                self.rename(other.name, registers)
        moves = {register: value for value, register in registers.items()}
        region = self.regions[region.name]
        exits = tuple(replace(exit_, moves={**exit_.moves, **moves}) for exit_ in region.exits)
        self.regions[region.name] = replace(region, exits=exits)

    def rename(self, name: str, values: Mapping[int, int]) -> None:
        """Let a region use other values."""
        region = self.regions[name]
        for number in region.ops:
            self.ops[number] = replace(renamed(self.ops[number], values), id=number)
        back = {phi: values.get(value, value) for phi, value in region.back.items()}
        exits = tuple(renamed_exit(exit_, values) for exit_ in region.exits)
        self.regions[name] = replace(region, back=back, exits=exits)


def renamed(op: Op, values: Mapping[int, int]) -> Op:
    """An operation that uses other values."""
    args = tuple(values.get(arg, arg) for arg in op.args)
    return replace(op, args=args, predicate=values.get(op.predicate, op.predicate))


def renamed_exit(exit_: Exit, values: Mapping[int, int]) -> Exit:
    """An exit that uses other values; what it fills stays."""
    moves = {phi: values.get(value, value) for phi, value in exit_.moves.items()}
    return Exit(values.get(exit_.condition, exit_.condition), exit_.target, moves)
