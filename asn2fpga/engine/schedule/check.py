"""Verifies the schedule of a region from what it means, knowing nothing of how it was found.

Every rule gives what it finds wrong; README.md says why a pipeline needs each of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations, pairwise, product

from asn2fpga.engine.analysis.guards import ASKS, stream_order
from asn2fpga.engine.analysis.ports import port_of
from asn2fpga.engine.ir.operations import (
    MEMORY_ACCESSES,
    OPERATIONS,
    WIRING,
    Delay,
)
from asn2fpga.engine.ir.printed import format_op
from asn2fpga.engine.ir.process import NOTHING, Memory, Op, Process, Region, uses_of
from asn2fpga.engine.schedule.fan_out import fan_outs, register_bits
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.target.bind import is_synchronous
from asn2fpga.engine.target.delays import DelayModel
from asn2fpga.errors import InternalError

_EPSILON = 1e-9  # ns: sums of the same delays in another order
_ALWAYS_WHOLE = (Delay.PRODUCT, Delay.SHIFT, Delay.DIVISION, Delay.ACCESS)


@dataclass(frozen=True)
class Solution:
    """A region with its schedule."""

    process: Process
    region: Region
    schedule: Schedule
    delays: DelayModel

    @property
    def ops(self) -> list[Op]:
        """The region's operations, in order of the program."""
        return [self.process.ops[number] for number in self.region.ops]

    @property
    def turn(self) -> int:
        """Cycles from one iteration to the next; 0 in a block."""
        return self.schedule.interval if self.region.is_loop else 0

    @cached_property
    def _memories(self) -> dict[str, Memory]:
        return {memory.name: memory for memory in self.process.memories}

    @cached_property
    def loads(self) -> dict[int, int]:
        """Inputs that each value leads to."""
        return fan_outs(self.process, self.region)

    def memory(self, op: Op) -> Memory:
        """What an access touches."""
        return self._memories[op.target]

    def settled(self, value: int, needed_ns: float) -> int:
        """First stage in which a value is there with so much time left."""
        late = self.schedule.time[value] + needed_ns > self.delays.budget + _EPSILON
        return self.schedule.available[value] + late

    @cached_property
    def whole(self) -> set[int]:
        """Values that come out of an operator of their own."""
        return _whole_operators(self)

    def steers(self, value: int) -> int:
        """First stage in which a predicate or exit condition is in time; a gate may share a table there."""
        figures = self.delays.figures
        return self.settled(value, figures.handshake - (figures.lut if self._is_gate(value) else 0.0))

    def _is_gate(self, value: int) -> bool:
        """Whether a value comes out of gates, or of wiring and inverters after some."""
        if value in self.whole or value not in self.schedule.available:
            return False
        op = self.process.ops[value]
        passing = op.kind in WIRING or op.kind == "not"
        return not passing or any(self._is_gate(arg) for arg in op.args)

    def inside(self, values: Iterator[int]) -> list[int]:
        """Those of the values that this region schedules."""
        return [value for value in values if value in self.schedule.available]


def check_schedule(process: Process, region: Region, schedule: Schedule, delays: DelayModel) -> None:
    """Raises InternalError that names the region, the operation and what the schedule breaks."""
    margin = max(schedule.margin, delays.hurried.margin)  # a loop may use half of the margin, and no more
    kept = replace(delays, margin=margin).steering(register_bits(process, region))
    solution = Solution(process, region, schedule, kept)
    for rule in RULES:
        for complaint in rule(solution):
            kind = "loop" if region.is_loop else "block"
            raise InternalError(
                f"after scheduling: process {process.name}, {kind} {region.name} at interval "
                f"{schedule.interval}: {complaint}. This is a mistake of the engine; please report it with "
                "the C++."
            )


def all_are_placed(solution: Solution) -> Iterator[str]:
    """Every operation and phi has a stage, and all of them end within the length."""
    schedule, region = solution.schedule, solution.region
    for number in (*region.phis, *region.ops):
        if number not in schedule.stage.keys() & schedule.available.keys() & schedule.time.keys():
            yield f"{format_op(solution.process.ops[number])}: it is not placed"
            return
        if not 0 <= schedule.stage[number] <= schedule.available[number] < schedule.length:
            stages = f"{schedule.stage[number]} to {schedule.available[number]} of {schedule.length}"
            yield f"{format_op(solution.process.ops[number])}: it lies in stages {stages}"
    if schedule.interval < 1 or schedule.length < solution.turn:
        yield f"{schedule.length} stages are fewer than the interval"


