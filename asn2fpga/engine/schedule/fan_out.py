"""How many inputs each value leads to: a net to many is a long one, whatever drives it."""

from __future__ import annotations

from asn2fpga.engine.ir.operations import ACCESSES, OPERATIONS, WITHOUT_VALUE, Delay
from asn2fpga.engine.ir.process import Process, Region

_PASSING = (Delay.WIRING, Delay.INVERTER)
_READ = ACCESSES - WITHOUT_VALUE


def fan_outs(process: Process, region: Region) -> dict[int, int]:
    """Inputs that the busiest bit of each value used in a region leads to, wiring looked through."""
    loads: dict[int, int] = {}
    slices: dict[int, int] = {}  # the busiest slice: no two of them have the same bits
    for number in reversed(region.ops):
        op = process.ops[number]
        own = max(1, loads.get(number, 0) + slices.get(number, 0))
        for position, arg in enumerate(op.args):
            if op.kind == "slice":
                slices[arg] = max(slices.get(arg, 0), own)
            elif OPERATIONS[op.kind].delay in _PASSING:
                loads[arg] = loads.get(arg, 0) + own
            else:
                loads[arg] = loads.get(arg, 0) + _inputs(op.kind, position, op.width)
    return {value: loads.get(value, 0) + slices.get(value, 0) for value in loads.keys() | slices.keys()}


def _inputs(kind: str, position: int, width: int) -> int:
    """Inputs that a bit of an argument leads to: what chooses, to those of every bit of the result."""
    shifts = OPERATIONS[kind].delay is Delay.SHIFT
    chooses = (kind == "select" and position == 0) or (shifts and position == 1)
    return width if chooses else 1


def multiplier_fan_outs(process: Process, region: Region) -> dict[int, int]:
    """DSP slices that each value of a region leads to, wiring looked through."""
    found: dict[int, int] = {}
    for number in reversed(region.ops):
        op = process.ops[number]
        delay = OPERATIONS[op.kind].delay
        passed = found.get(number, 0) if delay in _PASSING else 0
        slices = 1 if delay is Delay.PRODUCT else passed
        for arg in op.args if slices else ():
            found[arg] = found.get(arg, 0) + slices
    return found


def register_bits(process: Process, region: Region) -> int:
    """Bits of a region's variables and of what it reads: those that its handshakes enable at the least."""
    read = (number for number in region.ops if process.ops[number].kind in _READ)
    return sum(process.ops[number].width for number in (*region.phis, *read))
