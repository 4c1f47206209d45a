"""A second read port for memories where a loop could else not start an iteration as often as asked."""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.analysis.ports import needed_interval, shares_port
from asn2fpga.engine.ir.process import Memory, Process, Region
from asn2fpga.engine.target.bind import ULTRA, memory_style


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
    if not region.is_loop or memory.depth == 1 or memory.bypassed or memory_style(memory) == ULTRA:
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
