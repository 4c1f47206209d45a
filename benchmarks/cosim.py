"""Times of co-simulation: seconds to build both programs, vectors a second of both.

Usage: python benchmarks/cosim.py [--sizes 64,32,10] [--lanes 8] [--vectors 1000] [--work DIR]
Figures depend on the machine; the simulated cycles do not.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np
from csim import network

from asn2fpga.codegen.project import KERNELS, generate, source_file, top_name
from asn2fpga.engine.compile import compile_project
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify.cosim import run_cocotb, run_fast
from asn2fpga.verify.result import CosimResult

COCOTB_VECTORS = 100


def synthesise(graph: Graph, work: Path) -> RtlDesign:
    """C++ and RTL of an integer graph below `work`."""
    BuildPlan(generate(graph, "0" * 64, "benchmark")).write(work / "hls")
    source = work / "hls" / source_file(graph)
    include = (work / "hls", work / "hls" / KERNELS)
    project = HlsProject(work / "hls", source, include, top_name(graph), "xc7z020clg400-1", 10.0)
    return compile_project(project, work / "rtl")


def images(count: int, pixels: int) -> Array:
    """Random frames, a fifth of the pixels lit."""
    random = np.random.default_rng(1)
    lit = random.random((count, pixels)) < 0.2
    return (random.integers(1, 256, (count, pixels)) * lit).astype(np.uint8)


def report(name: str, result: CosimResult) -> None:
    """One line of figures."""
    print(
        f"{name:<22} build {result.build_seconds:6.1f} s   run {result.run_seconds:6.2f} s   "
        f"{result.vectors_per_second:8.0f} vectors/s   {result.simulated_cycles:,} cycles"
    )


def first(trace: Trace, count: int) -> Trace:
    """The first vectors of a trace."""
    return Trace(trace.scores[:count], {name: counts[:count] for name, counts in trace.counts.items()})


def main() -> None:
    """Build, simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", default="64,32,10")
    parser.add_argument("--lanes", type=int, default=8)
    parser.add_argument("--vectors", type=int, default=1000)
    parser.add_argument("--work", type=Path, default=None)
    options = parser.parse_args()
    sizes = [int(size) for size in options.sizes.split(",")]
    graph = network(tuple(sizes))
    lanes = {node.name: min(options.lanes, node.neurons) for node in foldable_nodes(graph)}
    graph = with_lanes(graph, lanes)
    with tempfile.TemporaryDirectory() as scratch:
        work = options.work or Path(scratch)
        started = time.monotonic()
        design = synthesise(graph, work)
        print(f"{'RTL':<22} build {time.monotonic() - started:6.1f} s")
        x = images(options.vectors, sizes[0])
        trace = simulate(graph, x)
        report("fast", run_fast(design, graph, x, trace, work / "sim"))
        few = min(COCOTB_VECTORS, options.vectors)
        for simulator in ("verilator", "icarus"):
            result = run_cocotb(design, graph, x[:few], first(trace, few), work / "sim", simulator=simulator)
            report(result.simulator, result)


if __name__ == "__main__":
    main()
