"""RTL of an integer graph, made by the embedded engine."""

from __future__ import annotations

from pathlib import Path

from asn2fpga.codegen.project import KERNELS, generate, source_file, top_name
from asn2fpga.graph.graph import Graph
from asn2fpga.hls.embedded import EmbeddedEngine
from asn2fpga.kinds.nodes import port_widths
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.toolchain.plan import BuildPlan


def make(graph: Graph, folder: Path, part: str = "xc7z020clg400-1", clock_ns: float = 10.0) -> RtlDesign:
    """The C++ in FOLDER/hls, the RTL in FOLDER/rtl."""
    BuildPlan(generate(graph, "0" * 64, "0.0.0")).write(folder / "hls")
    source = folder / "hls" / source_file(graph)
    include = (folder / "hls", folder / "hls" / KERNELS)
    widths = port_widths(graph)
    project = HlsProject(
        source.parent, source, include, top_name(graph), part, clock_ns, widths.input, widths.output
    )
    return EmbeddedEngine().synthesise(project, folder / "rtl")
