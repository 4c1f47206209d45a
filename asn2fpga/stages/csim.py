"""Stage csim: compile the generated C++, run it, and compare every event and score with golden."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from asn2fpga.errors import MismatchError
from asn2fpga.figures.csim import CsimFigures, DifferenceFigures
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.load import read_state
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.stages.samples import vectors
from asn2fpga.toolchain.compiler import find_compiler
from asn2fpga.verify import cpp
from asn2fpga.verify.compare import VectorNames, compare


def _options(request: Request) -> Mapping[str, Any]:
    return {"vectors": request.config.vectors, "seed": request.config.seed}


def _run(build: Build) -> Result:
    graph = integer_graph(build)
    x = test_vectors(build, graph, build.request.config.vectors)
    try:
        compared = compare_cpp(build, graph, x)
    except MismatchError as error:
        failed: DifferenceFigures = {"vectors": len(x), "mismatches": 1}
        return Result("first difference found", failed, status="failed", reason=str(error))
    figures: CsimFigures = {
        "vectors": len(x),
        "mismatches": 0,
        "values_compared": compared,
        "compiler": find_compiler().name,
    }
    return Result(f"{len(x)} vectors, {compared:,} values compared, 0 mismatches", figures)


def test_vectors(build: Build, graph: Graph, count: int, first: int = 0) -> Array:
    """Vectors `first`..`first + count - 1` of this build: its samples, then random ones."""
    _, samples, _ = read_state(build)
    return vectors(samples.x, source_of(graph), count, build.request.config.seed, first)


def compare_cpp(build: Build, graph: Graph, x: Array, layer: str | None = None, first: int = 0) -> int:
    """Number of values compared, all equal; MismatchError otherwise. `first`: number of the first vector."""
    compiler = find_compiler()
    build.say(f"compiling with {compiler.name}{compiler.preparation}")
    log = build.folder.logs / "csim-compiler.log"
    model = cpp.build(graph, build.folder.hls, build.folder.sim / "csim", log)
    actual = model.simulate(x, lambda done: build.say(f"{done} of {len(x)} vectors"))
    root = str(build.folder.absolute)
    return compare(graph, simulate(graph, x), actual, root, layer=layer, names=VectorNames(first))


STAGE = Stage(
    "csim", "running the C++ against the golden model", ("load", "quantise", "codegen"), _options, _run
)
