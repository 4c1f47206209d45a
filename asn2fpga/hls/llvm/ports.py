"""Which port of its memory each access uses; a second read port where a loop's interval asks for it.

A memory has one port to read and one to write. A ROM, or a RAM of look-up tables, may have a second one to
read. A block RAM has two ports in all: its second one to read is then the one that writes (true dual port).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from asn2fpga.hls.llvm.bind import BLOCK, memory_style
from asn2fpga.hls.llvm.ir import Memory, Op, Process, Region

READ, SECOND_READ, WRITE = "read", "second read", "write"


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


def assign_ports(process: Process) -> Process:
    """Give memories a second read port where a loop could else not start an iteration as often as asked."""
    ops, memories = dict(process.ops), []
    for memory in process.memories:
        better = [
            moved for region in process.regions for moved in [_second_port(process, region, memory)] if moved
        ]
        memories.append(replace(memory, read_ports=2) if better else memory)
        for number in (number for moved in better for number in moved):
            ops[number] = replace(ops[number], value=1)
    return replace(process, ops=ops, memories=tuple(memories))


def _second_port(process: Process, region: Region, memory: Memory) -> list[int]:
    """Loads of a loop that go to the second port; none if that does not help."""
    if not region.is_loop or memory.depth == 1 or memory.bypassed:
        return []
    accesses = [process.ops[number] for number in region.ops if process.ops[number].target == memory.name]
    two_ports = replace(memory, read_ports=2)
    addresses = list(dict.fromkeys(op.args[0] for op in accesses if op.kind == "load"))
    stores = sum(op.kind == "store" for op in accesses)
    count = max(0, len(addresses) - (stores if shares_port(two_ports) else 0)) // 2
    moved = {
        op.id for op in accesses if op.kind == "load" and op.args[0] in addresses[len(addresses) - count :]
    }
    now = needed_interval(memory, accesses)
    then = needed_interval(two_ports, [replace(op, value=int(op.id in moved)) for op in accesses])
    return sorted(moved) if now > max(then, region.interval, 1) else []
