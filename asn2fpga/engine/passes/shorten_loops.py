"""Fewer cycles around loops: tests one iteration ahead, nests made one loop, where that costs no interval.

What it costs is judged with the trees that `balance` makes of chains.
"""

from __future__ import annotations

from asn2fpga.engine.ir.process import Process
from asn2fpga.engine.ir.rewrite import Rewriter
from asn2fpga.engine.passes.balance import balance
from asn2fpga.engine.passes.dead_code import remove_dead_code
from asn2fpga.engine.passes.flatten import flatten
from asn2fpga.engine.passes.look_ahead import look_ahead
from asn2fpga.engine.passes.merge_accesses import merge_accesses
from asn2fpga.engine.passes.thread_exits import thread_exits
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.schedule.scheduler import schedule_region
from asn2fpga.engine.target.delays import DelayModel
from asn2fpga.errors import HlsError

_DEEPER = 8  # stages a nest's one loop may have more than its inner loop had


def shorten_loops(process: Process, delays: DelayModel) -> Process:
    """The process with every loop changed that keeps its initiation interval."""
    for name in [region.name for region in process.regions if region.is_loop]:
        if not _has(process, name):  # entered only on a way that has turned out to be impossible
            continue
        before = _schedule(process, name, delays)
        ahead = _cleaned(look_ahead(process, name), name)
        if ahead is not None and not _is_as_fast(ahead, name, delays, before, before.length):
            ahead = None
        for start in (ahead, process):
            nest = None if start is None else _cleaned(flatten(start, name), name)
            if nest is not None and _is_as_fast(nest, name, delays, before, before.length + _DEEPER):
                process = nest
                break
        else:
            process = ahead or process
    return process


def _cleaned(process: Process | None, name: str) -> Process | None:
    """Without the blocks that nobody enters any more; None if the loop itself has gone."""
    if process is None:
        return None
    process = merge_accesses(remove_dead_code(Rewriter(thread_exits(process)).run()))
    return process if _has(process, name) else None


def _has(process: Process, name: str) -> bool:
    return any(region.name == name for region in process.regions)


def _is_as_fast(process: Process, name: str, delays: DelayModel, before: Schedule, length: int) -> bool:
    try:
        after = _schedule(process, name, delays)
    except HlsError:
        return False
    return after.interval <= before.interval and after.length <= length and after.margin >= before.margin


def _schedule(process: Process, name: str, delays: DelayModel) -> Schedule:
    balanced = balance(process)
    return schedule_region(balanced, balanced.region(name), delays)
