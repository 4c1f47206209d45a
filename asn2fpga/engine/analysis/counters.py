"""Upper bounds of loop counters: they start at constants and grow by a constant while a test allows it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.engine.ir.operations import OPERATIONS
from asn2fpga.engine.ir.process import NOTHING, Op, Process, Region

_LARGEST_STEP = 1 << 16


@dataclass(frozen=True)
class Fact:
    """A condition that must have a given truth."""

    condition: int
    truth: bool


@dataclass(frozen=True)
class Step:
    """The phi may grow by `amount` when all facts hold."""

    amount: int
    facts: tuple[Fact, ...]


@dataclass(frozen=True)
class Limit:
    """The phi is at most `value`; if `unit`, only because it never jumps over a number."""

    value: int
    unit: bool = False


def counter_bits(process: Process, phi: int, moves: list[tuple[Region, int]]) -> int:
    """Bits that hold every value of a phi; its own width if it is not a counter with a known end."""
    width = process.ops[phi].width
    starts, limits, largest = [0], [Limit(0)], 0
    for region, value in moves:
        if process.ops[value].kind == "constant":
            starts.append(process.ops[value].value)
            continue
        steps = _steps(process, phi, value, ())
        if steps is None:
            return width
        for step in (step for step in steps if step.amount):
            limit = _limit_of_step(process, phi, region, step)
            if limit is None:
                return width
            limits.append(limit)
            largest = max(largest, step.amount)
    last = max(limit.value for limit in limits)
    if any(limit.unit for limit in limits) and not _meets_all(limits, last, starts, largest):
        return width
    return min(width, max(last + largest, *starts).bit_length())


def _meets_all(limits: list[Limit], last: int, starts: list[int], largest: int) -> bool:
    """Whether no step and no start brings the phi past the number that a unit limit forbids to pass."""
    equal = all(limit.value == last for limit in limits if limit.unit)
    return equal and largest == 1 and max(starts) <= last + 1


def _steps(process: Process, phi: int, value: int, facts: tuple[Fact, ...]) -> list[Step] | None:
    """All ways in which `value` can follow from the phi, or None if it is anything else."""
    op = process.ops[value]
    if value == phi:
        return [Step(0, facts)]
    if op.kind == "add" and phi in op.args:
        other = process.ops[op.args[1] if op.args[0] == phi else op.args[0]]
        small = other.kind == "constant" and other.value < _LARGEST_STEP
        return [Step(other.value, facts)] if small else None
    if op.kind != "select":
        return None
    condition, yes, no = op.args
    if_true = _steps(process, phi, yes, (*facts, Fact(condition, True)))
    if_false = _steps(process, phi, no, (*facts, Fact(condition, False)))
    return None if if_true is None or if_false is None else if_true + if_false


def _limit_of_step(process: Process, phi: int, region: Region, step: Step) -> Limit | None:
    """Largest phi with which a step can be taken, by its own conditions or by those of the loop around it."""
    found = [limit for fact in step.facts for limit in _limits(process, fact, phi)]
    home = next(candidate for candidate in process.regions if phi in candidate.phis)
    on_an_exit = region is home and any(exit_.target == home.name for exit_ in home.exits)  # perhaps
    for fact, target in () if on_an_exit else _ways_out(home):
        if region.name not in _reachable(process, target, home.name):
            found += _limits(process, Fact(fact.condition, not fact.truth), phi)
    return min(found, key=lambda limit: limit.value, default=None)


def _ways_out(region: Region) -> Iterator[tuple[Fact, str]]:
    """Exits with the fact under which they are taken."""
    for exit_ in region.exits:
        if exit_.condition != NOTHING:
            yield Fact(exit_.condition, True), exit_.target
        elif len(region.exits) == 2:
            yield Fact(region.exits[0].condition, False), exit_.target


def _limits(process: Process, fact: Fact, phi: int) -> list[Limit]:
    """Bounds on the phi that follow from a fact."""
    op = process.ops[fact.condition]
    if op.kind == "not":
        return _limits(process, Fact(op.args[0], not fact.truth), phi)
    if (op.kind, fact.truth) in (("and", True), ("or", False)) and op.width == 1:
        return [limit for arg in op.args for limit in _limits(process, Fact(arg, fact.truth), phi)]
    limit = _comparison_limit(process, op, fact.truth, phi)
    return [] if limit is None or limit.value < 0 else [limit]


def _comparison_limit(process: Process, op: Op, truth: bool, phi: int) -> Limit | None:
    row = OPERATIONS[op.kind]
    if not row.comparison or row.is_signed:
        return None
    first, second = (process.ops[arg] for arg in op.args)
    if op.kind == "eq":
        value, constant = (first, second) if second.kind == "constant" else (second, first)
        if constant.kind != "constant":
            return None
        if value.id == phi and not truth:
            return Limit(constant.value - 1, unit=True)
        upper = (
            value.kind == "slice"
            and value.args == (phi,)
            and value.value + value.width == _width(process, phi)
        )
        return Limit((1 << value.value) - 1) if upper and truth and constant.value == 0 else None
    inclusive = op.kind == "ule"
    if first.id == phi and second.kind == "constant" and truth:
        return Limit(second.value - 1 + inclusive)
    if second.id == phi and first.kind == "constant" and not truth:
        return Limit(first.value - inclusive)
    return None


def _width(process: Process, value: int) -> int:
    return process.ops[value].width


def _reachable(process: Process, start: str, stop: str) -> set[str]:
    """Regions that can run after entering `start`, without passing through `stop` or a restart."""
    seen: set[str] = set()
    work = [start]
    restart = process.regions[0].name
    while work:
        name = work.pop()
        if name not in seen and name not in (stop, restart):
            seen.add(name)
            work += [exit_.target for exit_ in process.region(name).exits]
    return seen