def arguments_are_there(solution: Solution) -> Iterator[str]:
    """A value is there in the stage of what uses it; a predicate in time for the handshakes."""
    schedule = solution.schedule
    for op in solution.ops:
        for value in solution.inside(iter(op.args)):
            if schedule.available[value] > schedule.stage[op.id]:
                yield f"{format_op(op)}: %{value} comes in stage {schedule.available[value]}"
        for value in solution.inside(uses_of(op)):
            if value == op.predicate and solution.steers(value) > schedule.stage[op.id]:
                yield f"{format_op(op)}: its predicate comes too late in stage {schedule.stage[op.id]}"


def latencies_are_kept(solution: Solution) -> Iterator[str]:
    """Block RAM and products with registers answer in a later cycle."""
    schedule = solution.schedule
    for op in solution.ops:
        widths = [solution.process.ops[arg].width for arg in op.args]
        latency = solution.delays.registers_inside(op, widths) if op.args else 0
        if op.kind == "load":
            latency = int(is_synchronous(solution.memory(op)))
        if schedule.available[op.id] - schedule.stage[op.id] < latency:
            yield f"{format_op(op)}: its value takes {latency} cycle(s)"


# ---- chaining ------------------------------------------------------------------------------------------


def chains_take_their_time(solution: Solution) -> Iterator[str]:
    """Within a stage a value comes after its arguments, by the delay of its operation."""
    schedule, whole = solution.schedule, solution.whole
    for op in solution.ops:
        if schedule.available[op.id] == schedule.stage[op.id] and op.kind not in WIRING:
            delay = _delay(solution, op) if op.id in whole else 0.0
            if schedule.time[op.id] + _EPSILON < _arrival(solution, op) + delay:
                yield f"{format_op(op)}: its value cannot be there after {schedule.time[op.id]:.3f} ns"


def _arrival(solution: Solution, op: Op) -> float:
    """When the last argument is there. The chain of a sum of sums begins before their carries have ended."""
    ops, time, figures = solution.process.ops, solution.schedule.time, solution.delays.figures
    width = max((ops[arg].width for arg in op.args), default=0)
    along = figures.carry_per_bit if OPERATIONS[op.kind].delay is Delay.CARRIED else 0.0
    times = [solution.delays.start()]
    for arg in _chained(solution, op):
        is_sum = OPERATIONS[ops[arg].kind].delay is Delay.CARRIED
        times.append(time[arg] - (along * min(width, ops[arg].width) if is_sum else 0.0))
    return max(times)


def stages_fit_the_clock(solution: Solution) -> Iterator[str]:
    """A value is there at the end of its stage; what takes longer even alone begins at the stage's start."""
    schedule, delays, whole = solution.schedule, solution.delays, solution.whole
    for op in solution.ops:
        late = schedule.time[op.id] > delays.budget + _EPSILON
        if not late or op.kind in WIRING or schedule.available[op.id] > schedule.stage[op.id]:
            continue
        for arg in _chained(solution, op):
            # One level of logic may be packed into this operation, with the net that leads to it.
            level = 0.0 if arg in whole else delays.figures.lut + _longest_net(solution, arg, whole)
            if schedule.time[arg] > delays.start() + level + _EPSILON:
                yield f"{format_op(op)}: {schedule.time[op.id]:.3f} ns are more than {delays.budget:.3f}"
                break


def _longest_net(solution: Solution, value: int, whole: set[int]) -> float:
    """Of the nets that lead to a value and to all logic before it in the region: what it takes longer."""
    longest, work = 0.0, [value]
    while work:
        for arg in solution.process.ops[work.pop()].args:
            longest = max(longest, solution.delays.net(solution.loads.get(arg, 0)))
            if arg in solution.schedule.available and arg not in whole:
                work.append(arg)
    return longest


