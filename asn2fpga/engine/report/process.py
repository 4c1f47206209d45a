"""What the engine tells about one process of a design."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from asn2fpga.engine.analysis.known_run import Run, known_run
from asn2fpga.engine.analysis.trips import Trips
from asn2fpga.engine.ir.operations import COMPARISONS
from asn2fpga.engine.ir.process import Op, Process, Region
from asn2fpga.engine.report.latency import loop_cycles, loop_latency, process_cycles, trip_text, trips_of
from asn2fpga.engine.report.memories import memory_reports
from asn2fpga.engine.report.operators import operators
from asn2fpga.engine.report.overruns import overruns
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.target.delays import DelayModel
from asn2fpga.rtl import LoopReport, MemoryReport, OperatorReport, PathReport, ProcessReport


@dataclass(frozen=True)
class ProcessFigures:
    """Its part of every table of the report, and its longest path."""

    process: ProcessReport
    loops: tuple[LoopReport, ...]
    memories: tuple[MemoryReport, ...]
    operators: tuple[OperatorReport, ...]
    overruns: tuple[str, ...]
    path_ns: float
    path: tuple[PathReport, ...]


def describe_process(process: Process, schedules: dict[str, Schedule], delays: DelayModel) -> ProcessFigures:
    """Loops, operators, memories, latency and the estimated critical path of a process."""
    run = known_run(process)
    trips = {region.name: trips_of(process, region, run) for region in process.regions if region.is_loop}
    path_ns, path = _critical_path(process, schedules)
    return ProcessFigures(
        process=_process(process, schedules, run, trips),
        loops=tuple(_loops(process, schedules, trips)),
        memories=tuple(memory_reports(process)),
        operators=tuple(operators(process)),
        overruns=tuple(overruns(process, delays)),
        path_ns=path_ns,
        path=path,
    )


def _process(
    process: Process, schedules: dict[str, Schedule], run: Run | None, trips: dict[str, Trips]
) -> ProcessReport:
    cycles = process_cycles(process, schedules, run, trips)
    states = sum(schedule.length for schedule in schedules.values())
    return ProcessReport(process.name, process.location, states, cycles.text(), cycles.least, cycles.most)


def _loops(process: Process, schedules: dict[str, Schedule], trips: dict[str, Trips]) -> Iterator[LoopReport]:
    for region in process.regions:
        if region.is_loop:
            yield _loop(process, region, schedules[region.name], trips[region.name])


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


def _critical_path(process: Process, schedules: dict[str, Schedule]) -> tuple[float, tuple[PathReport, ...]]:
    """The longest path of a process, and its operations with their lines."""
    path = max((schedule.critical_path for schedule in schedules.values()), key=lambda path: path.ends_ns)
    steps = tuple(
        PathReport(process.name, op.location, op.kind, _width(process, op), step.at_ns)
        for step in path.steps
        for op in [process.ops[step.value]]
    )
    end = PathReport(process.name, "", path.end, 0, round(path.ends_ns, 2))
    return path.ends_ns, (*steps, end)
