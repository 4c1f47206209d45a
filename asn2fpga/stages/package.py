"""Stage package: one .zip for the board. Without a bitstream it holds everything else, and says so."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from asn2fpga.board import openxc7_results
from asn2fpga.board.flow import Flow
from asn2fpga.board.package import Contents, make_package, package_name
from asn2fpga.board.vivado_results import is_of_plan, is_timing_missed, read_results
from asn2fpga.figures.package import PackageFigures
from asn2fpga.golden.simulate import driver_scores_of
from asn2fpga.graph.graph import Graph
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.csim import test_vectors
from asn2fpga.stages.folder import Folder
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.toolchain.plan import write_file

VECTORS = 200
NO_BITSTREAM = "WITHOUT a bitstream, so not yet for a board"


def _options(request: Request) -> Mapping[str, Any]:
    return {
        "vectors": _vectors(request),
        "seed": request.config.seed,
        "board": request.board.name,
        "flow": request.bitstream,
    }


def _vectors(request: Request) -> int:
    return min(VECTORS, request.config.rtl_vectors)


def _run(build: Build) -> Result:
    graph = integer_graph(build)
    x = test_vectors(build, graph, _vectors(build.request))
    bitstream = find_bitstream(build.folder, graph, build.request.bitstream)
    path = package_file(build, graph)
    scores, steps_used = driver_scores_of(graph, x)
    data = make_package(
        Contents(
            graph=graph,
            board=build.request.board,
            model_sha256=build.figures["load"]["sha256"],
            x=x,
            scores=scores,
            bitstream={file.name: file.read_bytes() for file in bitstream},
            steps_used=steps_used,
            flow=build.request.bitstream,
        )
    )
    write_file(path, data)
    name = build.folder.relative(path)
    figures: PackageFigures = {
        "file": name,
        "bytes": len(data),
        "vectors": len(x),
        "bitstream": bool(bitstream),
    }
    return Result(f"{name}, {NO_BITSTREAM}" if not bitstream else name, figures, (path,))


def package_file(build: Build, graph: Graph) -> Path:
    """Where the package of a build lies."""
    return build.folder.absolute / "deploy" / package_name(graph, build.request.board)


def find_bitstream(folder: Folder, graph: Graph, flow: Flow) -> tuple[Path, ...]:
    """NAME.bit in DIR/vivado (with NAME.hwh) or DIR/openxc7; empty unless all is there, of its plan."""
    place = folder.absolute / flow
    suffixes = ("bit", "hwh") if flow == "vivado" else ("bit",)
    files = tuple(place / f"{graph.name}.{suffix}" for suffix in suffixes)
    is_good = _is_good if flow == "vivado" else openxc7_results.is_of_plan
    return files if all(file.is_file() for file in files) and is_good(place) else ()


def _is_good(vivado: Path) -> bool:
    """Whether what lies there was made from the plan there, and keeps to its clock."""
    results = read_results(vivado)
    return is_of_plan(vivado) and not (results and is_timing_missed(results))


STAGE = Stage("package", "packaging for the board", ("load", "quantise", "bitstream"), _options, _run)
