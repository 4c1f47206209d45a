"""Which values are there when something uses them.

In its region, an operation comes after its arguments. To all other regions operations and phis are registers,
which hold nothing until a way from the start has filled them. Nothing may be read and even computed with, as
long as a choice drops it: both sides of a branch are computed. It must not reach what has an effect, unless a
predicate decides whether that happens.
"""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.engine.ir.operations import EFFECTS
from asn2fpga.engine.ir.process import NOTHING, Op, Process, Region, region_uses, uses_of

Use = tuple[Region, int, Op | None]
"""(region, value, the operation that uses it; None at the end of the region)."""


def early_uses(process: Process) -> Iterator[Use]:
    """Uses of operations of the same region that come later."""
    for region in process.regions:
        later = set(region.ops)
        for number in region.ops:
            for value in uses_of(process.ops[number]):
                if value in later:
                    yield region, value, process.ops[number]
            later.discard(number)


def unfilled_uses(process: Process) -> Iterator[Use]:
    """Effects and conditions of exits that may see a register before anything has filled it.

    An effect under a condition that is filled is left out: the C++ may keep that false until the register is.
    """
    entering = _unfilled_on_entry(process)
    for region in process.regions:
        if region.name not in entering:  # nobody enters it
            continue
        unfilled = _unfilled_at_end(process, region, entering[region.name])
        effects = [process.ops[number] for number in region.ops if process.ops[number].kind in EFFECTS]
        for op in effects:
            if op.predicate == NOTHING or op.predicate in unfilled:
                yield from ((region, value, op) for value in uses_of(op) if value in unfilled)
        for exit_ in region.exits:
            if exit_.condition in unfilled:
                yield region, exit_.condition, None


def _unfilled_on_entry(process: Process) -> dict[str, set[int]]:
    """By region that is entered, the values that some way there has not computed."""
    regions = {region.name: region for region in process.regions}
    entering = {process.regions[0].name: _registers(process)}
    work = [process.regions[0].name]
    while work:
        region = regions[work.pop()]
        for target, unfilled in _ways(process, region, entering[region.name]):
            if target not in entering or not unfilled <= entering[target]:
                entering[target] = entering.get(target, set()) | unfilled
                work.append(target)
    return entering


def _ways(process: Process, region: Region, entering: set[int]) -> Iterator[tuple[str, set[int]]]:
    """(region, values that are not filled there) of every way out of a region or to its next iteration."""
    unfilled = _unfilled_at_end(process, region, entering)
    ways = [(exit_.target, exit_.moves) for exit_ in region.exits]
    around = [(region.name, region.back)] if region.is_loop else []
    for target, moves in ways + around:
        yield target, unfilled - moves.keys() | {phi for phi, value in moves.items() if value in unfilled}


def _unfilled_at_end(process: Process, region: Region, entering: set[int]) -> set[int]:
    """What is not filled at the end; of what the region computes, that of nothing but such values."""
    unfilled = set(entering)
    for number in region.ops:
        args = [arg for arg in process.ops[number].args if process.ops[arg].kind != "constant"]
        if args and unfilled.issuperset(args):
            unfilled.add(number)
        else:
            unfilled.discard(number)
    return unfilled


def _registers(process: Process) -> set[int]:
    """Phis, and operations that another region uses."""
    home = process.home()
    found = {phi for region in process.regions for phi in region.phis}
    for region in process.regions:
        uses = [*region_uses(region)]
        uses += [value for number in region.ops for value in uses_of(process.ops[number])]
        found.update(value for value in uses if home.get(value, region.name) != region.name)
    return found
