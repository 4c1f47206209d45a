"""Make one loop of a nest: what is between a loop's end and its next beginning becomes part of its iteration.

The blocks on the way from the inner loop's exit back to its head are copied after its operations. They count
only when the inner loop ends; then the variables take what the way back would have moved into them, else what
the inner loop gives them. The pipeline no longer drains for every turn of the outer loop.
"""

from __future__ import annotations

from dataclasses import replace
from math import prod

from asn2fpga.engine.analysis.trips import Trips, count_trips
from asn2fpga.engine.ir.edit import Editor, Values, renamed_exit
from asn2fpga.engine.ir.process import NOTHING, Exit, Process, Region

_MOST_COPIES = 60  # operations of the outer loop
_MOST_BLOCKS = 8


def flatten(process: Process, name: str) -> Process | None:
    """The process with the blocks of the nest around loop `name` inside it; None if there is no such nest."""
    region = process.region(name)
    if region.distances or not region.exits:  # distances are promised within one run of the loop
        return None
    around = _around(process, name)
    size = sum(len(process.region(block).ops) for block in around)
    if not around or len(around) > _MOST_BLOCKS or size > _MOST_COPIES:
        return None
    flattener = _Flattener(process, name, around)
    nest = flattener.run()
    if nest is None:
        return None
    trips = _said_trips(process, nest, region, [process.region(block) for block in around], flattener.again)
    flat = replace(nest.region(name), said_trips=trips)
    return nest.with_regions([flat if each.name == name else each for each in nest.regions], nest.ops)


def _said_trips(
    process: Process, nest: Process, region: Region, around: list[Region], ways_back: list[tuple[int, Values]]
) -> tuple[int, int] | None:
    """Iterations of a nest by what the C++ says of its loops; what it does not say of one is counted."""
    said = [block.said_trips for block in around if block.said_trips]
    if not said and region.said_trips is None:
        return None
    if not said and len(ways_back) == 1:
        said = _turns_around(nest, region)
    inner = [region.said_trips] if region.said_trips else _counted(count_trips(process, region))
    if len(said) != len(ways_back) or not inner:
        return None
    return prod(least for least, _ in (*inner, *said)), prod(most for _, most in (*inner, *said))


def _turns_around(nest: Process, region: Region) -> list[tuple[int, int]]:
    """Turns of the loop around: iterations of the nest if the inner loop ends in each, whichever way."""
    conditions = [exit_.condition for exit_ in region.exits]
    ways = [{condition: int(condition == taken) for condition in conditions} for taken in conditions]
    counts = [_counted(count_trips(nest, nest.region(region.name), assumed=way)) for way in ways]
    return counts[0] if all(count == counts[0] for count in counts) else []


def _counted(trips: Trips) -> list[tuple[int, int]]:
    return [] if trips.most is None else [(trips.least, trips.most)]


def _around(process: Process, name: str) -> set[str]:
    """Blocks on ways from the loop's exits back to it that pass no other loop and no restart."""
    blocks = {region.name for region in process.regions[1:] if not region.is_loop}
    targets = {region.name: {exit_.target for exit_ in region.exits} for region in process.regions}
    later, before = targets[name] & blocks, {block for block in blocks if name in targets[block]}
    for _ in blocks:
        later |= {target for block in later for target in targets[block]} & blocks
        before |= {block for block in blocks if targets[block] & before}
    return later & before


