"""The RTL as a function of its inputs: simulated in one process after the other, its own scores come back."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.errors import CheckError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.rtl import RtlDesign
from asn2fpga.verify import fast, simulators
from asn2fpga.verify.recorded import complete_vectors, trace_of
from asn2fpga.verify.vectors import input_messages


class RtlModel:
    """A Verilator model of a design; `simulate` has the shape of golden.simulate."""

    def __init__(self, design: RtlDesign, graph: Graph, work: Path, logs: Path, jobs: int) -> None:
        self._graph, self._work, self._logs = graph, work, logs
        self._program = simulators.build_fast(design, work, logs, jobs)

    def simulate(self, x: Array) -> Trace:
        """What was sent for x, back to back. Raises CheckError if the design gives up half-way."""
        messages = input_messages(source_of(self._graph), x)
        run = fast.run_mode(self._program, messages, self._graph, "stream", self._work, self._logs)
        if run.given_up:
            raise CheckError(run.given_up)
        if complete_vectors(self._graph, run.recording) != len(x):
            raise CheckError(f"RTL: there must be an answer to each of {len(x)} inputs, not fewer.")
        return trace_of(self._graph, run.recording, len(x))
