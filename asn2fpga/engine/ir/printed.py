"""The printed form of a process, one operation a line: for people, for the engine's log, and for `parse`.

    process NAME at FILE:LINE
      stream NAME in|out uWIDTH last=BITS depth=N parameter=NAME element=N value CHANNEL=BITS
      rom|ram NAME DEPTH x uWIDTH ...
      %0: u4 = constant 3                       values of no region
      loop|block NAME interval=N flattened multipliers at FILE:LINE
        distance MEMORY N
        bypass MEMORY
        %1: u4 = phi  ; NAME at FILE:LINE
        %2: u4 = add %1 %0  ; NAME at FILE:LINE
        back %1 <- %2
        exit if %3 to REGION %4 <- %2, ...
      contents MEMORY                           hexadecimal; 0*12 is twelve words of 0
        3 1f 0*12

Names that are more than letters, digits and a few signs are strings in double quotes, as in JSON.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from itertools import groupby

from asn2fpga.device.binding import XILINX
from asn2fpga.engine.ir.operations import OPERATIONS, Number
from asn2fpga.engine.ir.process import NOTHING, Exit, Memory, Op, Port, Process, Region

FLAGS = ("static", "bypassed", "partitioned", "in_luts", "in_ultra")  # of a memory
REGION_FLAGS = ("flattened", "multipliers")
_PLAIN = re.compile(r"[\w.:$/+~-]+")
_COLUMNS = 100


def format_process(process: Process) -> str:
    """The whole process; `parse_process` makes the same process of it."""
    return "\n".join(_lines(process)) + "\n"


def _lines(process: Process) -> Iterator[str]:
    shared = f" shared={process.shared}" if process.shared else ""
    yield f"process {word(process.name)}{shared}{_at(process.location)}"
    yield from map(_port, process.ports)
    yield from map(_memory, process.memories)
    listed = {number for region in process.regions for number in (*region.phis, *region.ops)}
    others = (op for number, op in process.ops.items() if number not in listed)
    yield from (f"  {format_op(op)}{_comment(op)}" for op in others)
    for region in process.regions:
        yield from _region(process, region)
    for memory in process.memories:
        if any(memory.contents):
            yield f"  contents {word(memory.name)}"
            yield from _contents(memory)


def _region(process: Process, region: Region) -> Iterator[str]:
    kind = "loop" if region.is_loop else "block"
    flags = "".join(f" {flag}" for flag in REGION_FLAGS if getattr(region, flag))
    trips = " trips={}..{}".format(*region.said_trips) if region.said_trips else ""
    yield f"  {kind} {word(region.name)} interval={region.interval}{flags}{trips}{_at(region.location)}"
    yield from (f"    distance {word(name)} {apart}" for name, apart in region.distances.items())
    yield from (f"    bypass {word(name)}" for name in sorted(region.bypassed))
    for number in (*region.phis, *region.ops):
        yield f"    {format_op(process.ops[number])}{_comment(process.ops[number])}"
    yield from (f"    back %{phi} <- %{value}" for phi, value in region.back.items())
    yield from (f"    {format_exit(exit_)}" for exit_ in region.exits)


def _port(port: Port) -> str:
    parts = [f"  stream {word(port.name)} {port.direction} u{port.width} last={port.last_bits}"]
    parts += [f"depth={port.depth}"] if port.depth else []
    parts += [f"parameter={word(port.parameter)}"] if port.parameter else []
    parts += [f"element={port.element}"] if port.element else []
    parts += ["value"] * port.is_value
    return " ".join([*parts, *(f"{name}={bits}" for name, bits in port.channels)])


def _memory(memory: Memory) -> str:
    kind = "ram" if memory.writable else "rom"
    ports = f" read_ports={memory.read_ports}" if memory.read_ports != 1 else ""
    flags = "".join(f" {flag}" for flag in FLAGS if getattr(memory, flag))
    fabric = "" if memory.fabric == XILINX else memory.fabric.name
    names = {"fabric": fabric, "c_name": memory.c_name, "base": memory.base}
    given = "".join(f" {field}={word(name)}" for field, name in names.items() if name)
    return f"  {kind} {word(memory.name)} {memory.depth} x u{memory.width}{ports}{flags}{given}"


def _contents(memory: Memory) -> Iterator[str]:
    runs = [(value, sum(1 for _ in run)) for value, run in groupby(memory.contents)]
    words = [f"{value:x}*{count}" if count > 1 else f"{value:x}" for value, count in runs]
    in_a_line = max(1, _COLUMNS // (memory.width // 4 + 2))
    for start in range(0, len(words), in_a_line):
        yield f"    {' '.join(words[start : start + in_a_line])}"


def format_exit(exit_: Exit) -> str:
    """One exit as text."""
    condition = "otherwise" if exit_.condition == NOTHING else f"if %{exit_.condition}"
    moves = ", ".join(f"%{phi} <- %{value}" for phi, value in exit_.moves.items())
    return f"exit {condition} to {word(exit_.target)} {moves}".rstrip()


def format_op(op: Op) -> str:
    """One operation as text, without its name and location."""
    row = OPERATIONS.get(op.kind)  # the verifier shows operations that there are not
    always = row is not None and row.number not in (Number.NOTHING, Number.PORT)
    parts = [f"%{op.id}: u{op.width} = {op.kind}"]
    parts += [f"{op.value}"] if op.value or always else []
    parts += [f"@{word(op.target)}"] if op.target else []
    parts += [f"%{arg}" for arg in op.args]
    parts += [f"if %{op.predicate}"] if op.predicate != NOTHING else []
    return " ".join(parts)


def _comment(op: Op) -> str:
    name = f" {word(op.name)}" if op.name else ""
    return f"  ;{name}{_at(op.location)}" if op.name or op.location else ""


def _at(location: str) -> str:
    return f" at {word(location)}" if location else ""


def word(text: str) -> str:
    """A name as one word."""
    return text if _PLAIN.fullmatch(text) and text != "at" else json.dumps(text)
