"""What each pure operation computes, on Python integers: the definition that folding and tests use."""

from __future__ import annotations

from collections.abc import Sequence

from asn2fpga.engine.ir.operations import OPERATIONS
from asn2fpga.engine.ir.process import Op


def evaluate(op: Op, args: Sequence[int], widths: Sequence[int]) -> int:
    """Value of a pure operation; arguments and result are unsigned bit patterns of the given widths."""
    compute = OPERATIONS[op.kind].evaluate
    assert compute is not None, f"{op.kind} is no pure operation"
    return compute(op, args, widths) & ((1 << op.width) - 1)
