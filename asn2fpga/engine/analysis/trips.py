"""Trip count of a loop: one number if it follows from constants, a range if there are several ways."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from asn2fpga.engine.analysis.handed_on import HandedOn
from asn2fpga.engine.analysis.known_run import Run, Values, move, update
from asn2fpga.engine.ir.operations import COMPARISONS, LOGIC
from asn2fpga.engine.ir.process import Process, Region, uses_of

_NOTHING: Mapping[int, int] = MappingProxyType({})
_MOST_STEPS = 1 << 12  # what is run; longer loops must be those of one counter


@dataclass(frozen=True)
class Trips:
    """Iterations each time a loop runs; `most` is None if that depends on data."""

    least: int
    most: int | None

    def joined(self, other: Trips) -> Trips:
        """The range of both."""
        known = self.most is not None and other.most is not None
        most = max(self.most or 0, other.most or 0) if known else None
        return Trips(min(self.least, other.least), most)


def count_trips(
    process: Process, region: Region, run: Run | None = None, assumed: Mapping[int, int] = _NOTHING
) -> Trips:
    """Trip counts of a loop in a `run` that is known, else over all ways into it; values may be assumed."""
    if run is not None:
        counts = [iterations for name, iterations in run if name == region.name]
        return Trips(min(counts), max(counts)) if counts else Trips(0, 0)
    loop = _Loop(process, region, assumed)
    found = [loop.run(entry) for entry in loop.entries()]
    result = found[0] if found else Trips(1, None)
    for trips in found[1:]:
        result = result.joined(trips)
    return result


class _Loop:
    def __init__(self, process: Process, region: Region, assumed: Mapping[int, int]) -> None:
        self.assumed = assumed
        self.process = process
        self.region = region
        self.conditions = [exit_.condition for exit_ in region.exits]
        self.needed = self._needed()
        self.phis = [phi for phi in region.phis if phi in self.needed]
        self.back = {phi: region.back[phi] for phi in self.phis if phi in region.back}
        self.ops = [process.ops[number] for number in region.ops if number in self.needed]
        self.of_data = [op for op in self.ops if op.id not in assumed]
        self.tested = self._tested()

    def _needed(self) -> set[int]:
        """All that the exit conditions depend on, in this iteration and from those before."""
        needed: set[int] = set()
        work = list(self.conditions)
        while work:
            value = work.pop()
            if value in needed or value not in self.process.ops:
                continue
            needed.add(value)
            work += uses_of(self.process.ops[value])
            if value in self.region.back:
                work.append(self.region.back[value])
        return needed

    def entries(self) -> list[Values]:
        """First values of the variables that count, each set once."""
        seen: list[Values] = []
        handed = HandedOn(self.process)
        for region in self.process.reached():
            for exit_ in region.exits:
                if exit_.target == self.region.name:
                    moves = exit_.moves
                    first = {
                        phi: handed.value(region.name, moves[phi]) if phi in moves else None
                        for phi in self.phis
                    }
                    if first not in seen:
                        seen.append(first)
        return seen

    def _constant(self, value: int) -> int | None:
        op = self.process.ops[value]
        return op.value if op.kind == "constant" else None

    def run(self, entry: Values) -> Trips:
        """Trip counts of one way in."""
        values, least = self.iteration(entry), None
        for step in range(1, _MOST_STEPS + 1):
            ends = self._ends(values)
            if ends or (ends is None and self._ends_anyway(values)):
                return Trips(least or step, step)
            if ends is None and least is None:
                least = step
            changed = move(self.back, values)
            if not changed:  # nor will anything from here on
                break
            update(self.process, self.of_data, values, changed)
        return Trips(least, None) if least else _far(self, entry)

    def iteration(self, state: Values, assumed: Mapping[int, int] = _NOTHING) -> Values:
        """Values of one iteration, as far as they are known; some may be assumed."""
        values, assumed = dict(state), {**self.assumed, **assumed}
        for value in self.needed - values.keys():
            values[value] = self._constant(value)
        values.update((value, found) for value, found in assumed.items() if value in self.needed)
        update(self.process, [op for op in self.ops if op.id not in assumed], values, None)
        return values

    def _ends(self, values: Values) -> bool | None:
        """Whether an iteration is the last one; None if that is not known."""
        ends = [values[condition] for condition in self.conditions]
        return True if 1 in ends else None if None in ends else False

    def _ends_anyway(self, values: Values) -> bool:
        """Whether one of several exits is taken, whichever it is: they test a bit both ways."""
        return any(
            all(self._ends(self._with_bit(values, bit, assumed)) for assumed in (0, 1))
            for bit in self.tested
            if values[bit] is None
        )

    def _with_bit(self, values: Values, bit: int, assumed: int) -> Values:
        """The values of the same iteration if an unknown bit is 0 or 1."""
        found = {**values, bit: assumed}
        update(self.process, self.of_data, found, {bit})
        return found

    def _tested(self) -> list[int]:
        """The bits that the exit conditions combine."""
        found, work = list[int](), list(self.conditions)
        while work:
            op = self.process.ops[work.pop()]
            if op.kind in LOGIC and op.width == 1:
                work += op.args
            elif op.id in self.needed:
                found.append(op.id)
        return list(dict.fromkeys(found))


# ---- one counter that goes far -----------------------------------------------------------------------------


def _far(loop: _Loop, entry: Values) -> Trips:
    """Trips of a loop that ends when its one counter reaches a constant; checked at its end."""
    for step in _candidates(loop, entry):
        before, last = (loop.iteration(_at(loop, entry, at)) for at in (step - 2, step - 1))
        (condition,) = loop.conditions
        if before[condition] == 0 and last[condition] == 1:
            return Trips(step, step)
    return Trips(1, None)


def _candidates(loop: _Loop, entry: Values) -> Iterator[int]:
    increment = _increment(loop)
    if increment is None or len(loop.conditions) != 1:
        return
    (phi,) = loop.phis
    first = entry[phi] or 0
    most = ((1 << loop.process.ops[phi].width) - first) // increment  # before it comes back to 0
    turns = {-(-(bound - first) // increment) + extra for bound in _bounds(loop) for extra in (-1, 0, 1, 2)}
    yield from sorted(turn for turn in turns if 1 < turn <= most)


def _increment(loop: _Loop) -> int | None:
    """What the only counter grows by."""
    ops = loop.process.ops
    if len(loop.phis) != 1 or loop.phis[0] not in loop.region.back:
        return None
    phi = loop.phis[0]
    step = ops[loop.region.back[phi]]
    constants = [ops[arg].value for arg in step.args if ops[arg].kind == "constant"]
    grows = step.kind == "add" and phi in step.args and len(constants) == 1 and constants[0] > 0
    return constants[0] if grows else None


def _bounds(loop: _Loop) -> Iterator[int]:
    """Where a comparison or a bit changes: constants of comparisons, places of bits."""
    for op in loop.ops:
        if op.kind in COMPARISONS:
            yield from (loop.process.ops[arg].value for arg in op.args if arg in loop.needed)
        elif op.kind == "slice" and op.width == 1:
            yield 1 << op.value


def _at(loop: _Loop, entry: Values, iteration: int) -> Values:
    (phi,) = loop.phis
    step = _increment(loop) or 0
    mask = (1 << loop.process.ops[phi].width) - 1
    return {phi: ((entry[phi] or 0) + iteration * step) & mask}
