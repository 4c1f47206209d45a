"""Registers after ROMs: what a ROM's word meets in the same stage may as well run in the next one.

The way from a FIFO through the tables of a ROM into a multiplier crosses half the device. Where it fills most
of a clock cycle, a register after the ROM costs a stage and no interval; synthesis moves it into the block
RAM or the DSP slice.
"""

from __future__ import annotations

from typing import Protocol

from asn2fpga.engine.ir.process import Process, Region, uses_of

FULL = 0.75  # of the time a stage may take, from which on a register is wanted


class Scheduled(Protocol):
    """Per value: the stage its operation runs in, the stage its value is there, and when (ns) in it."""

    stage: dict[int, int]
    available: dict[int, int]
    time: dict[int, float]


def registered_roms(process: Process, region: Region, schedule: Scheduled, budget: float) -> dict[int, int]:
    """Earliest stages: ROMs where they are, what uses the words of late ones a stage later; {} if none is."""
    roms = {memory.name for memory in process.memories if not memory.writable and memory.depth > 1}
    loads = {
        number
        for number in region.ops
        if process.ops[number].kind == "load" and process.ops[number].target in roms
    }
    late = {load for load in loads if _end(process, region, schedule, load) > FULL * budget}
    if not late:
        return {}
    users = {
        number: schedule.available[load] + 1
        for number in region.ops
        for load in late.intersection(uses_of(process.ops[number]))
        if schedule.stage[number] == schedule.available[load]
    }
    return {**{load: schedule.stage[load] for load in loads}, **users}


def _end(process: Process, region: Region, schedule: Scheduled, load: int) -> float:
    """When the last of what depends on a word is done, in the stage in which that is there."""
    stage = schedule.available[load]
    reached, end = {load}, 0.0
    for number in region.ops:
        if schedule.stage[number] == stage and reached.intersection(uses_of(process.ops[number])):
            end = max(end, schedule.time[number])
            if schedule.available[number] == stage:
                reached.add(number)
    return end
