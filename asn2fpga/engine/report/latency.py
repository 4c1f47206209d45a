"""Trip counts and latencies: of loops, and of a process from its beginning to its end; without stalls."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.engine.analysis.handed_on import HandedOn
from asn2fpga.engine.analysis.known_run import Run, begins_again
from asn2fpga.engine.analysis.trips import Trips, count_trips
from asn2fpga.engine.ir.process import NOTHING, Exit, Process, Region
from asn2fpga.engine.schedule.problem import Schedule


@dataclass(frozen=True)
class Cycles:
    """A range of clock cycles; `most` is None if it depends on data."""

    least: int
    most: int | None

    def after(self, other: Cycles) -> Cycles:
        """Both, one after the other."""
        known = self.most is not None and other.most is not None
        return Cycles(self.least + other.least, (self.most or 0) + (other.most or 0) if known else None)

    def either(self, other: Cycles) -> Cycles:
        """One of both."""
        known = self.most is not None and other.most is not None
        return Cycles(min(self.least, other.least), max(self.most or 0, other.most or 0) if known else None)

    def text(self) -> str:
        """66 | 5 to 130 | 5 or more."""
        if self.most is None:
            return f"{self.least} or more"
        return str(self.least) if self.least == self.most else f"{self.least} to {self.most}"


def trips_of(process: Process, region: Region, run: Run | None) -> Trips:
    """Iterations of a loop; those that the C++ says if they depend on data."""
    trips = count_trips(process, region, run)
    return trips if trips.most is not None or region.said_trips is None else Trips(*region.said_trips)


def trip_text(trips: Trips) -> str:
    """64 | 1 to 64 | data dependent."""
    if trips.most is None:
        return "data dependent" if trips.least == 1 else f"{trips.least} or more, data dependent"
    return str(trips.least) if trips.least == trips.most else f"{trips.least} to {trips.most}"


def loop_cycles(schedule: Schedule, trips: Trips) -> Cycles:
    """From the first iteration's entry until the last one has left the pipeline."""
    least, most = (
        None if count is None else schedule.length + schedule.interval * (count - 1)
        for count in (trips.least, trips.most)
    )
    return Cycles(least or schedule.length, most)


def loop_latency(schedule: Schedule, trips: Trips) -> str:
    """Cycles of a loop, or the formula if its iterations n depend on data."""
    if trips.most is not None:
        return loop_cycles(schedule, trips).text()
    turns = "(n - 1)" if schedule.interval == 1 else f"{schedule.interval} * (n - 1)"
    return f"{schedule.length} + {turns}"


def process_cycles(
    process: Process, schedules: dict[str, Schedule], run: Run | None, trips: dict[str, Trips]
) -> Cycles:
    """A run of a process until its next one: a `run` that is known, else along every way.

    trips: of its loops, over all ways into them.
    """
    if run is None:
        return _Runs(process, schedules, trips).all()
    cycles = sum(
        schedules[name].length + schedules[name].interval * (iterations - 1)
        for name, iterations in run[_skipped(process) :]
    )
    return Cycles(cycles, cycles)


def _skipped(process: Process) -> int:
    """1 if only the very first run passes the first region: others begin after it."""
    exits = (exit_ for region in process.regions for exit_ in region.exits)
    return int(all(exit_.target != process.regions[0].name for exit_ in exits))


def _own_cycles(region: Region, schedule: Schedule, trips: dict[str, Trips]) -> Cycles:
    if not region.is_loop:
        return Cycles(schedule.length, schedule.length)
    return loop_cycles(schedule, trips[region.name])


class _Runs:
    def __init__(self, process: Process, schedules: dict[str, Schedule], trips: dict[str, Trips]) -> None:
        self.process = process
        self.regions = {region.name: region for region in process.regions}
        self._own = {
            region.name: _own_cycles(region, schedules[region.name], trips) for region in process.regions
        }
        self._known: dict[str, Cycles] = {}
        self._handed = HandedOn(process)

    def all(self) -> Cycles:
        """From the region where runs begin."""
        first = self.process.regions[0]
        start = first.exits[0].target if _skipped(self.process) and first.exits else first.name
        return self.of(start, frozenset())

    def of(self, name: str, above: frozenset[str]) -> Cycles:
        """From a region to the end; a way back to one above makes the most unknown."""
        if name in self._known:
            return self._known[name]
        region = self.regions[name]
        ways = [self._way(exit_, above | {name}) for exit_ in self._exits(region)]
        taken = [way for way in ways if way is not None]
        result = taken[0] if taken else Cycles(0, None)
        for way in taken[1:]:
            result = result.either(way)
        if len(taken) < len(ways):
            result = Cycles(result.least, None)
        self._known[name] = self._own[name].after(result)
        return self._known[name]

    def _exits(self, region: Region) -> Iterator[Exit]:
        """The exits that a block may take: constants may forbid some."""
        for exit_ in region.exits:
            known = exit_.condition != NOTHING and not region.is_loop
            taken = self._handed.value(region.name, exit_.condition) if known else None
            if taken != 0:
                yield exit_
            if taken:
                return

    def _way(self, exit_: Exit, above: frozenset[str]) -> Cycles | None:
        """What follows an exit; None if it leads back into a run."""
        if begins_again(self.process, exit_):
            return Cycles(0, 0)
        return None if exit_.target in above else self.of(exit_.target, above)
