"""What the engine tells about a design it made."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

from asn2fpga.engine.analysis.known_run import Run, known_run
from asn2fpga.engine.analysis.reconvergence import fifo_warnings
from asn2fpga.engine.analysis.trips import Trips
from asn2fpga.engine.ir.dataflow import Dataflow
from asn2fpga.engine.ir.operations import COMPARISONS
from asn2fpga.engine.ir.process import Op, Process, Region
from asn2fpga.engine.report.latency import loop_cycles, loop_latency, process_cycles, trip_text, trips_of
from asn2fpga.engine.report.memories import fifo_report, memory_reports
from asn2fpga.engine.report.operators import operators
from asn2fpga.engine.report.overruns import overruns, too_long
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.target.delays import DelayModel
from asn2fpga.rtl import HlsReport, LoopReport, PathReport, ProcessReport

Schedules = dict[str, dict[str, Schedule]]


def build_report(design: Dataflow, schedules: Schedules, delays: DelayModel) -> HlsReport:
    """Loops, operators, memories, latencies and the estimated critical path; what to look at."""
    processes = design.processes
    path_ns, path = _critical_path(design, schedules)
    streams = fifo_warnings(design)
    warnings = (
        *streams,
        *(line for process in processes for line in overruns(process, delays)),
        *too_long(design.top, path_ns, delays),
    )
    runs = {process.name: known_run(process) for process in processes}
    reports = tuple(_process(process, schedules[process.name], runs[process.name]) for process in processes)
    loops = (_loops(process, schedules[process.name], runs[process.name]) for process in processes)
    return HlsReport(
        engine="llvm",
        loops=tuple(chain.from_iterable(loops)),
        memories=(*memory_reports(processes), *(fifo_report(fifo) for fifo in design.all_fifos)),
        critical_path_ns=round(path_ns, 2),
        clock_margin=delays.margin,
        states={report.name: report.states for report in reports},
        warnings=warnings,
        stream_warnings=streams,
        shared_operators=sum(process.shared for process in processes),
        processes=reports,
        operators=tuple(operator for process in processes for operator in operators(process)),
        critical_path=path,
    )


def _process(process: Process, schedules: dict[str, Schedule], run: Run | None) -> ProcessReport:
    cycles = process_cycles(process, schedules, run)
    states = sum(schedule.length for schedule in schedules.values())
    return ProcessReport(process.name, process.location, states, cycles.text(), cycles.least, cycles.most)


def _loops(process: Process, schedules: dict[str, Schedule], run: Run | None) -> Iterator[LoopReport]:
    for region in process.regions:
        if region.is_loop:
            yield _loop(process, region, schedules[region.name], trips_of(process, region, run))


def _loop(process: Process, region: Region, schedule: Schedule, trips: Trips) -> LoopReport:
    cycles = loop_cycles(schedule, trips)
    return LoopReport(
        process=process.name,
        location=region.location,
        pipelined=True,
        initiation_interval=schedule.interval,
        depth=schedule.length,
        limited_by=schedule.limit.reason,
        flattened=region.flattened,
        asked_interval=region.interval,
        advice=schedule.limit.advice,
        trip_count=trip_text(trips),
        min_trips=trips.least,
        max_trips=trips.most,
        latency=loop_latency(schedule, trips),
        min_cycles=cycles.least,
        max_cycles=cycles.most,
    )


def _width(process: Process, op: Op) -> int:
    """Bits that an operation works on: of a comparison, those of what it compares."""
    return max((process.ops[arg].width for arg in op.args), default=1) if op.kind in COMPARISONS else op.width


def _critical_path(design: Dataflow, schedules: Schedules) -> tuple[float, tuple[PathReport, ...]]:
    """The longest path of all processes, and its operations with their lines."""
    found = [
        (schedule.critical_path, process)
        for process in design.processes
        for schedule in schedules[process.name].values()
    ]
    path, process = max(found, key=lambda candidate: candidate[0].ends_ns)
    steps = tuple(
        PathReport(process.name, op.location, op.kind, _width(process, op), step.at_ns)
        for step in path.steps
        for op in [process.ops[step.value]]
    )
    end = PathReport(process.name, "", path.end, 0, round(path.ends_ns, 2))
    return path.ends_ns, (*steps, end)