def _chained(solution: Solution, op: Op) -> list[int]:
    """Arguments that come in the stage of an operation, what precedes wiring in place of it."""
    found, work = [], solution.inside(iter(op.args))
    while work:
        value = work.pop()
        if solution.schedule.available[value] == solution.schedule.stage[op.id]:
            source = solution.process.ops[value]
            if source.kind in WIRING:
                work += solution.inside(iter(source.args))
            else:
                found.append(value)
    return found


def _whole_operators(solution: Solution) -> set[int]:
    """Values that come out of registers, memories, streams and operators too large for one look-up table.

    All else is gates, or small enough to be some: what precedes or follows it may share its table.
    """
    found = set(solution.region.phis)
    for op in solution.ops:
        delay = OPERATIONS[op.kind].delay
        free = [arg for arg in op.args if solution.process.ops[arg].kind != "constant"]
        bits = sum(solution.process.ops[arg].width for arg in free)
        large = bits > solution.delays.figures.lut_inputs and all(
            arg in found or arg not in solution.schedule.available for arg in free
        )
        if delay in _ALWAYS_WHOLE or (delay is Delay.CARRIED and large):
            found.add(op.id)
    return found


def _delay(solution: Solution, op: Op) -> float:
    figures = solution.delays.figures
    if OPERATIONS[op.kind].delay is not Delay.ACCESS:
        return solution.delays.of(op, [solution.process.ops[arg].width for arg in op.args])
    if op.kind != "load":
        return figures.setup if op.args else 0.0
    return figures.distributed_ram_out if solution.memory(op).depth > 1 else 0.0


# ---- accesses ------------------------------------------------------------------------------------------


def streams_keep_their_order(solution: Solution) -> Iterator[str]:
    """Accesses of streams stay in order, those of one stream in different stages.

    Those of two may share a stage of a loop (verilog/eager.py); elsewhere only a read and the write after it.
    """
    stage = solution.schedule.stage
    order = stream_order(solution.process, solution.region)
    accesses = [op for op in order.accesses if op.kind != ASKS]
    for first, second in pairwise(accesses):
        together = first.target != second.target and bool(solution.turn)
        together = together or (first.kind == "read" and second.kind == "write")
        never = order.never_waits(first) and order.never_waits(second)
        together = together or (first.target != second.target and never)
        if stage[second.id] < stage[first.id] + (not together):
            yield f"{format_op(second)}: it must come after {format_op(first)}"
    for first, second in combinations(accesses if solution.turn else (), 2):
        if first.target == second.target and not 0 < stage[second.id] - stage[first.id] < solution.turn:
            yield f"{format_op(second)}: the next iteration would use {second.target} before it"


def questions_keep_their_order(solution: Solution) -> Iterator[str]:
    """Whether a stream is available is asked between its accesses, and before whatever else may wait."""
    stage, turn = solution.schedule.stage, solution.turn
    order = stream_order(solution.process, solution.region)
    for number, asks in enumerate(order.accesses):
        for place, other in enumerate(order.accesses if asks.kind == ASKS else ()):
            apart, own, before = stage[other.id] - stage[asks.id], other.target == asks.target, place < number
            waits = not order.never_waits(other)
            if before and apart > -int(own and other.kind != ASKS):
                yield f"{format_op(asks)}: it must come after {format_op(other)}"
            if not before and apart < int(waits and not own):
                yield f"{format_op(other)}: it must come after {format_op(asks)}"
            if turn and own and other.kind != ASKS and not before and apart >= turn:
                yield f"{format_op(asks)}: the next iteration would ask before {format_op(other)}"


def memories_keep_their_order(solution: Solution) -> Iterator[str]:
    """Whatever touches a word after a store, or before it, does so in the order of the program."""
    stage = solution.schedule.stage
    by_memory: dict[str, list[Op]] = {}
    for op in solution.ops:
        if op.kind in MEMORY_ACCESSES:
            by_memory.setdefault(op.target, []).append(op)
    for accesses in by_memory.values():
        for first, second in combinations(accesses, 2):
            if first.kind == second.kind == "load":
                continue
            soonest = stage[first.id] + (first.kind == "store")
            if stage[second.id] < soonest and not _differ(solution, first, second):
                yield f"{format_op(second)}: it must come after {format_op(first)}"
        stores = [op for op in accesses if op.kind == "store" and solution.turn]
        for store, other in product(stores, accesses):
            yield from _across_iterations(solution, store, other)
            yield from _across_iterations(solution, other, store)


