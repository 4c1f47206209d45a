"""Place the operations of a region into stages: chaining under the delay model, modulo scheduling of loops.

A stage is one clock cycle of an iteration. At initiation interval II a new iteration starts every II cycles
at the earliest; iterations never come closer than II stages (README.md), so every constraint between
iterations i and i+n reads: stage(later) + n * II >= stage(earlier) + latency.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from functools import cached_property

from asn2fpga.engine.ir.operations import WIRING
from asn2fpga.engine.ir.process import NOTHING, Process, Region, uses_of
from asn2fpga.engine.schedule.checking import MAX_STAGES, Checker, exit_stage
from asn2fpga.engine.schedule.constraints import Constraint, RegionConstraints
from asn2fpga.engine.schedule.critical_path import critical_path
from asn2fpga.engine.schedule.explain import Limit, explain_clock, explain_limit, explain_port
from asn2fpga.engine.schedule.fan_out import register_bits
from asn2fpga.engine.schedule.operators import find_operators
from asn2fpga.engine.schedule.placement import Placement
from asn2fpga.engine.schedule.problem import Problem, Schedule
from asn2fpga.engine.schedule.registers import registered_roms
from asn2fpga.engine.target.bind import is_synchronous
from asn2fpga.engine.target.delays import DelayModel
from asn2fpga.errors import HlsError

MAX_INTERVAL = 128
_SLOWER_CLOCKS = (1.1, 1.25, 1.4, 1.6)  # that are tried to see whether the clock is what limits a loop
_SUSPICIOUS = (2, 8, 32)  # so often delayed, an operation may be chasing itself


def schedule_process(process: Process, delays: DelayModel) -> dict[str, Schedule]:
    """Schedule every region of a process; where a slower clock would let iterations start as often as asked,
    what limits them says so.
    """
    schedules = {region.name: schedule_region(process, region, delays) for region in process.regions}
    for region in process.regions:
        schedule = schedules[region.name]
        if schedule.limit.reason and (enough := _clock_that_is_enough(process, region, delays)):
            schedule.limit = explain_clock(schedule.limit, delays.clock_ns, enough)
    return schedules


def _clock_that_is_enough(process: Process, region: Region, delays: DelayModel) -> float | None:
    """The fastest of some slower clocks (ns) at which a loop has the interval that is asked, if one has."""
    for factor in _SLOWER_CLOCKS:
        slower = replace(delays.hurried, clock_ns=delays.clock_ns * factor)
        if _RegionScheduler(process, region, slower).fits_as_asked():
            return slower.clock_ns
    return None


def schedule_region(process: Process, region: Region, delays: DelayModel) -> Schedule:
    """Schedule one region; raises HlsError for a loop that fits no interval.

    A loop that would start its iterations less often for the clock margin's sake may use half of the margin.
    """
    schedule = _RegionScheduler(process, region, delays).run()
    if schedule.interval > max(1, region.interval) and region.is_loop:
        hurried = _RegionScheduler(process, region, delays.hurried).run()
        if hurried.interval < schedule.interval:
            return hurried
    return schedule


class _RegionScheduler:
    def __init__(self, process: Process, region: Region, delays: DelayModel) -> None:
        self.process = process
        self.region = region
        delays = delays.steering(register_bits(process, region))
        self.delays = delays
        self.constraints = RegionConstraints(process, region)
        self.limit = Limit()
        self.close = False  # whether accesses of different streams may share a stage
        self.earliest_placement = Placement(process, region, delays, find_operators(process, region, delays))

    @cached_property
    def _close_placement(self) -> Placement:
        """Where a word that was read may wait in a register: a choice more."""
        operators = dict(self.earliest_placement.operators)
        for number in self.region.ops:
            if self.process.ops[number].kind == "read":
                out_ns = operators[number].out_ns + self.delays.figures.lut
                operators[number] = replace(operators[number], out_ns=out_ns)
        return Placement(self.process, self.region, self.delays, operators)

    def run(self) -> Schedule:
        asked = max(1, self.region.interval) if self.region.is_loop else 1
        bound = self.constraints.port_bound()
        limit = explain_port(self.process, bound)
        first = max(asked, bound.interval) if self.region.is_loop else 1
        for interval in range(first, MAX_INTERVAL + 1):
            schedule = self._apart_or_close(interval)
            if schedule is not None:
                schedule.limit = limit if interval > asked else Limit()
                return self._register_roms(self._sink_loads(schedule))
            limit = self.limit
        raise HlsError(
            f"{self.region.location}: the loop cannot be pipelined at an interval of {MAX_INTERVAL} or less: "
            f"{limit.reason}; use it less often in an iteration, or shorten the dependence between iterations"
        )

    def fits_as_asked(self) -> bool:
        """Whether the loop has a schedule at the interval that is asked."""
        asked = max(1, self.region.interval)
        return self.constraints.port_bound().interval <= asked and self._apart_or_close(asked) is not None

    def _apart_or_close(self, interval: int) -> Schedule | None:
        """A schedule at this interval; accesses of streams share stages only if there is none otherwise."""
        self.close = False
        schedule = self._attempt(interval, {})
        if schedule is None and self.constraints.can_be_close():
            self.close = True
            schedule = self._attempt(interval, {})
        return schedule

    def _attempt(self, interval: int, earliest: dict[int, int]) -> Schedule | None:
        """A schedule at this interval, or None if the constraints cannot be met."""
        placement = (self._close_placement if self.close else self.earliest_placement).copy()
        for value, stage in earliest.items():
            placement.delay(value, stage)
        checker = Checker(self._problem(interval))
        watch = checker.watch(placement)
        delays: Counter[int] = Counter()
        delayed_by: Constraint | None = None
        while True:
            broken = checker.first_broken(placement, watch)
            if broken is None:
                return self._schedule(placement, interval)
            stage = placement.earliest.get(broken.later, 0) + broken.by
            suspicious = delays[broken.later] in _SUSPICIOUS
            chasing = suspicious and checker.chases_itself(placement, broken.later)
            if chasing or self._hopeless(placement, interval, stage):
                # An exit is late because of what delayed the variables that it looks at.
                reason = delayed_by if broken.later == NOTHING and delayed_by is not None else broken
                self.limit = explain_limit(self.process, self.region, placement, reason)
                return None
            delayed_by = broken
            delays[broken.later] += 1
            watch.moved(placement.delay(broken.later, stage))

    def _problem(self, interval: int) -> Problem:
        rules = tuple(self.constraints.rules(interval, self.close))
        placement = self._close_placement if self.close else self.earliest_placement
        return Problem(self.process, self.region, self.delays, placement.operators, rules, interval)

    def _hopeless(self, placement: Placement, interval: int, stage: int) -> bool:
        """Whether an operation is pushed so far after all others that it chases itself."""
        slack = 8 + 2 * interval
        return stage > slack and stage > min(MAX_STAGES, slack + self._length(placement, interval))

    def _sink_loads(self, schedule: Schedule) -> Schedule:
        """Load from distributed memories no earlier than needed: fewer pipeline registers."""
        memories = {memory.name: memory for memory in self.process.memories}
        loads = [
            number
            for number in self.region.ops
            for op in [self.process.ops[number]]
            if op.kind == "load" and not is_synchronous(memories[op.target])
        ]
        if not loads:
            return schedule
        first_uses = self._first_uses(schedule)
        better = self._attempt(schedule.interval, {number: first_uses[number] for number in loads})
        if better is None or better.length > schedule.length:
            return schedule
        better.limit = schedule.limit
        return better

    def _register_roms(self, schedule: Schedule) -> Schedule:
        """The schedule with registers after ROMs that long paths begin at, if they cost at most a stage."""
        earliest = registered_roms(self.process, self.region, schedule, self.delays.budget)
        better = self._attempt(schedule.interval, earliest) if earliest else None
        if better is None or better.length > schedule.length + 1:
            return schedule
        better.limit = schedule.limit
        return better

    def _first_uses(self, schedule: Schedule) -> dict[int, int]:
        """Earliest stage that computes with each value, looking through wiring."""
        first = dict.fromkeys(self.region.ops, schedule.length - 1)
        for number in reversed(self.region.ops):
            op = self.process.ops[number]
            used = first[number] if op.kind in WIRING else schedule.stage[number]
            for value in uses_of(op):
                if value in first:
                    first[value] = min(first[value], used)
        return first

    # ---- from a placement to a schedule ----------------------------------------------------------------

    def _schedule(self, placement: Placement, interval: int) -> Schedule:
        return Schedule(
            region=self.region.name,
            interval=interval,
            margin=self.delays.margin,
            stage=placement.stage,
            available=placement.available,
            time=placement.time,
            length=self._length(placement, interval),
            exit_stage=exit_stage(self.region, placement, self.delays),
            critical_path=critical_path(self.process, self.region, self.delays, placement),
        )

    def _length(self, placement: Placement, interval: int) -> int:
        last = [placement.available[number] for number in (*self.region.ops, *self.region.back)]
        around = interval - 1 if self.region.is_loop else 0
        return 1 + max([0, exit_stage(self.region, placement, self.delays), around, *last])
