"""Stage cosim: simulate the RTL, compare every event and score with golden, count clock cycles."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from asn2fpga.board.accelerator_check import check_accelerator
from asn2fpga.errors import MismatchError
from asn2fpga.golden.simulate import Trace, simulate
from asn2fpga.ir.graph import Graph
from asn2fpga.stages.activity import activity
from asn2fpga.stages.base import Build, Figures, Request, Result, Stage
from asn2fpga.stages.csim import test_vectors
from asn2fpga.stages.golden import layer_activity
from asn2fpga.stages.hls import accelerator_of, read_accelerator, read_design
from asn2fpga.stages.load import read_state
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.verify.cosim import run_cocotb, run_fast
from asn2fpga.verify.fast import ISOLATED_VECTORS
from asn2fpga.verify.result import CosimResult

ACCELERATOR_VECTORS = 12

Range = tuple[int, int]
"""Number of the first vector, and how many."""


def _options(request: Request) -> Mapping[str, Any]:
    config = request.config
    return {"vectors": config.vectors, "cocotb_vectors": config.cocotb_vectors, "seed": config.seed}


def _run(build: Build) -> Result:
    config = build.request.config
    try:
        figures = simulate_rtl(build, (0, config.vectors), config.cocotb_vectors)
        figures["accelerator"] = simulate_accelerator(build)
    except MismatchError as error:
        failed = {"engine": build.figures["hls"]["engine"], "vectors": config.vectors, "mismatches": 1}
        return Result("first difference found", failed, status="failed", reason=str(error))
    return Result(_summary(figures), figures)


def simulate_rtl(build: Build, wanted: Range, cocotb_vectors: int, layer: str | None = None) -> Figures:
    """Fast simulation of the `wanted` vectors, and cocotb on some of them; figures when all values agree.

    The samples come first and alone: cycles are counted on them, not on the random vectors behind.
    """
    _, samples, _ = read_state(build)
    split = max(0, min(wanted[1], len(samples.x) - wanted[0]))
    ranges = [(wanted[0], split), (wanted[0] + split, wanted[1] - split)]
    parts = [part for part in ranges if part[1]]
    results = [_fast(build, part, layer) for part in parts]
    checked = min(cocotb_vectors, wanted[1])
    start = wanted[0] + max(0, min(split - checked // 2, wanted[1] - checked))
    cocotb = _cocotb(build, (start, checked), layer)
    return _figures(build, results, cocotb, parts[0])


def simulate_accelerator(build: Build) -> Figures:
    """The core with the wrapper around it under cocotb: scores, registers, counters, recovery; figures."""
    graph, folder = integer_graph(build), build.folder
    build.say("the accelerator with its registers, under cocotb")
    x = test_vectors(build, graph, ACCELERATOR_VECTORS)
    result = check_accelerator(
        read_accelerator(folder),
        accelerator_of(build, read_design(folder)),
        graph,
        x,
        simulate(graph, x),
        folder.sim,
        folder.logs,
        build.request.jobs,
    )
    return {"vectors": result.vectors, "mismatches": 0, "inference_cycles": result.inference_cycles}


def _fast(build: Build, part: Range, layer: str | None) -> CosimResult:
    first, count = part
    graph = integer_graph(build)
    build.say(f"Verilator, vectors {first} to {first + count - 1}")
    x = test_vectors(build, graph, count, first)
    return run_fast(
        read_design(build.folder),
        graph,
        x,
        simulate(graph, x),
        build.folder.sim,
        build=str(build.folder.absolute),
        logs=build.folder.logs,
        layer=layer,
        first_vector=first,
        seed=build.request.config.seed,
        jobs=build.request.jobs,
    )


def _cocotb(build: Build, part: Range, layer: str | None) -> CosimResult:
    first, count = part
    graph = integer_graph(build)
    build.say(f"cocotb with random stalls, vectors {first} to {first + count - 1}")
    x = test_vectors(build, graph, count, first)
    return run_cocotb(
        read_design(build.folder),
        graph,
        x,
        simulate(graph, x),
        build.folder.sim,
        build=str(build.folder.absolute),
        logs=build.folder.logs,
        layer=layer,
        first_vector=first,
        seed=build.request.config.seed,
        jobs=build.request.jobs,
    )


def _figures(build: Build, results: list[CosimResult], cocotb: CosimResult, timed: Range) -> Figures:
    measured = results[0]
    graph = integer_graph(build)
    first, count = timed
    trace = simulate(graph, test_vectors(build, graph, count, first))
    isolated = layer_activity(graph, activity(graph, _head(trace, ISOLATED_VECTORS)))
    bounds = layer_activity(graph, activity(graph, trace))
    return {
        "engine": build.figures["hls"]["engine"],
        "simulator": measured.simulator,
        "vectors": sum(result.vectors for result in results),
        "mismatches": 0,
        "spikes_compared": sum(result.spikes_compared for result in results),
        "latency_cycles": None if measured.latency_cycles is None else vars(measured.latency_cycles),
        "latency_vectors": min(count, ISOLATED_VECTORS),
        "interval_cycles": measured.interval_cycles,
        "interval_bound_cycles": max(row["lower_bound_cycles"] for row in bounds.values()),
        "layers": _layer_cycles(graph, isolated, measured),
        "hidden_layers": list(measured.hidden_layers),
        "cocotb": {
            "simulator": cocotb.simulator,
            "vectors": cocotb.vectors,
            "mismatches": cocotb.mismatches,
            "spikes_compared": cocotb.spikes_compared,
        },
    }


def _layer_cycles(graph: Graph, isolated: dict[str, dict[str, Any]], measured: CosimResult) -> dict[str, Any]:
    """Events, bound and measured cycles of each layer, over the same vectors."""
    rows = {layer.name: dict(isolated[layer.name]) for layer in graph.layers}
    for name, row in rows.items():
        row["cycles_per_inference"] = measured.layer_cycles.get(name)
    return rows


def _head(trace: Trace, count: int) -> Trace:
    return dataclasses.replace(
        trace,
        scores=trace.scores[:count],
        counts={name: values[:count] for name, values in trace.counts.items()},
    )


def _summary(figures: Figures) -> str:
    latency = figures["latency_cycles"]
    mean = "" if latency is None else f", {latency['mean']:,.0f} cycles an inference"
    cocotb = figures["cocotb"]["vectors"]
    return (
        f"{figures['vectors']} vectors and {cocotb} under cocotb, "
        f"{figures['spikes_compared']:,} spikes compared, 0 mismatches{mean}{what_is_hidden(figures)}"
    )


def what_is_hidden(figures: Figures) -> str:
    """What was not compared because the RTL does not show it; empty if all was."""
    hidden = figures["hidden_layers"]
    return (
        f"; scores compared, but not the events of {', '.join(hidden)}: this RTL hides them" if hidden else ""
    )


STAGE = Stage(
    "cosim", "simulating the RTL against the golden model", ("load", "quantise", "hls"), _options, _run
)
