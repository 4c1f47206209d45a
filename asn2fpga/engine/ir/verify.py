"""What every process must obey, whatever pass it comes out of: small rules, and who broke one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from asn2fpga.engine.ir.operations import ACCESSES, EFFECTS, OPERATIONS, WITHOUT_VALUE, Number, Touches
from asn2fpga.engine.ir.printed import format_exit, format_op
from asn2fpga.engine.ir.process import NOTHING, Memory, Op, Process, Region, region_uses, uses_of
from asn2fpga.engine.ir.scope import early_uses, unfilled_uses
from asn2fpga.errors import InternalError

Rule = Callable[[Process], Iterator[str]]


def verify(process: Process, step: str) -> Process:
    """The process itself; raises InternalError that names the step, process, region and operation."""
    for rule in RULES:
        for complaint in rule(process):
            raise InternalError(
                f"after {step}: process {process.name}, {complaint}. "
                "This is a mistake of the engine; please report it with the C++."
            )
    return process


# ---- what a process is made of -------------------------------------------------------------------------


def names_are_unique(process: Process) -> Iterator[str]:
    """Regions, memories and streams have names of their own, and there is a region to enter."""
    if not process.regions:
        yield "regions: there must be one to enter"
    names = {
        "region": [region.name for region in process.regions],
        "memory": [memory.name for memory in process.memories],
        "stream": [port.name for port in process.ports],
    }
    for what, given in names.items():
        for name, times in Counter(given).items():
            if times > 1:
                yield f"{what} {name}: the name is used {times} times"


def memories_hold_their_contents(process: Process) -> Iterator[str]:
    """A word of contents for every word, each within the width; read ports are one or two."""
    for memory in process.memories:
        if len(memory.contents) != memory.depth:
            yield f"memory {memory.name}: {memory.depth} words start as {len(memory.contents)}"
        elif memory.depth < 1 or memory.width < 1:
            yield f"memory {memory.name}: {memory.depth} x u{memory.width} holds nothing"
        elif max(memory.contents) >> memory.width or min(memory.contents) < 0:
            yield f"memory {memory.name}: contents do not fit in u{memory.width}"
        elif memory.read_ports not in (1, 2):
            yield f"memory {memory.name}: {memory.read_ports} read ports"


def values_are_listed_once(process: Process) -> Iterator[str]:
    """Every operation of a region and every phi is known under its own id, and in one place only."""
    seen: set[int] = set()
    for region in process.regions:
        for number in (*region.phis, *region.ops):
            if number not in process.ops:
                yield f"{_kind(region)}: there is no operation %{number}"
                return
            if process.ops[number].id != number:
                yield _of(region, process.ops[number], f"its id must be {number}")
            if number in seen:
                yield _of(region, process.ops[number], "it is listed twice")
            seen.add(number)


def operations_are_well_formed(process: Process) -> Iterator[str]:
    """Known kinds with the arguments, widths and numbers that the table of operations asks for."""
    for number, op in process.ops.items():
        complaint = _operation(process, op)
        if complaint:
            region = next((each for each in process.regions if number in (*each.phis, *each.ops)), None)
            yield _of(region, op, complaint)


def _operation(process: Process, op: Op) -> str:
    row = OPERATIONS.get(op.kind)
    if row is None:
        return f"there is no operation {op.kind}"
    for value in uses_of(op):
        if value not in process.ops:
            return f"there is no value %{value}"
        if process.ops[value].kind in WITHOUT_VALUE:
            return f"%{value} has no value"
    if row.arity not in (-1, len(op.args)) or (row.arity == -1 and not op.args):
        return f"it must have {max(1, row.arity)} argument(s), not {len(op.args)}"
    if op.width < 1:
        return f"it must have a width, not u{op.width}"
    if op.value and row.number is Number.NOTHING:
        return f"it has no use for the number {op.value}"
    return row.width_rule(op, [process.ops[arg].width for arg in op.args]) or _predicate(process, op)


def _predicate(process: Process, op: Op) -> str:
    if op.predicate == NOTHING:
        return ""
    if op.kind not in EFFECTS:
        return "only what has an effect has a predicate"
    width = process.ops[op.predicate].width
    return "" if width == 1 else f"the predicate must be u1, not u{width}"


def targets_are_there(process: Process) -> Iterator[str]:
    """Accesses name a memory or stream that can be used like that, at its width; nothing else names one."""
    memories = {memory.name: memory for memory in process.memories}
    streams = {port.name: port for port in process.ports}
    for region in process.regions:
        for number in region.ops:
            op = process.ops[number]
            if op.kind not in ACCESSES:
                complaint = f"it has no use for {op.target}" if op.target else ""
            elif OPERATIONS[op.kind].touches is Touches.MEMORY:
                complaint = _memory_access(op, memories.get(op.target))
            elif op.target not in streams:
                complaint = f"there is no stream {op.target}"
            else:
                port = streams[op.target]
                complaint = _stream_access(op, port.direction, port.width)
            if complaint:
                yield _of(region, op, complaint)


def _memory_access(op: Op, memory: Memory | None) -> str:
    if memory is None:
        return f"there is no memory {op.target}"
    if op.width != memory.width:
        return f"words of {op.target} are u{memory.width}, not u{op.width}"
    if op.kind == "store" and not memory.writable:
        return f"{op.target} is a ROM"
    return "" if op.value < memory.read_ports else f"{op.target} has {memory.read_ports} read port(s)"


def _stream_access(op: Op, direction: str, width: int) -> str:
    if op.kind == "available":
        return ""
    if (op.kind == "read") != (direction == "in"):
        return f"{op.target} is a stream that goes {direction}"
    return "" if op.width == width else f"words of {op.target} are u{width}, not u{op.width}"


# ---- control -------------------------------------------------------------------------------------------


def exits_lead_to_regions(process: Process) -> Iterator[str]:
    """A block's last exit is unconditional and no other one is; a loop's exits all have a condition."""
    names = {region.name for region in process.regions}
    for region in process.regions:
        for exit_ in region.exits:
            if exit_.target not in names:
                yield f"{_kind(region)}: {format_exit(exit_)}: there is no region {exit_.target}"
        always = [exit_.condition == NOTHING for exit_ in region.exits]
        if region.is_loop and any(always):
            yield f"{_kind(region)}: an exit of a loop must have a condition"
        if not region.is_loop and always != [False] * (len(always) - 1) + [True]:
            yield f"{_kind(region)}: the last exit of a block, and no other one, must be unconditional"


def conditions_are_bits(process: Process) -> Iterator[str]:
    """What regions use at their end is there, and conditions are one bit."""
    for region in process.regions:
        for value in region_uses(region):
            if value not in process.ops:
                yield f"{_kind(region)}: there is no value %{value}"
                return
            if process.ops[value].kind in WITHOUT_VALUE:
                yield _of(region, process.ops[value], "it leaves the region, but has no value")
        for exit_ in region.exits:
            if exit_.condition != NOTHING and process.ops[exit_.condition].width != 1:
                width = process.ops[exit_.condition].width
                yield f"{_kind(region)}: {format_exit(exit_)}: the condition must be u1, not u{width}"


def phis_are_filled(process: Process) -> Iterator[str]:
    """Exits and back values fill phis, at their widths; a loop's phis, and no others, have back values."""
    phis = {phi for region in process.regions for phi in region.phis}
    for region in process.regions:
        for phi in region.phis:
            if process.ops[phi].kind != "phi":
                yield _of(region, process.ops[phi], "it is listed as a phi")
        yield from _wrong_moves(process, region, phis)
        if not region.is_loop and region.back:
            yield f"{_kind(region)}: a block has no back values"
        missing = [phi for phi in region.phis if phi not in region.back]
        if region.is_loop and missing:
            yield _of(region, process.ops[missing[0]], "it has no back value")
        foreign = [phi for phi in region.back if phi not in region.phis]
        if foreign:
            yield f"{_kind(region)}: %{foreign[0]} has a back value, but is no phi of this region"


