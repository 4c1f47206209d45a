"""What the engine tells about a design it made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from asn2fpga.engine.analysis.reconvergence import fifo_warnings
from asn2fpga.engine.ir.dataflow import Dataflow, Fifo
from asn2fpga.engine.ir.process import Process
from asn2fpga.engine.report.overruns import overruns, too_long
from asn2fpga.engine.schedule.scheduler import Schedule
from asn2fpga.engine.target.bind import fifo_style, memory_ports, memory_style
from asn2fpga.engine.target.delays import DelayModel
from asn2fpga.rtl import HlsReport, LoopReport, MemoryReport


def build_report(
    design: Dataflow, schedules: dict[str, dict[str, Schedule]], delays: DelayModel
) -> HlsReport:
    """Loops, memories, states and the estimated critical path of a scheduled design; what to look at."""
    processes = design.processes
    loops = tuple(loop for process in processes for loop in _loops(process, schedules[process.name]))
    memories = (*_memories(processes), *(_fifo_report(fifo) for fifo in design.fifos))
    critical = max(
        schedule.critical_path_ns for regions in schedules.values() for schedule in regions.values()
    )
    states = {
        name: sum(schedule.length for schedule in regions.values()) for name, regions in schedules.items()
    }
    streams = fifo_warnings(design)
    warnings = (
        *streams,
        *(line for process in processes for line in overruns(process, delays)),
        *too_long(design.top, critical, delays),
    )
    shared = sum(process.shared for process in processes)
    return HlsReport("llvm", loops, memories, round(critical, 2), states, warnings, streams, shared)


def _memories(processes: Iterable[Process]) -> Iterator[MemoryReport]:
    for process in processes:
        for memory in process.memories:
            kind = ("ram" if memory.writable else "rom") if memory.depth > 1 else "register"
            name = f"{process.name}.{memory.name}"
            style, ports = memory_style(memory), memory_ports(memory)
            yield MemoryReport(name, kind, style, memory.depth, memory.width, ports)


def _fifo_report(fifo: Fifo) -> MemoryReport:
    return MemoryReport(fifo.name, "fifo", fifo_style(fifo.depth, fifo.width), fifo.depth, fifo.width)


def _loops(process: Process, schedules: dict[str, Schedule]) -> list[LoopReport]:
    return [
        LoopReport(
            process=process.name,
            location=region.location,
            pipelined=True,
            initiation_interval=schedules[region.name].interval,
            depth=schedules[region.name].length,
            limited_by=schedules[region.name].limited_by,
            flattened=region.flattened,
        )
        for region in process.regions
        if region.is_loop
    ]