def _across_iterations(solution: Solution, first: Op, second: Op) -> Iterator[str]:
    """`first` of an iteration, then `second` of the one in which it may meet the same word again."""
    stage = solution.schedule.stage
    iterations = _iterations_apart(solution, first, second)
    moment = stage[second.id] + iterations * solution.turn
    bypassed = first.target in solution.region.bypassed and solution.memory(first).bypassed
    visible = first.kind == "store" and not (second.kind == "load" and bypassed)
    if moment < stage[first.id] + visible:
        yield (f"{format_op(second)}: {iterations} iteration(s) later it must come after {format_op(first)}")


def _differ(solution: Solution, first: Op, second: Op) -> bool:
    """Whether two accesses use different words, by the constants that address them."""
    addresses = [solution.process.ops[op.args[0]] for op in (first, second)]
    values = {op.value for op in addresses if op.kind == "constant"}
    return len(values) == 2


def _iterations_apart(solution: Solution, first: Op, second: Op) -> int:
    """Iterations after which the word of `first` can come back: as promised, or once round a counter."""
    region, ops = solution.region, solution.process.ops
    if first.target in region.distances:
        return max(1, region.distances[first.target])
    address = ops[first.args[0]]
    counter = ops[address.args[0]] if address.kind == "slice" and address.value == 0 else address
    following = ops.get(region.back.get(counter.id, NOTHING))
    if first.args[0] != second.args[0] or following is None or following.kind != "add":
        return 1
    steps = [ops[arg] for arg in following.args if arg != counter.id]
    counts = len(steps) == 1 and steps[0].kind == "constant" and steps[0].value == 1
    return 1 << address.width if counts and counter.kind == "phi" else 1


def ports_serve_one_at_a_time(solution: Solution) -> Iterator[str]:
    """In a cycle a port of a memory serves one access, or loads of one address in one stage."""
    stage = solution.schedule.stage
    users: dict[tuple[str, str, int], list[Op]] = {}
    for op in solution.ops:
        if op.kind in MEMORY_ACCESSES and solution.memory(op).depth > 1:
            cycle = stage[op.id] % solution.turn if solution.turn else stage[op.id]
            users.setdefault((op.target, port_of(solution.memory(op), op), cycle), []).append(op)
    for (target, port, _), ops in users.items():
        if len({(op.kind, op.args, stage[op.id]) if op.kind == "load" else op.id for op in ops}) > 1:
            yield f"{format_op(ops[-1])}: the {port} port of {target} serves {format_op(ops[0])} then"


# ---- around the loop -----------------------------------------------------------------------------------


def exits_are_known_in_time(solution: Solution) -> Iterator[str]:
    """Exits of a loop are decided before its next iteration begins."""
    schedule = solution.schedule
    for exit_ in solution.region.exits:
        if exit_.condition in schedule.available:
            decided = solution.steers(exit_.condition)
            if decided > schedule.exit_stage or (solution.turn and decided >= solution.turn):
                yield f"%{exit_.condition}, on which an exit depends, is known in stage {decided}"


def variables_come_round(solution: Solution) -> Iterator[str]:
    """What an iteration gives to the next one is in its register when that one needs it."""
    schedule = solution.schedule
    for phi, value in solution.region.back.items():
        ready = schedule.exit_stage
        if value in solution.region.ops:
            ready = max(ready, solution.settled(value, solution.delays.figures.setup))
        elif value in schedule.available:
            ready = max(ready, schedule.available[value])
        if ready > schedule.stage[phi] + solution.turn - 1:
            yield f"{format_op(solution.process.ops[phi])}: %{value} is there in stage {ready} only"


RULES: tuple[Callable[[Solution], Iterator[str]], ...] = (
    all_are_placed,
    arguments_are_there,
    latencies_are_kept,
    chains_take_their_time,
    stages_fit_the_clock,
    streams_keep_their_order,
    questions_keep_their_order,
    memories_keep_their_order,
    ports_serve_one_at_a_time,
    exits_are_known_in_time,
    variables_come_round,
)
