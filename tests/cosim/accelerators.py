"""Accelerators for tests: small networks through the embedded engine, with the wrapper around them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from strategies import random_inputs

from asn2fpga.board.accelerator_check import AcceleratorResult, check_accelerator
from asn2fpga.board.wrapper import AcceleratorContext, accelerator_context, write_accelerator
from asn2fpga.codegen.project import KERNELS, generate, source_file, top_name
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.hls.embedded import EmbeddedEngine
from asn2fpga.kinds.nodes import port_widths
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.toolchain.plan import BuildPlan

SHA256 = "fedcba9876543210" * 4


@dataclass(frozen=True, eq=False)
class Accelerator:
    """A network, its inputs with golden's trace, and its RTL in `folder`, without and with the wrapper."""

    graph: Graph
    context: AcceleratorContext
    core: RtlDesign
    design: RtlDesign
    folder: Path
    x: Array
    trace: Trace

    def first(self, vectors: int) -> Trace:
        """Golden's trace of the first inputs."""
        return simulate(self.graph, self.x[:vectors])

    def check(self, trace: Trace | None = None) -> AcceleratorResult:
        """Simulate all inputs and compare with the trace, golden's unless another is given."""
        expected = self.trace if trace is None else trace
        work, logs = self.folder / "sim", self.folder / "logs"
        return check_accelerator(self.design, self.context, self.graph, self.x, expected, work, logs)


def make_accelerator(graph: Graph, folder: Path, vectors: int = 12) -> Accelerator:
    """Everything of a graph, made in `folder`."""
    BuildPlan(generate(graph, SHA256, "0.0.0")).write(folder / "hls")
    source = folder / "hls" / source_file(graph)
    include = (folder / "hls", folder / "hls" / KERNELS)
    widths = port_widths(graph)
    project = HlsProject(
        source.parent,
        source,
        include,
        top_name(graph),
        "xc7z020clg400-1",
        10.0,
        widths.input,
        widths.output,
    )
    core = EmbeddedEngine().synthesise(project, folder / "rtl")
    return wrap(graph, core, random_inputs(graph, vectors), folder)


def wrap(graph: Graph, core: RtlDesign, x: Array, folder: Path) -> Accelerator:
    """The accelerator of a graph's core."""
    context = accelerator_context(graph, core, SHA256, 100.0, "0.0.0")
    design = write_accelerator(core, context)
    return Accelerator(graph, context, core, design, folder, x, simulate(graph, x))
