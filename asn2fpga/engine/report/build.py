"""Report of a compiled design: loops, memories, operators, path."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain

from asn2fpga.engine.analysis.reconvergence import fifo_warnings
from asn2fpga.engine.ir.dataflow import Dataflow
from asn2fpga.engine.report.memories import fifo_report
from asn2fpga.engine.report.overruns import too_long
from asn2fpga.engine.report.process import ProcessFigures
from asn2fpga.engine.target.delays import DelayModel
from asn2fpga.rtl import HlsReport


def build_report(design: Dataflow, figures: Sequence[ProcessFigures], delays: DelayModel) -> HlsReport:
    """Loops, operators, memories, latencies and the estimated critical path; what to look at.

    figures: of the design's processes, in their order.
    """
    longest = max(figures, key=lambda process: process.path_ns)
    streams = fifo_warnings(design)
    overruns = chain.from_iterable(process.overruns for process in figures)
    memories = chain.from_iterable(process.memories for process in figures)
    return HlsReport(
        engine="llvm",
        loops=tuple(chain.from_iterable(process.loops for process in figures)),
        memories=(*memories, *(fifo_report(fifo) for fifo in design.all_fifos)),
        critical_path_ns=round(longest.path_ns, 2),
        clock_margin=delays.margin,
        states={process.process.name: process.process.states for process in figures},
        warnings=(*streams, *overruns, *too_long(design.top, longest.path_ns, delays)),
        stream_warnings=streams,
        shared_operators=sum(process.shared for process in design.processes),
        processes=tuple(process.process for process in figures),
        operators=tuple(chain.from_iterable(process.operators for process in figures)),
        critical_path=longest.path,
    )
