"""Stage csim: compile the generated C++, run it, and compare every event and score with golden.

All vectors with the integers of the embedded engine, which are fast; a sample of them with Xilinx's too.
"""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from asn2fpga.errors import CheckError, MismatchError
from asn2fpga.figures.csim import ComparedFigures, CsimFigures, DifferenceFigures
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.stages.base import Build, Done, Request, Result, Stage
from asn2fpga.stages.load import read_state
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.stages.samples import Range, crossing, vectors
from asn2fpga.verify import cpp
from asn2fpga.verify.compare import VectorNames, compare
from asn2fpga.verify.cpp_library import TYPES, Types, compiler_of

XILINX_VECTORS = 20


def _options(request: Request) -> Mapping[str, Any]:
    return {"vectors": request.config.vectors, "seed": request.config.seed}


def _run(build: Build) -> Result:
    count = csim_vectors(build)
    try:
        figures = simulate_cpp(build, (0, count))
    except MismatchError as error:
        failed: DifferenceFigures = {"vectors": count, "mismatches": 1}
        return Result("first difference found", failed, status="failed", reason=str(error))
    return Result(csim_summary(figures), figures)


def csim_vectors(build: Build) -> int:
    """Vectors of C simulation, if not said otherwise: all samples, and no fewer than in RTL simulation."""
    config = build.request.config
    if config.vectors is not None:
        return config.vectors
    _, samples, _ = read_state(build)
    return max(config.rtl_vectors, len(samples.x))


def csim_summary(figures: CsimFigures) -> str:
    """What was compared, and with which types."""
    return (
        f"{figures['vectors']} vectors ({figures['xilinx']['vectors']} with Xilinx's types too), "
        f"{figures['values_compared']:,} values compared, 0 mismatches"
    )


def test_vectors(build: Build, graph: Graph, count: int, first: int = 0) -> Array:
    """Vectors `first`..`first + count - 1` of this build: its samples, then random ones."""
    _, samples, _ = read_state(build)
    return vectors(samples.x, source_of(graph), count, build.request.config.seed, first)


def simulate_cpp(build: Build, wanted: Range, layer: str | None = None) -> CsimFigures:
    """Compare the `wanted` vectors; figures when all values agree, MismatchError otherwise."""
    graph = integer_graph(build)
    _, samples, _ = read_state(build)
    models = _models(build, graph)
    compared = _compare(build, models["engine"], "engine", wanted, layer)
    sample = crossing(wanted, len(samples.x), XILINX_VECTORS)
    try:
        independent = _compare(build, models["xilinx"], "xilinx", sample, layer)
    except CheckError as error:
        raise type(error)(f"with Xilinx's integer types: {error}") from error
    return {"mismatches": 0, **compared, "xilinx": independent}


def _models(build: Build, graph: Graph) -> dict[Types, cpp.CppModel]:
    """The libraries with either set of types, compiled side by side."""
    preparation = max(compiler_of(types).preparation for types in TYPES)
    build.say(f"compiling{preparation}")

    def model(types: Types) -> cpp.CppModel:
        log = build.folder.logs / f"csim-{types}.log"
        return cpp.build(graph, build.folder.hls, build.folder.sim / "csim", log, types)

    with ThreadPoolExecutor(max(1, min(build.request.jobs, len(TYPES)))) as pool:
        return dict(zip(TYPES, pool.map(model, TYPES), strict=True))


def _compare(
    build: Build, model: cpp.CppModel, types: Types, wanted: Range, layer: str | None
) -> ComparedFigures:
    first, count = wanted
    graph = integer_graph(build)
    x, root, compared = test_vectors(build, graph, count, first), str(build.folder.absolute), 0
    for start, actual in model.traces(x, first):
        expected = simulate(graph, x[start - first :][: len(actual.scores)])
        compared += compare(graph, expected, actual, root, layer=layer, names=VectorNames(start))
        build.say(Done(start - first + len(actual.scores), count, "vectors"))
    return {"vectors": count, "values_compared": compared, "compiler": compiler_of(types).name}


STAGE = Stage(
    "csim", "running the C++ against the golden model", ("load", "quantise", "codegen"), _options, _run
)
