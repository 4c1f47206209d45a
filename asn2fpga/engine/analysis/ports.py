"""Which port of its memory each access uses.

A memory has one port to read and one to write. A ROM, or a RAM of look-up tables, may have a second one to
read. A block RAM has two ports in all: its second one to read is then the one that writes (true dual port).
So has UltraRAM, but gets no second one to read: of a word that one of two such ports reads and the other
writes in the same cycle, synthesis may give the new value (AMD UG901).
"""

from __future__ import annotations

from collections.abc import Iterable

from asn2fpga.engine.ir.process import Memory, Op
from asn2fpga.engine.target.bind import BLOCK, memory_style

READ = "read"
SECOND_READ = "second read"
WRITE = "write"


def port_of(memory: Memory, op: Op) -> str:
    """The port of an access; accesses of one port happen in different cycles."""
    if op.kind == "store":
        return WRITE
    if op.value == 0:
        return READ
    return WRITE if shares_port(memory) else SECOND_READ


def shares_port(memory: Memory) -> bool:
    """Whether the second read port is the one that writes."""
    return memory.read_ports == 2 and memory.writable and memory_style(memory) == BLOCK


def needed_interval(memory: Memory, ops: Iterable[Op]) -> int:
    """Cycles that the ports of a memory need for the accesses of one iteration."""
    used: dict[str, set[int]] = {}
    for op in ops:
        used.setdefault(port_of(memory, op), set()).add(op.args[0] if op.kind == "load" else -1 - op.id)
    return max(map(len, used.values()), default=0)
