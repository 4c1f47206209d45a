"""The passes between reading and scheduling, in order."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial, update_wrapper

from asn2fpga.engine.ir.process import Process
from asn2fpga.engine.ir.verify import verify
from asn2fpga.engine.passes.assign_ports import assign_ports
from asn2fpga.engine.passes.balance import balance
from asn2fpga.engine.passes.constant_roms import constant_roms
from asn2fpga.engine.passes.expand_products import expand_products
from asn2fpga.engine.passes.fit_clock import fit_clock
from asn2fpga.engine.passes.merge_accesses import merge_accesses
from asn2fpga.engine.passes.merge_roms import merge_roms
from asn2fpga.engine.passes.name_memories import name_memories
from asn2fpga.engine.passes.narrow import narrow
from asn2fpga.engine.passes.partition import partition
from asn2fpga.engine.passes.share_operators import share_operators
from asn2fpga.engine.passes.shorten_loops import shorten_loops
from asn2fpga.engine.passes.split_tables import split_tables
from asn2fpga.engine.passes.thread_exits import thread_exits
from asn2fpga.engine.target.delays import DelayModel

Pass = Callable[[Process], Process]


def passes(delays: DelayModel) -> tuple[Pass, ...]:
    """The passes; some weigh what they do by its schedule."""
    return (
        constant_roms,
        narrow,
        thread_exits,
        merge_accesses,
        partition,
        merge_roms,
        share_operators,
        update_wrapper(partial(shorten_loops, delays=delays), shorten_loops),
        balance,
        expand_products,
        narrow,
        update_wrapper(partial(split_tables, delays=delays), split_tables),
        update_wrapper(partial(fit_clock, delays=delays), fit_clock),
        assign_ports,
        name_memories,
    )


def simplify(process: Process, delays: DelayModel, verify_each: bool = False) -> Process:
    """Run all passes; `verify_each` raises InternalError after the first one that breaks a rule of the IR."""
    for step in passes(delays):
        process = step(process)
        if verify_each:
            verify(process, step.__name__)
    return process
