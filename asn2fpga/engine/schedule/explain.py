"""What forbids a smaller interval, in words with C++ lines, and what to write instead."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from asn2fpga.engine.analysis.guards import ASKS
from asn2fpga.engine.ir.operations import STREAM_ACCESSES, WIRING
from asn2fpga.engine.ir.process import NOTHING, Op, Process, Region, uses_of
from asn2fpga.engine.schedule.constraints import Constraint, PortBound
from asn2fpga.engine.schedule.placement import Placement

_MOST_NAMES = 6


@dataclass(frozen=True)
class Limit:
    """What forbids a smaller interval, and what to write instead."""

    reason: str = ""
    advice: str = ""


def explain_port(process: Process, bound: PortBound) -> Limit:
    """A port that is used more often in an iteration than asked."""
    is_stream = any(process.ops[number].kind in STREAM_ACCESSES for number in bound.accesses)
    kind = "stream " * is_stream
    reason = f"the accesses of {kind}{bound.target} in one iteration{_at(process, bound.accesses)}"
    if is_stream:
        return Limit(reason, _advice_twice(bound.target))
    return Limit(reason, _advice_ports(bound.target))


def explain_clock(limit: Limit, clock_ns: float, enough_ns: float) -> Limit:
    """The same where the loop would have the interval that is asked at a slower clock."""
    return Limit(
        f"{limit.reason}, at a clock of {clock_ns:.4g} ns; {enough_ns:.4g} ns would do",
        f"use a clock of {enough_ns:.4g} ns or slower, or {limit.advice}",
    )


def explain_limit(process: Process, region: Region, placement: Placement, broken: Constraint) -> Limit:
    """A broken constraint with its operations and lines, and what helps against it."""
    return Limit(explain(process, region, placement, broken), _advice(process, region, broken))


def _advice(process: Process, region: Region, broken: Constraint) -> str:
    if broken.later == NOTHING:
        return "let the end of the loop depend on less, or on what is known one iteration before"
    later = process.ops[broken.later]
    variables = {memory.name for memory in process.memories if memory.depth == 1}
    if later.kind == "phi" or later.target in variables:
        return (
            "shorten what leads from one iteration's value to the next one's: fewer bits, several partial "
            "sums that are added after the loop, or work that does not need the value before it"
        )
    earlier = process.ops[broken.earlier]
    if later.kind in STREAM_ACCESSES:
        if earlier.target == later.target:
            return _advice_twice(later.target)
        return f"{_done(later)} before you {_done(earlier)}, unless one word is an answer to the other"
    if "port" in broken.reason:
        return _advice_ports(later.target)
    return _advice_memory(later.target, region)


def _done(access: Op) -> str:
    done = "ask for" if access.kind == ASKS else access.kind
    return f"{done} {access.target}"


def _advice_twice(stream: str) -> str:
    return f"access {stream} once in an iteration: a struct or a wider word holds what goes together"


def _advice_ports(memory: str) -> str:
    return (
        f"make registers of a small array by HLS_PARTITION({memory}), put words that go together into one "
        "wider word, or use two arrays"
    )


def _advice_memory(memory: str, region: Region) -> str:
    shorter = f"shorten what leads from the word read of {memory} to the word written"
    if memory in region.bypassed:
        return shorter
    return (
        f"{shorter}, say HLS_BYPASS({memory}) if any word may follow any other, or "
        f"HLS_DEPENDENCE_DISTANCE({memory}, N) if a word comes back after N iterations at the earliest"
    )


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
        before = [arg for arg in uses_of(process.ops[value]) if arg in reached]
        value = max(before, key=lambda arg: (placement.available[arg], placement.time[arg]))
    return path[::-1]
