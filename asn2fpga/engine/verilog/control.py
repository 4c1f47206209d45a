"""Control of a process: which stages hold an iteration, when it moves on, and which region runs next.

Every stage of every region has two signals: `REGION_vS`, an iteration is in stage S, and `REGION_goS`, it
moves on at the next clock edge. It moves on when its streams are ready and the iteration ahead, II stages
further on, moves on or is not there. So a stall of one stage holds what is behind it and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.engine.analysis.ports import port_of
from asn2fpga.engine.ir.process import NOTHING, Op, Process, Region
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.target.bind import REGISTER, memory_style
from asn2fpga.engine.verilog.eager import Eager
from asn2fpga.engine.verilog.signals import Signals, declare


class Control:
    """Emits the valid/go logic of all regions."""

    def __init__(
        self, process: Process, schedules: dict[str, Schedule], signals: Signals, eager: Eager
    ) -> None:
        self.process = process
        self.eager = eager
        self.schedules = schedules
        self.signals = signals
        self.entered = {exit_.target for region in process.regions for exit_ in region.exits}
        self.ported = {memory for memory in process.memories if memory_style(memory) != REGISTER}

    def declarations(self) -> Iterator[str]:
        """Declarations of all control signals."""
        for region in self.process.regions:
            for stage in range(self.schedules[region.name].length):
                yield declare("logic", 1, valid(region.name, stage))
                yield declare("logic", 1, go(region.name, stage))
            if region.name in self.entered:
                yield declare("logic", 1, f"{region.name}_enter")
            if region.is_loop and region.exits:
                yield declare("logic", 1, f"{region.name}_exit")

    def assignments(self, region: Region) -> Iterator[str]:
        """Combinational control of one region."""
        schedule = self.schedules[region.name]
        for stage in range(schedule.length):
            terms = [valid(region.name, stage), *self.ready_terms(region, stage, None)]
            yield f"  assign {go(region.name, stage)} = {' && '.join(terms)};"
        if region.is_loop and region.exits:
            conditions = [
                self.signals.at(region.name, exit_.condition, schedule.exit_stage) for exit_ in region.exits
            ]
            yield f"  assign {region.name}_exit = {' || '.join(conditions)};"

    def ready_terms(self, region: Region, stage: int, skip: Op | None) -> list[str]:
        """Conditions under which stage may advance; for access `skip` to happen.

        An eager access waits for no other but the reads before it.
        """
        schedule = self.schedules[region.name]
        if skip is not None and skip in self.eager:
            accesses = self.eager.before(region, stage, skip)
        else:
            accesses = [op for op in self.eager.at(region, stage) if op is not skip]
        terms = [self._access_ready(region, op, stage) for op in accesses]
        ahead = stage + schedule.interval
        if region.is_loop and ahead < schedule.length:
            terms.append(f"(!{valid(region.name, ahead)} || {go(region.name, ahead)})")
        return terms + self._port_terms(region, stage)

    def _access_ready(self, region: Region, op: Op, stage: int) -> str:
        signal = f"{op.target}_{'valid' if op.kind == 'read' else 'ready'}"
        happened = [self.eager.flags(op).done] if op in self.eager else []
        if op.predicate == NOTHING:
            return f"({signal} || {happened[0]})" if happened else signal
        unwanted = f"!{parenthesise(self.signals.at(region.name, op.predicate, stage))}"
        return f"({' || '.join((unwanted, signal, *happened))})"

    def _port_terms(self, region: Region, stage: int) -> list[str]:
        """Older iterations, which are II stages ahead at least, go first at a memory port that several use.

        A word that was offered must not be withdrawn when one of them comes to the port: a stage that writes
        to a stream waits until they have passed it.
        """
        if not region.is_loop:
            return []
        schedule = self.schedules[region.name]
        ahead = stage + schedule.interval
        stages: list[int] = []
        for used in self._port_stages(region):
            later = sorted(other for other in used if other >= ahead)
            if stage in used and later:
                stages += range(ahead, later[-1] + 1) if self._offers(region, stage) else later
        return [f"!{valid(region.name, other)}" for other in dict.fromkeys(stages)]

    def _offers(self, region: Region, stage: int) -> bool:
        """Whether a stage writes to a stream."""
        ops = (self.process.ops[number] for number in region.ops)
        return any(op.kind == "write" and self.schedules[region.name].stage[op.id] == stage for op in ops)

    def _port_stages(self, region: Region) -> Iterator[set[int]]:
        """Of each memory port the stages that use it."""
        ops = [self.process.ops[number] for number in region.ops]
        for memory in sorted(self.ported, key=lambda memory: memory.name):
            by_port: dict[str, set[int]] = {}
            for op in ops:
                if op.target == memory.name:
                    stage = self.schedules[region.name].stage[op.id]
                    by_port.setdefault(port_of(memory, op), set()).add(stage)
            yield from (by_port[port] for port in sorted(by_port))

    def entries(self) -> Iterator[str]:
        """When each region is entered; one that begins again for ever never is."""
        for region in self.process.regions:
            if region.name not in self.entered:
                continue
            ways = [
                leave
                for source in self.process.regions
                for number, exit_ in enumerate(source.exits)
                if exit_.target == region.name
                for leave in [self.leaving(source, number)]
            ]
            yield f"  assign {region.name}_enter = {' || '.join(ways)};"

    def leaving(self, region: Region, number: int) -> str:
        """Condition under which a region is left by one of its exits."""
        schedule = self.schedules[region.name]
        last = go(region.name, schedule.length - 1)
        terms = [last]
        for earlier in region.exits[:number] if not region.is_loop else ():
            terms.append(f"!{parenthesise(self._condition(region, earlier.condition))}")
        condition = region.exits[number].condition
        if condition != NOTHING:
            terms.append(self._condition(region, condition))
        return f"({' && '.join(terms)})" if len(terms) > 1 else last

    def _condition(self, region: Region, condition: int) -> str:
        return self.signals.at(region.name, condition, self.schedules[region.name].length - 1)

    def going_round(self, region: Region, stage: int) -> str:
        """Whether the iteration in a stage moves on and is not the loop's last one."""
        terms = [self.signals.at(region.name, exit_.condition, stage) for exit_ in region.exits]
        if not terms:
            return go(region.name, stage)
        last = parenthesise(terms[0]) if len(terms) == 1 else f"({' || '.join(terms)})"
        return f"{go(region.name, stage)} && !{last}"

    def reset(self) -> Iterator[str]:
        """Valid bits after reset: only the first region's first stage."""
        for position, region in enumerate(self.process.regions):
            for stage in range(self.schedules[region.name].length):
                first = position == 0 and stage == 0
                yield f"      {valid(region.name, stage)} <= 1'b{int(first)};"

    def updates(self) -> Iterator[str]:
        """Clocked updates of the valid bits."""
        for region in self.process.regions:
            name, schedule = region.name, self.schedules[region.name]
            for number, (condition, value) in enumerate(self._first_stage(region)):
                yield f"      {'else ' if number else ''}if ({condition}) {valid(name, 0)} <= {value};"
            for stage in range(1, schedule.length):
                yield f"      if ({go(name, stage - 1)}) {valid(name, stage)} <= 1'b1;"
                yield f"      else if ({go(name, stage)}) {valid(name, stage)} <= 1'b0;"

    def _first_stage(self, region: Region) -> Iterator[tuple[str, str]]:
        """When the first stage is filled or emptied, the first condition that holds counts."""
        leaves, restart = go(region.name, 0), self.schedules[region.name].interval - 1
        if region.name in self.entered:
            yield f"{region.name}_enter", "1'b1"
        if not region.is_loop:
            yield leaves, "1'b0"
        elif restart:
            yield self.going_round(region, restart), "1'b1"
            yield leaves, "1'b0"
        elif region.exits:
            yield leaves, f"!{region.name}_exit"


def valid(region: str, stage: int) -> str:
    """Signal: an iteration is in this stage."""
    return f"{region}_v{stage}"


def go(region: str, stage: int) -> str:
    """Signal: the iteration in this stage moves on."""
    return f"{region}_go{stage}"


def parenthesise(text: str) -> str:
    """Parentheses around anything that is not a plain name."""
    return text if text.replace("_", "").isalnum() else f"({text})"
