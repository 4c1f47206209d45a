"""Decide what each memory and each FIFO is built of; the rules by size are those of device/binding.py."""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.device import binding
from asn2fpga.device.binding import BLOCK, DISTRIBUTED, REGISTER, SHIFT, ULTRA, Fabric
from asn2fpga.engine.ir.dataflow import Dataflow, Fifo
from asn2fpga.engine.ir.process import Memory, Process

__all__ = [
    "BLOCK",
    "DISTRIBUTED",
    "REGISTER",
    "SHIFT",
    "ULTRA",
    "fifo_module",
    "fifo_style",
    "fifos_on_fabric",
    "is_deep_table",
    "is_in_blocks",
    "is_synchronous",
    "memory_ports",
    "memory_style",
    "on_fabric",
]


def on_fabric(process: Process, fabric: Fabric) -> Process:
    """The process with its memories on a family's look-up tables."""
    return replace(process, memories=tuple(replace(memory, fabric=fabric) for memory in process.memories))


def fifos_on_fabric(design: Dataflow, fabric: Fabric) -> Dataflow:
    """The design with its FIFOs on a family's look-up tables."""
    return replace(
        design,
        fifos=tuple(replace(fifo, fabric=fabric) for fifo in design.fifos),
        buffers={stream: replace(fifo, fabric=fabric) for stream, fifo in design.buffers.items()},
    )


def memory_style(memory: Memory) -> str:
    """register (one word), distributed (LUTs, read in the same cycle), block or ultra (in the next one)."""
    return binding.memory_style(
        memory.depth, memory.width, memory.in_luts, memory.fabric, in_ultra=memory.in_ultra
    )


def is_in_blocks(memory: Memory) -> bool:
    """Whether it is block RAM or UltraRAM: blocks in columns of their own, read in the next cycle."""
    return memory_style(memory) in (BLOCK, ULTRA)


def is_deep_table(memory: Memory) -> bool:
    """Whether its size asks for block RAM, and it lies in look-up tables: several of them, and a choice."""
    by_size = binding.memory_style(memory.depth, memory.width, fabric=memory.fabric)
    return memory_style(memory) == DISTRIBUTED and by_size == BLOCK


def is_synchronous(memory: Memory) -> bool:
    """Whether a load's value is there in the next cycle only."""
    return is_in_blocks(memory) or memory.bypassed or is_deep_table(memory)


def memory_ports(memory: Memory) -> str:
    """What can happen in one cycle, as text."""
    if memory_style(memory) == REGISTER:
        return ""
    if memory.read_ports == 2 and memory.writable and memory_style(memory) == BLOCK:
        return "read, read or write"
    reads = ", ".join(["read"] * memory.read_ports)
    return reads + ", write" * memory.writable + ", bypass" * memory.bypassed


def fifo_style(fifo: Fifo) -> str:
    """shift (registers, or shift registers in LUTs), distributed (LUT RAM) or block."""
    return binding.fifo_style(fifo.depth, fifo.width, fifo.fabric)


def fifo_module(fifo: Fifo) -> str:
    """The module of hw/rtl that is this FIFO."""
    return f"asn_fifo_{fifo_style(fifo)}"
