"""SystemVerilog text of pure operations."""

from __future__ import annotations

from collections.abc import Sequence

from asn2fpga.engine.ir.operations import OPERATIONS
from asn2fpga.engine.ir.process import Op


def expression(op: Op, args: Sequence[str], widths: Sequence[int]) -> str:
    """Right-hand side of the assignment of an operation that has a signal of its own."""
    spelled = OPERATIONS[op.kind].verilog
    assert spelled is not None, f"{op.kind} has no signal of its own"
    return spelled(op, args, widths)
