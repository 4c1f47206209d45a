"""Stream accesses that share a stage with later ones and do not wait for them.

A stage moves on when all its streams are ready. Where accesses are scheduled close (schedule/constraints.py),
one stage may write to a stream and then read another, or read two: then the first access must not wait for
the second, whose word may come only when the first is done. Such an access is *eager*: it happens as soon as
it can, once, and a flag says that it has, until the stage moves on. A word read so waits in a register.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.engine.analysis.guards import ASKS
from asn2fpga.engine.ir.names import Names
from asn2fpga.engine.ir.operations import STREAM_ACCESSES
from asn2fpga.engine.ir.process import Op, Process, Region
from asn2fpga.engine.schedule.problem import Schedule


@dataclass(frozen=True)
class Flags:
    """Names of an eager access: the flag that it has happened, and the register of a word read."""

    done: str
    word: str


class Eager:
    """Which accesses of a process are eager, and the names of their flags."""

    def __init__(self, process: Process, schedules: dict[str, Schedule], names: Names) -> None:
        self.process = process
        self.streams = {port.name for port in process.ports if not port.is_value}
        self.schedules = schedules
        self._flags = {
            op.id: _flags(op, names)
            for region in process.regions
            for stage in range(schedules[region.name].length)
            for op in _eager(self._may_wait(region, stage))
        }

    def __contains__(self, op: Op) -> bool:
        return op.id in self._flags

    def __iter__(self) -> Iterator[int]:
        return iter(self._flags)

    def flags(self, op: Op) -> Flags:
        """The flags of an eager access."""
        return self._flags[op.id]

    def at(self, region: Region, stage: int) -> list[Op]:
        """The reads and writes of a stage, in the order of the program."""
        return [op for op in self._accesses(region, stage) if op.kind != ASKS]

    def _accesses(self, region: Region, stage: int) -> list[Op]:
        """Those that may wait: a value is always there."""
        place = self.schedules[region.name].stage
        ops = (self.process.ops[number] for number in region.ops if place[number] == stage)
        return [op for op in ops if op.kind in STREAM_ACCESSES and op.target in self.streams]

    def _may_wait(self, region: Region, stage: int) -> list[Op]:
        """Without those that happen only if their stage finds their stream available."""
        asked = {op.target for op in self._accesses(region, stage) if op.kind == ASKS}
        return [op for op in self.at(region, stage) if op.target not in asked]

    def before(self, region: Region, stage: int, op: Op) -> list[Op]:
        """The reads of its stage that an access comes after: data and predicate may come from them."""
        accesses = self.at(region, stage)
        return [other for other in accesses[: accesses.index(op)] if other.kind == "read"]


def _eager(accesses: list[Op]) -> Iterator[Op]:
    """A write before any other access; a read before another read.

    A read before nothing but writes is done when they are.
    """
    for number, op in enumerate(accesses):
        later = accesses[number + 1 :]
        if later and (op.kind == "write" or any(other.kind == "read" for other in later)):
            yield op


def _flags(op: Op, names: Names) -> Flags:
    done = names.unique(f"{op.target}_{'taken' if op.kind == 'read' else 'sent'}")
    return Flags(done, names.unique(f"{op.target}_word") if op.kind == "read" else "")
