"""One process from LLVM IR to Verilog: all that its RTL depends on, and what it becomes."""

from __future__ import annotations

from dataclasses import dataclass, replace

from asn2fpga.engine.clang.locations import Locations
from asn2fpga.engine.clang.parse import parse_module
from asn2fpga.engine.ir.printed import format_process
from asn2fpga.engine.ir.process import Process
from asn2fpga.engine.ir.verify import verify
from asn2fpga.engine.passes.handshake import add_handshake
from asn2fpga.engine.passes.name_ports import name_ports
from asn2fpga.engine.passes.pipeline import simplify
from asn2fpga.engine.read.process import read_process
from asn2fpga.engine.read.top import StaticVariable, variables_of
from asn2fpga.engine.report.process import ProcessFigures, describe_process
from asn2fpga.engine.schedule.check import check_schedule
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.schedule.scheduler import schedule_process
from asn2fpga.engine.target.bind import on_fabric
from asn2fpga.engine.target.delays import DelayModel
from asn2fpga.engine.verilog.process import emit_process


@dataclass(frozen=True)
class Job:
    """A process to make.

    text: of a module with the function (clang/slices.py). name: of its module, which no other one has.
    handshake: it runs once a call, not for ever.
    """

    text: str
    function: str
    name: str
    handshake: bool
    delays: DelayModel
    verify_each: bool = False


@dataclass(frozen=True)
class Rtl:
    """A process as hardware."""

    schedules: dict[str, Schedule]
    verilog: str
    printed: str
    figures: ProcessFigures


@dataclass(frozen=True)
class Made:
    """What became of a job, as far as it came: without `error` all of it.

    variables: of the process as it was read; process: after all passes.
    """

    variables: tuple[StaticVariable, ...] = ()
    process: Process | None = None
    rtl: Rtl | None = None
    error: Exception | None = None


def make(job: Job) -> Made:
    """Make a process; an error is part of the result, for whoever joins the results in their order."""
    made = Made()
    try:
        read = _read(job)
        made = replace(made, variables=variables_of(read))
        made = replace(made, process=simplify(read, job.delays, job.verify_each))
        return replace(made, rtl=_rtl(made.process, job)) if made.process else made
    except Exception as error:  # raised again where the results are joined
        return replace(made, error=error)


def _read(job: Job) -> Process:
    module = parse_module(job.text)
    function, locations = module.functions[job.function], Locations(module)
    process = read_process(module, function, locations, endless=not job.handshake)
    process = name_ports(replace(process, name=job.name))
    if job.handshake:
        process = add_handshake(process)
    process = on_fabric(process, job.delays.figures.fabric)
    if job.verify_each:
        verify(process, "reading")
    return process


def _rtl(process: Process, job: Job) -> Rtl:
    schedules = schedule_process(process, job.delays)
    if job.verify_each:
        for region in process.regions:
            check_schedule(process, region, schedules[region.name], job.delays)
    return Rtl(
        schedules,
        emit_process(process, schedules),
        format_process(process),
        describe_process(process, schedules, job.delays),
    )
