"""Place the operations of a region into stages: chaining under the delay model, modulo scheduling of loops.

A stage is one clock cycle of an iteration. At initiation interval II a new iteration starts every II cycles
at the earliest; iterations never come closer than II stages (README.md), so every constraint between
iterations i and i+n reads: stage(later) + n * II >= stage(earlier) + latency.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from asn2fpga.errors import HlsError
from asn2fpga.hls.llvm.bind import BLOCK, memory_style
from asn2fpga.hls.llvm.constraints import Constraint, RegionConstraints
from asn2fpga.hls.llvm.delays import WIRING, DelayModel
from asn2fpga.hls.llvm.ir import NOTHING, Op, Process, Region

MAX_INTERVAL = 64
_MAX_STAGES = 400


@dataclass
class Schedule:
    """Stage in which each operation runs; stage and time (ns) of its value; number of stages."""

    region: str
    interval: int
    stage: dict[int, int] = field(default_factory=dict)
    available: dict[int, int] = field(default_factory=dict)
    time: dict[int, float] = field(default_factory=dict)
    length: int = 1
    exit_stage: int = 0
    limited_by: str = ""
    critical_path_ns: float = 0.0


def schedule_process(process: Process, delays: DelayModel) -> dict[str, Schedule]:
    """Schedule every region of a process."""
    return {region.name: _RegionScheduler(process, region, delays).run() for region in process.regions}


class _RegionScheduler:
    def __init__(self, process: Process, region: Region, delays: DelayModel) -> None:
        self.process = process
        self.region = region
        self.delays = delays
        self.memories = {memory.name: memory for memory in process.memories}
        self.constraints = RegionConstraints(process, region)
        self.inside = set(region.ops)
        self.limited_by = ""

    def run(self) -> Schedule:
        asked = max(1, self.region.interval) if self.region.is_loop else 1
        needed, limited_by = self.constraints.port_bound()
        first = max(asked, needed) if self.region.is_loop else 1
        for interval in range(first, MAX_INTERVAL + 1):
            schedule = self._attempt(interval, {})
            if schedule is not None:
                schedule.limited_by = limited_by if interval > asked else ""
                return self._sink_loads(schedule)
            limited_by = self.limited_by
        raise HlsError(
            f"{self.region.location}: the loop cannot be pipelined at an interval of {MAX_INTERVAL} or less: "
            f"{self.limited_by}; shorten the dependence between iterations"
        )

    def _attempt(self, interval: int, earliest: dict[int, int]) -> Schedule | None:
        """A schedule at this interval, or None if the constraints cannot be met."""
        earliest = dict(earliest)
        while True:
            schedule = self._place(interval, earliest)
            broken = self._first_broken(schedule)
            if broken is None:
                return schedule
            self.limited_by = broken.reason
            earliest[broken.later] = earliest.get(broken.later, 0) + broken.by
            if earliest[broken.later] > min(_MAX_STAGES, 8 + schedule.length + 2 * interval):
                return None

    def _sink_loads(self, schedule: Schedule) -> Schedule:
        """Load from distributed memories no earlier than needed: fewer pipeline registers."""
        earliest = {}
        for number in self.region.ops:
            op = self.process.ops[number]
            if op.kind == "load" and memory_style(self.memories[op.target]) != BLOCK:
                earliest[number] = self._first_use(schedule, number)
        better = self._attempt(schedule.interval, earliest) if earliest else None
        if better is None or better.length > schedule.length:
            return schedule
        better.limited_by = schedule.limited_by
        return better

    def _first_use(self, schedule: Schedule, value: int) -> int:
        """Earliest stage that computes with a value, looking through wiring."""
        stages = [schedule.length - 1]
        for number in self.region.ops:
            op = self.process.ops[number]
            if value in op.args or value == op.predicate:
                wiring = op.kind in WIRING
                stages.append(self._first_use(schedule, number) if wiring else schedule.stage[number])
        return min(stages)

    # ---- placing ---------------------------------------------------------------------------------------

    def _place(self, interval: int, earliest: dict[int, int]) -> Schedule:
        schedule = Schedule(self.region.name, interval)
        start = self.delays.start()
        for phi in self.region.phis:
            schedule.stage[phi] = schedule.available[phi] = earliest.get(phi, 0)
            schedule.time[phi] = start
        for number in self.region.ops:
            self._place_op(self.process.ops[number], schedule, earliest)
        last = [schedule.available[number] for number in (*self.region.ops, *self.region.back)]
        schedule.exit_stage = self._exit_stage(schedule)
        schedule.length = 1 + max([0, schedule.exit_stage, interval - 1 if self.region.is_loop else 0, *last])
        schedule.critical_path_ns = max([start, *schedule.time.values()]) + self.delays.setup
        return schedule

    def _exit_stage(self, schedule: Schedule) -> int:
        """Stage in which all exit conditions are known."""
        conditions = [exit_.condition for exit_ in self.region.exits if exit_.condition in self.inside]
        stages = [self._settled(schedule, value, self.delays.handshake) for value in conditions]
        return max(stages, default=0)

    def _settled(self, schedule: Schedule, value: int, needed: float) -> int:
        """First stage in which a value is there with `needed` ns left."""
        stage = schedule.available[value]
        return stage if schedule.time[value] + needed * self.delays.scale <= self.delays.budget else stage + 1

    def _place_op(self, op: Op, schedule: Schedule, earliest: dict[int, int]) -> None:
        stage, time = earliest.get(op.id, 0), self.delays.start()
        for arg in op.args:
            if arg in schedule.available:
                stage, time = _later((stage, time), (schedule.available[arg], schedule.time[arg]))
        if op.predicate in schedule.available:
            settled = self._settled(schedule, op.predicate, self.delays.handshake)
            if settled > stage:
                stage, time = settled, self.delays.start()
        if op.kind in WIRING:
            schedule.stage[op.id] = schedule.available[op.id] = stage
            schedule.time[op.id] = time
            return
        delay = self._delay(op)
        if time + delay > self.delays.budget and time > self.delays.start():
            stage, time = stage + 1, self.delays.start()
        schedule.stage[op.id] = schedule.available[op.id] = stage
        schedule.time[op.id] = time + delay
        if op.kind == "load" and memory_style(self.memories[op.target]) == BLOCK:
            schedule.available[op.id] = stage + 1
            schedule.time[op.id] = self.delays.block_ram_out * self.delays.scale
        elif op.kind == "read":
            schedule.time[op.id] = max(time, self.delays.stream_out * self.delays.scale)

    def _delay(self, op: Op) -> float:
        if op.kind in ("store", "write", "read"):
            return self.delays.setup * self.delays.scale
        if op.kind == "load":
            memory = self.memories[op.target]
            if memory.depth == 1:
                return 0.0
            style = memory_style(memory)
            return (
                self.delays.setup if style == BLOCK else self.delays.distributed_ram_out
            ) * self.delays.scale
        return self.delays.of(op, tuple(self.process.ops[arg].width for arg in op.args))

    # ---- checking --------------------------------------------------------------------------------------

    def _first_broken(self, schedule: Schedule) -> Constraint | None:
        for constraint in self.constraints.broken(schedule.stage, schedule.interval):
            return constraint
        if not self.region.is_loop:
            return None
        if schedule.exit_stage > schedule.interval - 1:
            return Constraint(NOTHING, _MAX_STAGES, "the exit condition is known too late")
        return self._broken_recurrence(schedule)

    def _broken_recurrence(self, schedule: Schedule) -> Constraint | None:
        for phi, value in self.region.back.items():
            ready = schedule.available.get(value, 0)
            if value in self.inside and schedule.time[value] + self.delays.setup > self.delays.budget:
                ready += 1
            late = max(ready, schedule.exit_stage) - (schedule.stage[phi] + schedule.interval - 1)
            if late > 0:
                op = self.process.ops[phi]
                return Constraint(
                    phi, late, f"the value of {op.name or 'a variable'} from the last iteration"
                )
        return None


def _later(first: tuple[int, float], second: tuple[int, float]) -> tuple[int, float]:
    """The later of two (stage, time) pairs."""
    return max(first, second)
