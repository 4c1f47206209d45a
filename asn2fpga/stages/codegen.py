"""Stage codegen: the integer graph becomes a HLS C++ project in DIR/hls."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asn2fpga import __version__
from asn2fpga.codegen.project import generate
from asn2fpga.figures.codegen import CodegenFigures
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.toolchain.plan import BuildPlan


def _options(request: Request) -> Mapping[str, Any]:
    return {}


def _run(build: Build) -> Result:
    graph = integer_graph(build)
    files = generate(graph, build.figures["load"]["sha256"], __version__)
    BuildPlan(files).write(build.folder.hls)
    lines = sum(text.count("\n") for text in files.values())
    figures: CodegenFigures = {"files": len(files), "lines": lines}
    products = tuple(build.folder.hls / path for path in sorted(files))
    return Result(
        f"{len(files)} files, {lines:,} lines in {build.folder.absolute / 'hls'}",
        figures,
        products,
    )


STAGE = Stage("codegen", "writing the HLS C++ project", ("load", "quantise"), _options, _run)
