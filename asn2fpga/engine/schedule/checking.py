"""What a placement breaks: order of accesses, shared ports, exits and variables that come too late."""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Sequence

from asn2fpga.engine.ir.process import NOTHING, Region
from asn2fpga.engine.schedule.constraints import Constraint, Gap, Rule
from asn2fpga.engine.schedule.placement import Placement
from asn2fpga.engine.schedule.problem import Problem
from asn2fpga.engine.target.delays import DelayModel

MAX_STAGES = 400
_FAR = 10 * MAX_STAGES  # after every stage that a schedule has


class Checker:
    """Checks placements against a problem."""

    def __init__(self, problem: Problem) -> None:
        self.process = problem.process
        self.region = problem.region
        self.delays = problem.delays
        self.rules = problem.rules
        self.interval = problem.interval
        self.inside = frozenset(problem.region.ops)

    def watch(self, placement: Placement) -> Watch:
        """The rules that a placement breaks, to be kept up to date as it changes."""
        return Watch(placement, self.rules)

    def first_broken(self, placement: Placement, watch: Watch | None = None) -> Constraint | None:
        """The first constraint that a placement breaks, in a fixed order. watch: that of the placement."""
        broken = (watch or self.watch(placement)).first()
        if broken is not None or not self.region.is_loop:
            return broken
        last_exit = exit_stage(self.region, placement, self.delays)
        if last_exit > self.interval - 1:
            return Constraint(NOTHING, MAX_STAGES, "the exit condition is known too late")
        return self._broken_recurrence(placement, last_exit)

    def _broken_recurrence(self, placement: Placement, not_before: int = 0) -> Constraint | None:
        for phi, value in self.region.back.items():
            ready = max(not_before, self._ready(placement, value))
            late = ready - (placement.stage[phi] + self.interval - 1)
            if late > 0:
                name = self.process.ops[phi].name or "a variable"
                return Constraint(phi, late, f"the value of {name} from the last iteration", value)
        return None

    def _ready(self, placement: Placement, value: int) -> int:
        """Stage at whose end a register can take a value."""
        ready = placement.available.get(value, 0)
        late = value in self.inside and placement.time[value] + self.delays.figures.setup > self.delays.budget
        return ready + late

    def chases_itself(self, placement: Placement, later: int) -> bool:
        """Whether an operation or variable, delayed far beyond all others, delays itself: nothing obeys then.

        All that is far beyond is there because of it, so that the distances are those of any placement.
        """
        trial = placement.copy()
        trial.delay(later, _FAR)
        watch = Watch(trial, [rule for rule in self.rules if isinstance(rule, Gap)])
        for _ in range(MAX_STAGES):
            broken = watch.first() or self._broken_recurrence(trial)
            if broken is None or broken.later == later:
                return broken is not None
            watch.moved(trial.delay(broken.later, trial.stage[broken.later] + broken.by))
        return False


class Watch:
    """Which rules a placement breaks: after a change only those of what has moved are looked at again."""

    def __init__(self, placement: Placement, rules: Sequence[Rule]) -> None:
        self.stage = placement.stage
        self.rules = rules
        self._of: dict[int, list[int]] = {}
        for number, rule in enumerate(rules):
            self._of.setdefault(rule.earlier, []).append(number)
            self._of.setdefault(rule.later, []).append(number)
        self._suspects = list(range(len(rules)))  # a heap: rules that may be broken, and all that are
        self._listed = set(self._suspects)

    def moved(self, numbers: Iterable[int]) -> None:
        """Look again at the rules of these operations and variables."""
        for number in numbers:
            for rule in self._of.get(number, ()):
                if rule not in self._listed and self.rules[rule].missing(self.stage) > 0:
                    self._listed.add(rule)
                    heapq.heappush(self._suspects, rule)

    def first(self) -> Constraint | None:
        """The first rule that is broken, in the order of the rules."""
        while self._suspects:
            rule = self.rules[self._suspects[0]]
            missing = rule.missing(self.stage)
            if missing > 0:
                return Constraint(rule.later, missing, rule.reason, rule.earlier)
            self._listed.remove(heapq.heappop(self._suspects))
        return None


def exit_stage(region: Region, placement: Placement, delays: DelayModel) -> int:
    """Stage in which all exit conditions are known, variables of the loop among them.

    The whole of the handshakes comes after each: loops that share a look-up table with them became slower.
    """
    needed = delays.figures.handshake
    conditions = [exit_.condition for exit_ in region.exits if exit_.condition in placement.available]
    return max((placement.settled(value, needed) for value in conditions), default=0)
