"""The embedded HLS engine: seconds and peak memory from C++ to SystemVerilog, by network, beside the targets.

Memory is the engine's own peak plus clang's, which runs meanwhile; every network has a process of its own.
"""

from __future__ import annotations

import itertools
import multiprocessing
import resource
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(PROJECT), str(PROJECT / "tests")]

from dense_graphs import dense_graph  # noqa: E402  (found through the line above)

from asn2fpga.codegen.project import generate, source_file, top_name  # noqa: E402
from asn2fpga.engine.clang.frontend import compile_to_llvm, optimise  # noqa: E402
from asn2fpga.engine.clang.parse import parse_module  # noqa: E402
from asn2fpga.engine.compile import synthesise_module  # noqa: E402
from asn2fpga.engine.target.delays import delay_model  # noqa: E402
from asn2fpga.passes.lanes import with_lanes  # noqa: E402
from asn2fpga.rtl import HlsProject  # noqa: E402
from asn2fpga.toolchain.plan import BuildPlan  # noqa: E402

PART, CLOCK_NS = "xc7z020clg400-1", 10.0


@dataclass(frozen=True)
class Case:
    """A dense network and what is asked of the engine."""

    name: str
    sizes: tuple[int, ...]
    lanes: dict[str, int]
    target_seconds: float
    target_mb: float


CASES = (
    Case("MNIST 784-128-10", (784, 128, 10), {"fc1": 64, "fc2": 3}, 15, 2048),
    Case("1000 x 1000 weights", (1000, 1000, 10), {"fc1": 50, "fc2": 5}, 30, 2048),
)


def measure(case: Case) -> tuple[list[float], float]:
    """Seconds of clang, LLVM's passes, parsing and the rest; peak memory in MB."""
    graph = with_lanes(dense_graph(*case.sizes), case.lanes)
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        BuildPlan(generate(graph, "0" * 64, "0")).write(folder / "hls")
        source = folder / "hls" / source_file(graph)
        project = HlsProject(source.parent, source, (), top_name(graph), PART, CLOCK_NS)
        times = [time.perf_counter()]
        text = compile_to_llvm(project, folder / "work")
        times.append(time.perf_counter())
        text = optimise(text)
        times.append(time.perf_counter())
        module = parse_module(text)
        times.append(time.perf_counter())
        synthesise_module(module, project.top, delay_model(PART, CLOCK_NS), folder / "rtl")
        times.append(time.perf_counter())
    peak = sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return [after - before for before, after in itertools.pairwise(times)], peak / 1024


def main() -> None:
    """Print the table."""
    print(f"{'network':20} {'clang':>6} {'passes':>6} {'parse':>6} {'engine':>6} {'all s':>6} {'target':>6}"
          f" {'peak MB':>8} {'target':>6}")  # fmt: skip
    for case in CASES:
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            seconds, peak = pool.apply(measure, (case,))
        steps = " ".join(f"{step:6.2f}" for step in seconds)
        print(
            f"{case.name:20} {steps} {sum(seconds):6.2f} {case.target_seconds:6.0f} "
            f"{peak:8.0f} {case.target_mb:6.0f}",
            flush=True,
        )


if __name__ == "__main__":
    main()
