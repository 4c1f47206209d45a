"""A save file for GTKWave: what to look at in a design, in groups: its streams, its FIFOs, its pipelines."""

from __future__ import annotations

import math
from collections.abc import Iterator

from asn2fpga.engine.ir.dataflow import Dataflow
from asn2fpga.engine.schedule.problem import Schedule
from asn2fpga.engine.verilog.bench import bench_name
from asn2fpga.engine.verilog.control import valid
from asn2fpga.engine.verilog.top_names import fifo_signal

_BIT, _HEXADECIMAL, _TITLE = "@28", "@22", "@200"
_CYCLE_PIXELS = 25
_ZOOM_PIXELS = 200
"""A zoom of -Z shows 2 to the power of Z units of time, picoseconds, in so many."""


def zoom(clock_ns: float) -> str:
    """A line for clock cycles of 25 pixels; without one GTKWave shows the first picoseconds alone."""
    return f"*-{math.log2(1000 * clock_ns * _ZOOM_PIXELS / _CYCLE_PIXELS):.2f} -1"


def save_file(design: Dataflow, schedules: dict[str, dict[str, Schedule]], clock_ns: float) -> str:
    """The file's text, for waveforms of the bench."""
    return "\n".join(_lines(design, schedules, clock_ns)) + "\n"


def _lines(design: Dataflow, schedules: dict[str, dict[str, Schedule]], clock_ns: float) -> Iterator[str]:
    bench = bench_name(design.top)
    yield f'[dumpfile] "waves/{design.top}.fst"'
    yield f'[savefile] "waves/{design.top}.gtkw"'
    yield "[timestart] 0"
    yield zoom(clock_ns)
    yield from _bits([f"{bench}.ap_clk", f"{bench}.ap_rst_n"])
    for name, port in design.ports.items():
        if port.is_value:
            continue
        stem = design.stems[name]
        yield from _title(f"{port.direction}: {name}")
        yield from _bits([f"{bench}.{stem}_{end}" for end in ("TVALID", "TREADY")])
        yield from _word(f"{bench}.{stem}_TDATA", port.width - port.last_bits)
    for fifo in design.all_fifos:
        yield from _title(f"FIFO: {fifo.name}")
        for side in ("wr", "rd"):
            signals = [fifo_signal(design.stems[fifo.name], side, end) for end in ("valid", "ready", "data")]
            yield from _bits([f"{bench}.dut.{signal}" for signal in signals[:2]])
            yield from _word(f"{bench}.dut.{signals[2]}", fifo.width)
    for instance in design.instances:
        for region in instance.process.regions:
            schedule = schedules[instance.process.name][region.name]
            kind = f"loop, II = {schedule.interval}" if region.is_loop else "block"
            yield from _title(f"{instance.name}: {region.location} ({kind})")
            stages = (valid(region.name, stage) for stage in range(schedule.length))
            yield from _bits([f"{bench}.dut.{instance.name}.{stage}" for stage in stages])


def _title(text: str) -> Iterator[str]:
    yield from (_TITLE, f"-{text}")


def _bits(names: list[str]) -> Iterator[str]:
    yield from (_BIT, *names)


def _word(name: str, width: int) -> Iterator[str]:
    yield from (_HEXADECIMAL, f"{name}[{width - 1}:0]")
