"""Decide what each memory is built of."""

from __future__ import annotations

from asn2fpga.hls.llvm.ir import Memory

REGISTER = "register"
DISTRIBUTED = "distributed"
BLOCK = "block"

_DISTRIBUTED_DEPTH = 64  # one LUT holds 64 x 1 bit
_DISTRIBUTED_BITS = 1024


def memory_style(memory: Memory) -> str:
    """register (one word), distributed (LUTs, read in the same cycle) or block (BRAM, in the next one)."""
    if memory.depth == 1:
        return REGISTER
    if memory.depth <= _DISTRIBUTED_DEPTH or memory.depth * memory.width <= _DISTRIBUTED_BITS:
        return DISTRIBUTED
    return BLOCK
