"""What does not fit the clock, in words with C++ lines."""

from __future__ import annotations

from collections.abc import Iterator

from asn2fpga.engine.ir.process import Process
from asn2fpga.engine.schedule.operators import find_operators
from asn2fpga.engine.target.delays import DelayModel


def too_long(top: str, path_ns: float, delays: DelayModel) -> Iterator[str]:
    """A sentence if the estimated critical path is longer than the clock period."""
    if path_ns > delays.clock_ns:
        yield (
            f"{top}: the estimated critical path must be at most the clock period of {delays.clock_ns:g} ns, "
            f"not {path_ns:.1f} ns; use a slower clock"
        )


def overruns(process: Process, delays: DelayModel) -> Iterator[str]:
    """One sentence for each operation that takes longer than a clock cycle and could not be split."""
    for region in process.regions:
        room = max(0.0, delays.whole_room)
        for number, operator in find_operators(process, region, delays).items():
            if operator.delay_ns <= room:
                continue
            op = process.ops[number]
            width = max((process.ops[arg].width for arg in op.args), default=op.width)
            yield (
                f"{op.location or process.name}: {op.kind} of {width} bits takes {operator.delay_ns:.1f} ns, "
                f"between two registers there are {room:.1f} ns; use fewer bits or a slower clock"
            )
