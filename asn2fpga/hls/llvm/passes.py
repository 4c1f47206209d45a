"""The passes between reading and scheduling, in order."""

from __future__ import annotations

from collections.abc import Callable

from asn2fpga.hls.llvm.balance import balance
from asn2fpga.hls.llvm.expand_products import expand_products
from asn2fpga.hls.llvm.ir import Process
from asn2fpga.hls.llvm.merge_accesses import merge_accesses
from asn2fpga.hls.llvm.merge_roms import merge_roms
from asn2fpga.hls.llvm.narrow import narrow
from asn2fpga.hls.llvm.partition import partition
from asn2fpga.hls.llvm.thread_exits import thread_exits

PASSES: tuple[Callable[[Process], Process], ...] = (
    narrow,
    thread_exits,
    merge_accesses,
    partition,
    merge_roms,
    balance,
    expand_products,
    narrow,
)


def simplify(process: Process) -> Process:
    """Run all passes."""
    for step in PASSES:
        process = step(process)
    return process
