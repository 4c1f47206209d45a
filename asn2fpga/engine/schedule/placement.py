"""Operations of a region in stages, as early as their arguments and the asked earliest stages allow.

Delaying one operation moves it and what depends on it, and nothing else.
"""

from __future__ import annotations

import heapq

from asn2fpga.engine.ir.process import NOTHING, Process, Region, uses_of
from asn2fpga.engine.schedule.operators import Operator
from asn2fpga.engine.target.delays import DelayModel


class Placement:
    """Per value: the stage its operation runs in, the stage its value is there, and when (ns) in it."""

    def __init__(
        self, process: Process, region: Region, delays: DelayModel, operators: dict[int, Operator]
    ) -> None:
        self.ops = process.ops
        self.region = region
        self.delays = delays
        self.operators = operators
        self.earliest: dict[int, int] = {}
        self.stage = dict.fromkeys(region.phis, 0)
        self.available = dict.fromkeys(region.phis, 0)
        self.time = dict.fromkeys(region.phis, delays.start())
        self._order = {number: position for position, number in enumerate(region.ops)}
        self._users = self._find_users()
        self._start = delays.start()
        self._handshake = delays.figures.handshake
        self._budget = delays.budget
        for number in region.ops:
            self._place(number)

    def _find_users(self) -> dict[int, list[int]]:
        """Positions of the operations of the region that use each value, or wait for it."""
        users: dict[int, list[int]] = {}
        for position, number in enumerate(self.region.ops):
            for value in {*uses_of(self.ops[number]), *self.operators[number].after}:
                users.setdefault(value, []).append(position)
        return users

    def copy(self) -> Placement:
        """The same placement, to be changed on its own."""
        twin = object.__new__(Placement)
        twin.__dict__.update(self.__dict__)
        for name in ("earliest", "stage", "available", "time"):
            setattr(twin, name, dict(getattr(self, name)))
        return twin

    def delay(self, value: int, stage: int) -> list[int]:
        """Let an operation or phi run no earlier than in `stage`; moves all that depends on it.

        Returns what has moved.
        """
        self.earliest[value] = stage
        moved = []
        if value in self._order:
            work = [self._order[value]]
        else:
            self.stage[value] = self.available[value] = stage
            moved.append(value)
            work = list(self._users.get(value, ()))
        heapq.heapify(work)
        waiting = set(work)
        while work:
            position = heapq.heappop(work)
            waiting.discard(position)
            number = self.region.ops[position]
            if self._place(number):
                moved.append(number)
                for user in self._users.get(number, ()):
                    if user not in waiting:
                        waiting.add(user)
                        heapq.heappush(work, user)
        return moved

    def _place(self, number: int) -> bool:
        """Place one operation after its arguments; whether anything changed."""
        op, operator = self.ops[number], self.operators[number]
        available = self.available
        stage = max([self.earliest.get(number, 0), *[available.get(arg, 0) for arg in op.args]])
        time = self._arrival(operator, stage)
        if op.predicate != NOTHING and op.predicate in self.available:
            settled = self.settled(op.predicate, self.handshake(op.predicate))
            if settled > stage:
                stage, time = settled, self._start
        if not operator.wiring and time + operator.delay_ns > self._budget and time > self._start:
            stage, time = stage + 1, self._start
        return self._enter(number, stage, time, operator)

    def into_register(self, number: int) -> float:
        """When what comes before a register inside or after an operation is done; 0 if it has none."""
        operator = self.operators[number]
        if not operator.latency:
            return 0.0
        return self._arrival(operator, self.stage[number]) + operator.delay_ns

    def _arrival(self, operator: Operator, stage: int) -> float:
        """When the last argument is there in a stage."""
        if operator.leads:
            early = zip(operator.after, operator.leads, strict=True)
            return max(
                [self._start, *(self.time[arg] - ns for arg, ns in early if self.available.get(arg) == stage)]
            )
        return max(
            [self._start, *(self.time[arg] for arg in operator.after if self.available.get(arg) == stage)]
        )

    def _enter(self, number: int, stage: int, time: float, operator: Operator) -> bool:
        available = stage + operator.latency
        if operator.latency:
            time = operator.out_ns
        elif operator.out_ns:  # a stream's data
            time = max(time, operator.out_ns)
        else:
            time += operator.delay_ns
        old = self.stage.get(number), self.available.get(number), self.time.get(number)
        self.stage[number], self.available[number], self.time[number] = stage, available, time
        return old != (stage, available, time)

    def handshake(self, value: int) -> float:
        """Time from a predicate or exit condition to clock enables; its last gate may share a table there."""
        operator = self.operators.get(value)
        shared = operator is not None and operator.roomy
        return self._handshake - (self.delays.figures.lut if shared else 0.0)

    def settled(self, value: int, needed_ns: float) -> int:
        """First stage in which a value of the region is there with `needed_ns` left."""
        stage = self.available[value]
        return stage if self.time[value] + needed_ns <= self._budget else stage + 1
