"""The longest path of a region between two registers: how long it is, and the operations on it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.engine.ir.operations import WIRING
from asn2fpga.engine.ir.process import NOTHING, Process, Region
from asn2fpga.engine.schedule.placement import Placement
from asn2fpga.engine.target.delays import DelayModel

_FREE = WIRING | {"not"}
REGISTER, HANDSHAKE = "register", "handshake"


@dataclass(frozen=True)
class Step:
    """An operation on a path, and when it is done in its clock cycle."""

    value: int
    at_ns: float


@dataclass(frozen=True)
class Path:
    """A path's operations in order; where it ends after them, and when."""

    ends_ns: float
    end: str = REGISTER
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True)
class _End:
    ends_ns: float
    end: str = REGISTER
    value: int = NOTHING
    stage: int = 0


def critical_path(process: Process, region: Region, delays: DelayModel, placement: Placement) -> Path:
    """The longest of the paths to registers and of those that steer the handshakes."""
    last = max(_ends(process, region, delays, placement), key=lambda end: end.ends_ns)
    return Path(last.ends_ns, last.end, tuple(_steps(process, placement, last.value, last.stage)))


def _ends(process: Process, region: Region, delays: DelayModel, placement: Placement) -> Iterator[_End]:
    """Where each path ends: the value that does, and the stage in which it does."""
    figures, start = delays.figures, delays.start()
    yield _End(start + figures.handshake, HANDSHAKE)
    yield _End(start + figures.setup)
    for value, time in placement.time.items():
        yield _End(time + figures.setup, REGISTER, value, placement.available[value])
    for value in _steering(process, region):
        ends_ns = placement.time.get(value, delays.budget) + placement.handshake(value)
        if ends_ns <= delays.budget:
            yield _End(ends_ns, HANDSHAKE, value, placement.available[value])
    for number in region.ops:
        yield _End(placement.into_register(number), REGISTER, number, placement.stage[number])


def _steering(process: Process, region: Region) -> Iterator[int]:
    yield from (process.ops[number].predicate for number in region.ops)
    yield from (exit_.condition for exit_ in region.exits)


def _steps(process: Process, placement: Placement, value: int, stage: int) -> Iterator[Step]:
    """Operations up to a value in one stage, from the register where the path begins."""
    found: list[Step] = []
    while value in placement.operators and placement.stage[value] == stage:
        operator = placement.operators[value]
        inside = operator.latency > 0
        if process.ops[value].kind not in _FREE:
            at_ns = placement.into_register(value) if inside else placement.time[value]
            found.append(Step(value, round(at_ns, 2)))
        before = [arg for arg in operator.after if placement.available.get(arg) == stage]
        if not before:
            break
        value = max(before, key=lambda arg: placement.time[arg])
    if not found and value in placement.time:
        found.append(Step(value, round(placement.time[value], 2)))
    return iter(found[::-1])
