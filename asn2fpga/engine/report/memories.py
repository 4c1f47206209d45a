"""Memories and FIFOs of a design: what each became, and how much of that it fills."""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.device.binding import (
    LUT_DEPTH,
    SHIFT_DEPTH,
    ULTRA_DEPTH,
    ULTRA_WIDTH,
    ultra_count,
)
from asn2fpga.device.block_ram import placement
from asn2fpga.engine.ir.dataflow import Fifo
from asn2fpga.engine.ir.process import Process
from asn2fpga.engine.target.bind import (
    BLOCK,
    DISTRIBUTED,
    SHIFT,
    ULTRA,
    fifo_style,
    memory_ports,
    memory_style,
)
from asn2fpga.rtl import MemoryReport

_RAMB18_BITS = 18 * 1024
_LUT_RAM_DEPTH = 32  # words of a dual-port RAM of look-up tables, two of them a bit (RAM32M: 3 bits in 4)


def memory_reports(process: Process) -> Iterator[MemoryReport]:
    """Each memory of a process."""
    for memory in process.memories:
        kind = ("ram" if memory.writable else "rom") if memory.depth > 1 else "register"
        style, depth, width = memory_style(memory), memory.depth, memory.width
        yield MemoryReport(
            f"{process.name}.{memory.name}", kind, style, depth, width, memory_ports(memory),
            depth * width, _capacity(style, depth, width, memory.writable),
        )  # fmt: skip


def fifo_report(fifo: Fifo) -> MemoryReport:
    """One FIFO."""
    style, depth, width = fifo_style(fifo), fifo.depth, fifo.width
    capacity = _capacity(style, depth, width, writable=True)
    return MemoryReport(fifo.name, "fifo", style, depth, width, "", depth * width, capacity)


def _capacity(style: str, depth: int, width: int, writable: bool) -> int:
    """Bits there are in the block RAMs, UltraRAMs or look-up tables that a memory takes."""
    if style == ULTRA:
        return ultra_count(depth, width) * ULTRA_DEPTH * ULTRA_WIDTH
    if style == BLOCK:
        return placement(depth, width, rom=not writable).halves * _RAMB18_BITS
    if style == DISTRIBUTED:
        words = _LUT_RAM_DEPTH if writable else LUT_DEPTH
        return -(-depth // words) * words * width
    if style == SHIFT and depth > 2:
        return -(-depth // SHIFT_DEPTH) * SHIFT_DEPTH * width
    return depth * width
