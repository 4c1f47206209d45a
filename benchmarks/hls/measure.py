"""What each kernel costs: loops, cycles and area of the engine's RTL and of the yardstick; both are exact."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from operator import le
from pathlib import Path
from typing import Any

from asn2fpga.device.resources import Resources
from asn2fpga.engine.compile import compile_project
from asn2fpga.engine.target.delays import MARGIN
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.rtl import HlsReport as Report
from asn2fpga.synthesis.area import NETLIST, synthesise
from asn2fpga.synthesis.timing.check import check_timing
from benchmarks.hls.native import run_native
from benchmarks.hls.simulation import Design, Run, simulate
from benchmarks.hls.suite import Kernel, Words

PART, FAMILY, CLOCK_NS = "xc7z020clg400-1", "xc7", 10.0


@dataclass(frozen=True)
class Module:
    """What one implementation of a kernel costs."""

    cycles: int
    resources: Resources


@dataclass(frozen=True)
class Measured:
    """One kernel: the engine's implementation, and the one written by hand if there is one."""

    kernel: Kernel
    compile_seconds: float
    intervals: tuple[int, ...]
    depths: tuple[int, ...]
    limits: tuple[str, ...]
    critical_path_ns: float
    netlist_path_ns: float  # of the mapped netlist (asn2fpga.synthesis.timing)
    bound: int
    engine: Module
    yardstick: Module | None

    def as_json(self) -> dict[str, Any]:
        """Plain data for the JSON file."""
        return {
            "kernel": self.kernel.name,
            "compile_seconds": round(self.compile_seconds, 2),
            "initiation_intervals": self.intervals,
            "depths": self.depths,
            "limited_by": self.limits,
            "critical_path_ns": self.critical_path_ns,
            "netlist_path_ns": self.netlist_path_ns,
            "bound_cycles": self.bound,
            "bound": self.kernel.why,
            "engine": asdict(self.engine),
            "yardstick": asdict(self.yardstick) if self.yardstick else None,
        }


class WrongWordsError(Exception):
    """An implementation does not do what the C++ does."""


def compile_kernel(
    kernel: Kernel, work: Path, clock_ns: float = CLOCK_NS, part: str = PART, margin: float = MARGIN
) -> RtlDesign:
    """RTL of a kernel by the engine, under `work`."""
    project = HlsProject(kernel.path.parent, kernel.path, (), kernel.name, part, clock_ns)
    return compile_project(project, work / kernel.name, margin)


def meets_intervals(kernel: Kernel, report: Report) -> bool:
    """Whether each loop has the interval the set expects of it, or a smaller one."""
    found = [loop.initiation_interval for loop in report.loops]
    return len(found) <= len(kernel.intervals) and all(map(le, found, kernel.intervals))


def run_exactly(
    kernels: Sequence[Kernel], designs: Mapping[str, RtlDesign], calls: Mapping[str, int], work: Path
) -> tuple[dict[str, Words], dict[str, Run]]:
    """Native words, and what each module did without stalls.

    Raises:
        WrongWordsError: an output stream differs from the native one, with or without stalls.
    """
    expected = run_native(kernels, calls, work / "native")
    modules = [
        Design(kernel, kernel.name, designs[kernel.name].verilog, designs[kernel.name].memory_files)
        for kernel in kernels
    ] + [
        Design(kernel, f"{kernel.name}_yardstick", (kernel.yardstick_path,))
        for kernel in kernels
        if kernel.yardstick
    ]
    runs = simulate(modules, calls, expected, work / "simulation")
    for stalls, found in runs.items():
        for module, run in zip(modules, found, strict=True):
            _compare(module, expected[module.kernel.name], run.outputs, stalls)
    return expected, {module.module: run for module, run in zip(modules, runs[False], strict=True)}


def _compare(module: Design, expected: Words, found: Words, stalls: bool) -> None:
    for stream, wanted in expected.items():
        got = found[stream]
        if got == wanted:
            continue
        pairs = zip(got, wanted, strict=False)
        place = next((i for i, (a, b) in enumerate(pairs) if a != b), min(len(got), len(wanted)))
        raise WrongWordsError(
            f"{module.module}: {stream}[{place}] of {len(wanted)} must be {wanted[place : place + 1]}, "
            f"not {got[place : place + 1]}; {'with' if stalls else 'without'} stalls"
        )


def measure(kernels: Sequence[Kernel], work: Path, margin: float = MARGIN) -> list[Measured]:
    """Measure all kernels at a clock margin. Raises WrongWordsError if one is wrong."""
    designs: dict[str, RtlDesign] = {}
    seconds: dict[str, float] = {}
    for kernel in kernels:
        started = time.monotonic()
        designs[kernel.name] = compile_kernel(kernel, work / "engine", margin=margin)
        seconds[kernel.name] = time.monotonic() - started
    calls = {kernel.name: kernel.calls for kernel in kernels}
    expected, runs = run_exactly(kernels, designs, calls, work)
    return [
        _measured(kernel, designs[kernel.name], seconds[kernel.name], expected, runs, work)
        for kernel in kernels
    ]


def _measured(
    kernel: Kernel,
    design: RtlDesign,
    seconds: float,
    expected: dict[str, Words],
    runs: dict[str, Run],
    work: Path,
) -> Measured:
    loops = design.report.loops
    yardstick = None
    if kernel.yardstick:
        by_hand = RtlDesign(
            work, f"{kernel.name}_yardstick", (kernel.yardstick_path,), (), (), Report("hand")
        )
        yardstick = Module(runs[by_hand.top].cycles, _area(by_hand, work)[0])
    area, netlist_ns = _area(design, work)
    return Measured(
        kernel=kernel,
        compile_seconds=seconds,
        intervals=tuple(loop.initiation_interval for loop in loops),
        depths=tuple(loop.depth for loop in loops),
        limits=tuple(loop.limited_by for loop in loops),
        critical_path_ns=design.report.critical_path_ns or 0.0,
        netlist_path_ns=netlist_ns,
        bound=kernel.bound(kernel.words(kernel.calls), expected[kernel.name]),
        engine=Module(runs[kernel.name].cycles, area),
        yardstick=yardstick,
    )


def _area(design: RtlDesign, work: Path) -> tuple[Resources, float]:
    """What the netlist takes, and its longest path."""
    folder = work / "area" / design.top
    found = synthesise(design, FAMILY, folder, folder / "yosys.log", netlist=True)
    return found.resources, check_timing(folder / NETLIST, design.top, count=1).critical_path_ns
