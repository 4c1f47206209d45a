"""What forbids a smaller interval, in words with C++ lines."""

from __future__ import annotations

from collections.abc import Iterable

from asn2fpga.engine.ir.operations import WIRING
from asn2fpga.engine.ir.process import Process, Region, uses_of
from asn2fpga.engine.schedule.constraints import Constraint
from asn2fpga.engine.schedule.placement import Placement

_MOST_NAMES = 6


def explain(process: Process, region: Region, placement: Placement, broken: Constraint) -> str:
    """A broken constraint with the operations between its two ends and their lines."""
    path = _recurrence(process, region, placement, broken)
    if not path:
        return broken.reason + _at(process, (broken.earlier, broken.later))
    names = [process.ops[number].kind for number in path if process.ops[number].kind not in WIRING]
    shown = names if len(names) <= _MOST_NAMES else [*names[: _MOST_NAMES - 1], "...", names[-1]]
    return f"{broken.reason}: {', '.join(shown)}{_at(process, path)}" if shown else broken.reason


def _at(process: Process, values: Iterable[int]) -> str:
    """(FILE:LINE, FILE:LINE) of values, each line once."""
    ops = (process.ops[value] for value in values if value in process.ops)
    lines = [line for line in dict.fromkeys(op.location for op in ops) if line]
    return f" ({', '.join(lines[:_MOST_NAMES])})" if lines else ""


def _recurrence(process: Process, region: Region, placement: Placement, broken: Constraint) -> list[int]:
    """Operations from a variable to its next value, along the latest arguments; none if it is no variable."""
    if region.back.get(broken.later) != broken.earlier:
        return []
    reached = {broken.later}
    for number in region.ops:
        if reached.intersection(uses_of(process.ops[number])):
            reached.add(number)
    path, value = [], broken.earlier
    while value in reached and value != broken.later:
        path.append(value)
        behind = [arg for arg in uses_of(process.ops[value]) if arg in reached]
        value = max(behind, key=lambda arg: (placement.available[arg], placement.time[arg]))
    return path[::-1]
