"""Sums of sums: a carry does not wait for the carry before it.

The low bits of a sum are there before the high ones, and the chain of a sum of it begins at once: two sums in
a row take two look-up tables and two ways into a chain, but the way along a chain only once.
"""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.engine.ir.operations import OPERATIONS, Delay
from asn2fpga.engine.ir.process import Op, Process

_PASSING = (Delay.WIRING, Delay.INVERTER)


def leads(process: Process, op: Op, after: tuple[int, ...], carry_per_bit: float) -> tuple[float, ...]:
    """How long before its high bits a sum needs each of the values `after`; () if none before."""
    if OPERATIONS[op.kind].delay is not Delay.CARRIED:
        return ()
    reached = [found for arg in op.args for found in _sums(process, arg, False)]
    cut = {number for number, is_cut in reached if is_cut}
    whole = {number for number, _ in reached} - cut
    if not whole.intersection(after):
        return ()
    width = max(process.ops[arg].width for arg in op.args)
    return tuple(
        carry_per_bit * min(process.ops[number].width, width) if number in whole else 0.0 for number in after
    )


def _sums(process: Process, value: int, is_cut: bool) -> Iterator[tuple[int, bool]]:
    """Sums that a value is made of by wiring alone, and whether their low bits are cut off."""
    op = process.ops[value]
    row = OPERATIONS[op.kind]
    if row.delay is Delay.CARRIED and not row.comparison:
        yield value, is_cut
    elif row.delay in _PASSING:
        for arg in op.args:
            yield from _sums(process, arg, is_cut or (op.kind == "slice" and op.value > 0))
