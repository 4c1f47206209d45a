"""Clock enables: a variable of a loop that keeps its value in some iterations is not written in those.

`x = c ? y : x` becomes "if c, x takes y": one condition more for the enable of a register instead of a
multiplexer in front of it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.engine.ir.process import Process, Region, region_uses, uses_of
from asn2fpga.engine.schedule.problem import Schedule


@dataclass(frozen=True)
class Update:
    """The value a loop's phi takes in a stage, and the conditions (value, what it must be) for that."""

    value: int
    conditions: tuple[tuple[int, bool], ...]


def update(process: Process, schedule: Schedule, region: Region, phi: int, stage: int) -> Update:
    """How a phi changes in `stage`, where its next value is written: selects of itself become conditions."""
    value, conditions = region.back[phi], []
    for select in _holding(process, schedule, region, phi, stage):
        condition, yes, no = process.ops[select].args
        conditions.append((condition, no == phi))
        value = yes if no == phi else no
    return Update(value, tuple(conditions))


def _holding(process: Process, schedule: Schedule, region: Region, phi: int, stage: int) -> Iterator[int]:
    """Selects of this stage between a phi and itself, from the last to the first."""
    value = region.back[phi]
    while process.ops[value].kind == "select" and schedule.available.get(value) == stage:
        _, yes, no = process.ops[value].args
        if phi not in (yes, no):
            return
        yield value
        value = yes if no == phi else no


def replaced(process: Process, schedules: dict[str, Schedule], stages: dict[int, int]) -> frozenset[int]:
    """Selects that nobody needs any more; `stages`: of each loop's phi, the one in which it is written."""
    uses = Counter(value for op in process.ops.values() for value in uses_of(op))
    uses.update(value for region in process.regions for value in region_uses(region))
    found = set()
    for region in process.regions:
        for phi in region.back:
            for select in _holding(process, schedules[region.name], region, phi, stages[phi]):
                if uses[select] > 1:
                    break
                found.add(select)
    return frozenset(found)
