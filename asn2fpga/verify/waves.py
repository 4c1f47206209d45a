"""Waveforms of the core: every signal while it works on a few inferences, as VCD for GTKWave or Surfer."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.passes.time_limits import time_limits
from asn2fpga.rtl import RtlDesign
from asn2fpga.toolchain import process
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify import simulators
from asn2fpga.verify.fast import TIMEOUT_SECONDS, answer_words, encode_messages
from asn2fpga.verify.vectors import input_messages


def record_waves(
    design: RtlDesign,
    graph: Graph,
    x: Array,
    clock_ns: float,
    out: Path,
    work: Path,
    logs: Path,
    jobs: int = 2,
) -> Path:
    """Write OUT, a VCD of the harness with the core in it, for the vectors x back to back, nobody stalling.

    Reset is over before it begins; its time is in ps. Raises ToolError if the simulation fails.
    """
    program = simulators.build_waves(design, work, logs, jobs)
    vectors, target = (work / "waves-run" / "vectors.bin").resolve(), out.resolve()
    write_file(vectors, encode_messages(input_messages(source_of(graph), x)))
    target.parent.mkdir(parents=True, exist_ok=True)
    quiet_cycles = time_limits(graph, "ports").quiet_cycles
    numbers = (answer_words(graph), round(clock_ns * 500), quiet_cycles)
    command = [str(part) for part in (program.path.resolve(), vectors, target, *numbers)]
    process.run(command, cwd=design.directory, log=logs / "waves.log", timeout_seconds=TIMEOUT_SECONDS)
    return out
