"""Let exits skip blocks that compute nothing: each block on the way costs a clock cycle.

A block without operations is skipped if its way out is unconditional, or if its condition is one of its phis
that the exit sets to a constant (the test of an outer loop whose next turn is known). An exit of a block
whose condition is a constant is taken always or never.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from asn2fpga.engine.ir.process import NOTHING, Exit, Op, Process, Region, region_uses, uses_of
from asn2fpga.engine.passes.dead_code import remove_dead_code


def thread_exits(process: Process) -> Process:
    """The process with every exit led as far as it goes, and regions nobody enters removed."""
    by_name = {region.name: region for region in process.regions}
    regions = [
        replace(
            region,
            exits=tuple(_thread(process, by_name, region, exit_) for exit_ in _possible(process, region)),
        )
        for region in process.regions
    ]
    return remove_dead_code(_remove_unreachable(process.with_regions(regions, process.ops)))


def _possible(process: Process, region: Region) -> Iterator[Exit]:
    """The exits of a region without those that constants forbid; a loop keeps all of its exits."""
    for exit_ in region.exits:
        condition = None if exit_.condition == NOTHING else process.ops[exit_.condition]
        if region.is_loop or condition is None or condition.kind != "constant":
            yield exit_
        elif condition.value:
            yield replace(exit_, condition=NOTHING)
            return


def _thread(process: Process, by_name: dict[str, Region], source: Region, exit_: Exit) -> Exit:
    for _ in process.regions:
        block = by_name[exit_.target]
        if block.is_loop or block.ops or block is source:
            return exit_
        way = _way_out(process, block, exit_)
        if way is None:
            return exit_
        unfilled = () if block is process.regions[0] else block.phis  # the first one has registers of others
        onward = {
            phi: exit_.moves.get(value, value)
            for phi, value in way.moves.items()
            if value in exit_.moves or value not in unfilled
        }
        exit_ = Exit(exit_.condition, way.target, {**exit_.moves, **onward})
    return exit_


def _way_out(process: Process, block: Region, entering: Exit) -> Exit | None:
    """The exit that an empty block takes when it is entered by `entering`, if that is certain."""
    for exit_ in block.exits:
        if exit_.condition == NOTHING:
            return exit_
        condition = process.ops[entering.moves.get(exit_.condition, exit_.condition)]
        if condition.kind != "constant":
            return None
        if condition.value:
            return exit_
    return None


def _remove_unreachable(process: Process) -> Process:
    kept = process.reached()
    reached = {region.name for region in kept}
    removed = [phi for region in process.regions if region.name not in reached for phi in region.phis]
    used = _used(kept, process.ops) if removed else set()
    orphans = tuple(phi for phi in removed if phi in used)
    kept[0] = replace(kept[0], phis=kept[0].phis + orphans)
    return process.with_regions(kept, process.ops | _never_computed(process, reached))


def _never_computed(process: Process, reached: set[str]) -> dict[int, Op]:
    """Values of removed regions as zeros: a choice that never takes them may still name them."""
    gone = [number for region in process.regions if region.name not in reached for number in region.ops]
    return {number: Op(number, "constant", process.ops[number].width) for number in gone}


def _used(regions: list[Region], ops: dict[int, Op]) -> set[int]:
    used = {value for region in regions for value in region_uses(region)}
    return used | {use for region in regions for number in region.ops for use in uses_of(ops[number])}