class _Flattener:
    def __init__(self, process: Process, name: str, around: set[str]) -> None:
        self.editor = Editor(process)
        self.name = name
        self.around = around
        self.made: list[int] = []
        self.variables: Values = {}  # register -> the loop's own variable for it
        self.again: list[tuple[int, Values]] = []  # (condition, moves): the loop goes on, entered anew

    def run(self) -> Process | None:
        """The flattened process, or None if the loop would never end."""
        for block in sorted(self.around):
            self.editor.leave_by_registers(self.editor.regions[block])
        self._own_variables()
        exits = list(self.editor.regions[self.name].exits)
        waiting = set(self.around)
        while (target := self._next_block(exits, waiting)) is not None:
            waiting.remove(target)
            exits = self._absorb(exits, target)
        if not exits:
            return None
        self._finish(exits)
        return self.editor.done()

    def _next_block(self, exits: list[Exit], waiting: set[str]) -> str | None:
        """A block that exits lead to, before those it leads to; each block once."""
        ready = {exit_.target for exit_ in exits} & waiting
        later = {target for block in ready for target in self._reached(block) - {block}}
        return min(ready - later or ready, default=None)

    def _reached(self, block: str) -> set[str]:
        reached, work = {block}, [block]
        while work:
            for exit_ in self.editor.regions[work.pop()].exits:
                if exit_.target in self.around and exit_.target not in reached:
                    reached.add(exit_.target)
                    work.append(exit_.target)
        return reached

    def _own_variables(self) -> None:
        """Registers that the blocks around fill become variables of the loop; ways in and out fill them."""
        region = self.editor.regions[self.name]
        filled = [
            phi
            for source in (*sorted(self.around), self.name)
            for exit_ in self.editor.regions[source].exits
            if exit_.target in self.around or exit_.target == self.name
            for phi in exit_.moves
            if phi not in region.phis
        ]
        for register in dict.fromkeys(filled):
            self.variables[register] = self.editor.register(register)
        self._drop_from_first(set(self.variables.values()))
        self.editor.rename(self.name, self.variables)
        for source in list(self.editor.regions.values()):
            self.editor.regions[source.name] = replace(
                source, exits=tuple(self._with_variables(source, exit_) for exit_ in source.exits)
            )
        region = self.editor.regions[self.name]
        own = {variable: variable for variable in self.variables.values()}
        self.editor.regions[self.name] = replace(
            region, phis=(*region.phis, *own), back={**region.back, **own}
        )

    def _drop_from_first(self, phis: set[int]) -> None:
        first = next(iter(self.editor.regions.values()))
        kept = tuple(phi for phi in first.phis if phi not in phis)
        self.editor.regions[first.name] = replace(first, phis=kept)

    def _with_variables(self, source: Region, exit_: Exit) -> Exit:
        """An exit into the loop fills its variables, one out of it the registers, one back to it both."""
        own = source.name == self.name
        moves = dict(self.variables) if own else {}
        if exit_.target == self.name:
            for register, variable in self.variables.items():
                moves[variable] = exit_.moves.get(register, variable if own else register)
        return replace(exit_, moves={**moves, **exit_.moves})

    # ---- blocks into the loop --------------------------------------------------------------------------

    def _absorb(self, exits: list[Exit], target: str) -> list[Exit]:
        """Let the exits to a block run its operations and go on where it leads."""
        entering = self._joined([exit_ for exit_ in exits if exit_.target == target])
        block, values = self.editor.regions[target], dict(entering.moves)
        self.editor.copy(self.made, block.ops, values, entering.condition)
        result = [exit_ for exit_ in exits if exit_.target != target]
        condition = entering.condition
        for way in (renamed_exit(exit_, values) for exit_ in block.exits):
            taken = self.editor.both(self.made, condition, way.condition)
            moves = {**entering.moves, **way.moves}
            if way.target == self.name:
                self.again.append((taken, moves))
            else:
                result.append(Exit(taken, way.target, moves))
            if way.condition == NOTHING:
                break
            condition = self.editor.both(self.made, condition, self.editor.negated(self.made, way.condition))
        return result

    def _joined(self, exits: list[Exit]) -> Exit:
        """One exit for several to the same place, which exclude each other."""
        result = exits[0]
        for other in exits[1:]:
            moves = {
                phi: self.editor.choose(
                    self.made,
                    other.condition,
                    other.moves.get(phi, self._now(phi)),
                    result.moves.get(phi, self._now(phi)),
                )
                for phi in dict.fromkeys((*result.moves, *other.moves))
            }
            condition = self.editor.any_of(self.made, (result.condition, other.condition))
            result = Exit(condition, result.target, moves)
        return result

    def _now(self, register: int) -> int:
        """What a register would hold outside if the loop were left now."""
        return self.variables.get(register, register)

    def _finish(self, exits: list[Exit]) -> None:
        region = self.editor.regions[self.name]
        back = dict(region.back)
        for condition, moves in self.again:
            for phi in region.phis:
                if phi in back:
                    value = moves.get(phi, phi)
                    back[phi] = self.editor.choose(self.made, condition, value, back[phi])
        self.editor.regions[self.name] = replace(
            region, ops=(*region.ops, *self.made), exits=tuple(exits), back=back, flattened=True
        )
