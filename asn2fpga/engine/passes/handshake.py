"""Start and done of a process that runs once a call: two tokens, seen by all later passes as streams.

The process waits for a word of `ap_start`, runs, and sends a word to `ap_done`; `hw/rtl/asn_control.sv`
makes ap_start, ap_done, ap_idle and ap_ready of the tokens of all processes.
"""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.ir.dataflow import DONE, START
from asn2fpga.engine.ir.process import NOTHING, Exit, Op, Port, Process, Region

_FIRST, _LAST = "handshake_start", "handshake_done"


def add_handshake(process: Process) -> Process:
    """The process between a read of `ap_start` and a write to `ap_done`; run before all other passes."""
    body = process.regions[0].name  # the function's entry: nothing but returns leads there
    ops = dict(process.ops)
    token, one, done = range(len(ops), len(ops) + 3)
    ops[token] = Op(token, "read", 1, target=START, location=process.location, name="start")
    ops[one] = Op(one, "constant", 1, value=1)
    ops[done] = Op(done, "write", 1, (one,), target=DONE, location=process.location)
    values = _arguments(process)
    first = process.regions[0]
    without = replace(first, ops=tuple(number for number in first.ops if number not in values))
    process = process.with_regions([without, *process.regions[1:]], process.ops)
    regions = (
        _block(_FIRST, (token, *values), body, process.location),
        *(_returning_to(region, body, _LAST) for region in process.regions),
        _block(_LAST, (done,), _FIRST, process.location),
    )
    ports = (*process.ports, Port(START, "in", 1), Port(DONE, "out", 1))
    return replace(process, ports=ports, ops=ops, regions=regions)


def _arguments(process: Process) -> tuple[int, ...]:
    """Reads of arguments that are values: they are those of the moment at which the start is taken."""
    names = {port.name for port in process.ports if port.is_value}
    return tuple(number for number in process.regions[0].ops if process.ops[number].target in names)


def _block(name: str, ops: tuple[int, ...], target: str, location: str) -> Region:
    return Region(name, False, (), ops, (Exit(NOTHING, target),), location=location)


def _returning_to(region: Region, entry: str, target: str) -> Region:
    exits = tuple(replace(exit_, target=target) if exit_.target == entry else exit_ for exit_ in region.exits)
    return replace(region, exits=exits)
