"""Names of ports: those of the C++ parameters as identifiers; none is that of a token of start and done."""

from __future__ import annotations

from dataclasses import replace

from asn2fpga.engine.ir.dataflow import DONE, START
from asn2fpga.engine.ir.names import Names
from asn2fpga.engine.ir.operations import STREAM_ACCESSES
from asn2fpga.engine.ir.process import Process


def name_ports(process: Process) -> Process:
    """The process with ports of its own names; run before the tokens are added."""
    names = Names({START, DONE})
    new = {port.name: names.unique(port.name) for port in process.ports}
    ports = tuple(replace(port, name=new[port.name]) for port in process.ports)
    ops = {
        number: replace(op, target=new[op.target]) if op.kind in STREAM_ACCESSES else op
        for number, op in process.ops.items()
    }
    return replace(process, ports=ports, ops=ops)
