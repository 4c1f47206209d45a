"""Remove operations whose values nobody needs."""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.ir.operations import EFFECTS
from asn2fpga.engine.ir.process import Process, Region, region_uses, uses_of


def live_values(process: Process) -> set[int]:
    """Values that a side effect, an exit or a live phi needs. A store has an effect if its memory is read."""
    live: set[int] = set()
    work: list[int] = []
    moves: dict[int, list[int]] = {}
    stores: dict[str, list[int]] = {}
    for region in process.regions:
        work += [exit_.condition for exit_ in region.exits if exit_.condition >= 0]
        for op in region.ops:
            if process.ops[op].kind == "store":
                stores.setdefault(process.ops[op].target, []).append(op)
            elif process.ops[op].kind in EFFECTS:
                work.append(op)
        for edge in (region.back, *(exit_.moves for exit_ in region.exits)):
            for phi, value in edge.items():
                moves.setdefault(phi, []).append(value)
    while work:
        value = work.pop()
        if value not in live:
            live.add(value)
            work += uses_of(process.ops[value])
            work += moves.get(value, [])
            work += stores.get(process.ops[value].target, []) if process.ops[value].kind == "load" else []
    return live


def remove_dead_code(process: Process) -> Process:
    """The process without operations, phis and memories that have no effect."""
    live = live_values(process)
    regions = [_clean(region, live) for region in process.regions]
    used = {process.ops[op].target for region in regions for op in region.ops}
    memories = tuple(memory for memory in process.memories if memory.name in used)
    kept = {value for region in regions for value in (*region.phis, *region.ops, *region_uses(region))}
    kept |= {use for value in kept for use in uses_of(process.ops[value])}
    ops = {number: op for number, op in process.ops.items() if number in kept}
    return replace(process.with_regions(regions, ops), memories=memories)


def _clean(region: Region, live: set[int]) -> Region:
    exits = tuple(
        replace(exit_, moves={phi: value for phi, value in exit_.moves.items() if phi in live})
        for exit_ in region.exits
    )
    return replace(
        region,
        phis=tuple(phi for phi in region.phis if phi in live),
        ops=tuple(op for op in region.ops if op in live),
        exits=exits,
        back={phi: value for phi, value in region.back.items() if phi in live},
    )
