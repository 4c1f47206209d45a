"""Decide what each memory and each FIFO is built of; the rules by size are those of device/binding.py."""

from __future__ import annotations

from asn2fpga.device import binding
from asn2fpga.device.binding import BLOCK, DISTRIBUTED, REGISTER, SHIFT, fifo_style
from asn2fpga.engine.ir.process import Memory

__all__ = [
    "BLOCK",
    "DISTRIBUTED",
    "REGISTER",
    "SHIFT",
    "fifo_module",
    "fifo_style",
    "is_deep_table",
    "is_synchronous",
    "memory_ports",
    "memory_style",
]


def memory_style(memory: Memory) -> str:
    """register (one word), distributed (LUTs, read in the same cycle) or block (BRAM, in the next one)."""
    return binding.memory_style(memory.depth, memory.width, memory.in_luts)


def is_deep_table(memory: Memory) -> bool:
    """Whether its size asks for block RAM, and it lies in look-up tables: several of them, and a choice."""
    return memory_style(memory) == DISTRIBUTED and binding.memory_style(memory.depth, memory.width) == BLOCK


def is_synchronous(memory: Memory) -> bool:
    """Whether a load's value is there in the next cycle only."""
    return memory_style(memory) == BLOCK or memory.bypassed or is_deep_table(memory)


def memory_ports(memory: Memory) -> str:
    """What can happen in one cycle, as text."""
    if memory_style(memory) == REGISTER:
        return ""
    if memory.read_ports == 2 and memory.writable and memory_style(memory) == BLOCK:
        return "read, read or write"
    reads = ", ".join(["read"] * memory.read_ports)
    return reads + ", write" * memory.writable + ", bypass" * memory.bypassed


def fifo_module(depth: int, width: int) -> str:
    """The module of hw/rtl that is a FIFO of this size."""
    return f"asn_fifo_{fifo_style(depth, width)}"
