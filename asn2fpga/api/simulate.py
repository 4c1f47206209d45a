"""The RTL of a build, simulated on any input, with the clock cycle of every event."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.api.trace import Trace
from asn2fpga.errors import CheckError, InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.hls.design_file import load_design
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.rtl import RtlDesign
from asn2fpga.stages.base import Build
from asn2fpga.stages.csim import test_vectors
from asn2fpga.stages.hls import DESIGN, read_design
from asn2fpga.verify.fast import run_mode
from asn2fpga.verify.moments import moments
from asn2fpga.verify.recorded import complete_vectors, trace_of
from asn2fpga.verify.simulators import build_fast
from asn2fpga.verify.vectors import input_messages
from asn2fpga.verify.waves import Waves, record_waves


def simulate_rtl(build: Build, graph: Graph, x: Array, other: str | Path | None) -> Trace:
    """x (B, ...), each alone in the core. other: a changed copy of the folder rtl/ to simulate instead.

    CheckError if the RTL stops answering, or breaks the protocol of a stream.
    """
    folder = build.folder
    design = read_design(folder) if other is None else changed_design(Path(other))
    work = folder.sim / "api"
    program = build_fast(design, folder.sim, folder.logs, build.request.jobs)
    messages = input_messages(source_of(graph), x)
    run = run_mode(
        program, messages, graph, "isolated", work, folder.logs / "api", seed=build.request.config.seed
    )
    if complete_vectors(graph, run.recording) < len(x):
        raise CheckError(run.given_up or "RTL simulation: a stream ended early.")
    found = trace_of(graph, run.recording, len(x))
    latency = run.last_cycle - run.first_cycle + 1
    return Trace.of("RTL", graph, found, latency, moments(graph, run, found))


def write_waves(build: Build, graph: Graph, vector: int) -> Waves:
    """The waveforms of one of the test vectors, in DIR/sim/waves."""
    if vector < 0:
        raise InputError(f"waves: vector must be at least 0, not {vector}.")
    folder, request = build.folder, build.request
    design, one = read_design(folder), test_vectors(build, graph, 1, vector)
    out = folder.sim / "waves" / f"vector-{vector}"
    clock_ns = request.board.clock_ns
    return record_waves(design, graph, one, clock_ns, out, folder.sim, folder.logs, request.jobs)


def changed_design(folder: Path) -> RtlDesign:
    """The design in a copy of the folder rtl/. InputError if it is none."""
    if not (folder / DESIGN).is_file():
        raise InputError(
            f"rtl={folder}: the folder must be a copy of rtl/, which holds {DESIGN}; there is none."
        )
    return load_design(folder / DESIGN)