def _wrong_moves(process: Process, region: Region, phis: set[int]) -> Iterator[str]:
    for moves in (region.back, *(exit_.moves for exit_ in region.exits)):
        for phi, value in moves.items():
            if phi not in phis:
                yield f"{_kind(region)}: %{phi} <- %{value}: there is no phi %{phi}"
            elif process.ops[phi].width != process.ops[value].width:
                widths = f"u{process.ops[phi].width} <- u{process.ops[value].width}"
                yield f"{_kind(region)}: %{phi} <- %{value}: the widths must agree, not be {widths}"


def values_are_known(process: Process) -> Iterator[str]:
    """An operation comes after its arguments; effects and exits see no register that nothing has filled."""
    for region, value, op in early_uses(process):
        assert op is not None
        yield _of(region, op, f"%{value} is computed later")
    for region, value, op in unfilled_uses(process):
        where = "an exit" if op is None else format_op(op)
        yield f"{_kind(region)}: {where}: %{value} is not computed on every way there"


def _kind(region: Region) -> str:
    return f"{'loop' if region.is_loop else 'block'} {region.name}"


def _of(region: Region | None, op: Op, complaint: str) -> str:
    place = "no region" if region is None else _kind(region)
    return f"{place}: {format_op(op)}: {complaint}"


RULES: tuple[Rule, ...] = (
    names_are_unique,
    memories_hold_their_contents,
    values_are_listed_once,
    operations_are_well_formed,
    targets_are_there,
    exits_lead_to_regions,
    conditions_are_bits,
    phis_are_filled,
    values_are_known,
)
