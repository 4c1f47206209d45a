"""Names of memories: each memory's signals are its name and suffixes, and must not meet any other signal."""

from __future__ import annotations

import re
from dataclasses import replace

from asn2fpga.engine.ir.names import identifier
from asn2fpga.engine.ir.operations import MEMORY_ACCESSES
from asn2fpga.engine.ir.process import Memory, Process, Region
from asn2fpga.engine.target.bind import REGISTER, memory_style

_PORTS = (
    "", "_raddr", "_rdata", "_ren", "_raddr2", "_rdata2", "_ren2", "_wen", "_waddr", "_wdata", "_word",
    "_stored", "_bypass",
)  # fmt: skip
_CONTROL = r"(?:v\d+|go\d+|enter|exit)"


def name_memories(process: Process) -> Process:
    """The process with memories renamed whose signals would have the name of another signal."""
    taken, new = port_signals(process), {}
    regions = "|".join(re.escape(region.name) for region in process.regions)
    control = re.compile(f"(?:{regions})_{_CONTROL}")
    for memory in process.memories:
        new[memory.name] = _free(memory, taken, control)
        taken |= memory_signals(replace(memory, name=new[memory.name]))
    if all(name == old for old, name in new.items()):
        return process
    ops = {number: replace(op, target=new.get(op.target, op.target)) if op.kind in MEMORY_ACCESSES else op
           for number, op in process.ops.items()}  # fmt: skip
    memories = tuple(replace(memory, name=new[memory.name]) for memory in process.memories)
    return replace(
        process, ops=ops, memories=memories, regions=tuple(_region(region, new) for region in process.regions)
    )


def memory_signals(memory: Memory) -> set[str]:
    """All signals that a memory may have."""
    return {memory.name + suffix for suffix in (_PORTS if memory_style(memory) != REGISTER else ("",))}


def port_signals(process: Process) -> set[str]:
    """The signals of a process's ports and what they begin with, and the process's own name."""
    ends = {port.name + end for port in process.ports for end in ("", "_valid", "_ready", "_data")}
    return ends | {"ap_clk", "ap_rst_n", process.name}


def _free(memory: Memory, taken: set[str], control: re.Pattern[str]) -> str:
    stem = name = identifier(memory.name)
    number = 0
    while True:
        signals = memory_signals(replace(memory, name=name))
        if not signals & taken and not any(control.fullmatch(signal) for signal in signals):
            return name
        number += 1
        name = f"{stem}_{number}"


def _region(region: Region, new: dict[str, str]) -> Region:
    return replace(
        region,
        distances={new.get(name, name): distance for name, distance in region.distances.items()},
        bypassed=frozenset(new.get(name, name) for name in region.bypassed),
    )
