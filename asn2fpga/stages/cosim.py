"""Stage cosim: simulate the RTL, compare every event and score with golden, count clock cycles."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from asn2fpga.board.accelerator_check import check_accelerator
from asn2fpga.errors import CheckError, MismatchError
from asn2fpga.figures.activity import ActivityFigures, SimulatedFigures
from asn2fpga.figures.cosim import (
    AcceleratorFigures,
    CocotbFigures,
    CosimFigures,
    RtlDifferenceFigures,
)
from asn2fpga.figures.latency import LatencyFigures
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.kinds.timing import BARE
from asn2fpga.passes.demand import demands
from asn2fpga.passes.predict_cycles import predict_busy, predict_latency
from asn2fpga.stages.activity import activity, layer_rows
from asn2fpga.stages.base import Build, Request, Result, Stage
from asn2fpga.stages.csim import test_vectors
from asn2fpga.stages.golden import predicted_latency
from asn2fpga.stages.hls import accelerator_of, read_accelerator, read_design
from asn2fpga.stages.latency import latency_of
from asn2fpga.stages.load import read_state
from asn2fpga.stages.picture_data import cosim_arrays, save_picture_data
from asn2fpga.stages.quantise import integer_graph
from asn2fpga.stages.samples import Range, crossing
from asn2fpga.verify.cocotb_run import NO_LIBRARY, get_library, shared_python
from asn2fpga.verify.cosim import run_cocotb, run_fast
from asn2fpga.verify.result import CosimResult, LayerWork
from asn2fpga.warning import BuildWarning

ACCELERATOR_VECTORS = 12


def _options(request: Request) -> Mapping[str, Any]:
    config = request.config
    counts = {"vectors": config.rtl_vectors, "cocotb_vectors": config.cocotb_vectors}
    return counts | {"seed": config.seed, "cocotb": shared_python() is not None}


def _run(build: Build) -> Result:
    config = build.request.config
    kept: list[CosimResult] = []
    try:
        figures = simulate_rtl(build, (0, config.rtl_vectors), config.cocotb_vectors, keep=kept.append)
        figures["accelerator"] = simulate_accelerator(build)
    except MismatchError as error:
        failed: RtlDifferenceFigures = {
            "engine": build.figures["hls"]["engine"],
            "vectors": config.rtl_vectors,
            "mismatches": 1,
        }
        return Result("first difference found", failed, status="failed", reason=str(error))
    pictures = _pictures(build, kept[0])
    return Result(_summary(figures), figures, pictures, warnings=_warnings(figures))


def _pictures(build: Build, timed: CosimResult) -> tuple[Path, ...]:
    """What the report draws of the inferences that were alone; nothing of RTL that shows nothing."""
    if timed.first is None:
        return ()
    graph = integer_graph(build)
    trace = simulate(graph, test_vectors(build, graph, len(timed.latencies)))
    busy = predict_busy(graph, demands(graph, trace.counts))
    return (save_picture_data(build.folder, "cosim", cosim_arrays(timed.first, busy)),)


def simulate_rtl(
    build: Build,
    wanted: Range,
    cocotb_vectors: int,
    layer: str | None = None,
    keep: Callable[[CosimResult], object] = lambda result: None,
) -> CosimFigures:
    """Fast simulation of the `wanted` vectors, and cocotb on some of them; figures when all values agree.

    Where Python has no shared library cocotb cannot run; then that part is skipped, with its reason.
    The samples come first and alone: cycles are counted on them, not on the random vectors after them.
    keep: gets the result of each fast simulation.
    """
    _, samples, _ = read_state(build)
    split = max(0, min(wanted[1], len(samples.x) - wanted[0]))
    ranges = [(wanted[0], split), (wanted[0] + split, wanted[1] - split)]
    parts = [part for part in ranges if part[1]]
    results = [_fast(build, part, layer) for part in parts]
    for result in results:
        keep(result)
    checked = crossing(wanted, len(samples.x), cocotb_vectors)
    cocotb = _cocotb(build, checked, layer) if shared_python() else None
    return _figures(build, results, cocotb, parts[0][0])


def simulate_accelerator(build: Build) -> AcceleratorFigures:
    """The core with the wrapper around it under cocotb: scores, registers, counters, recovery; figures."""
    if shared_python() is None:
        return {"vectors": 0, "mismatches": None, "skipped": NO_LIBRARY}
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


def _figures(
    build: Build, results: list[CosimResult], cocotb: CosimResult | None, first_vector: int
) -> CosimFigures:
    """Cycles and bounds are those of the timed vectors: the first of the samples, alone and back to back."""
    measured, graph = results[0], integer_graph(build)
    trace = simulate(graph, test_vectors(build, graph, len(measured.latencies), first_vector))
    layers = _layers(graph, trace, measured)
    interval_bound = max(row["lower_bound_cycles"] for row in layers.values())
    if measured.interval_cycles is not None:
        require_bound("interval", measured.interval_cycles, interval_bound)
    return {
        "engine": build.figures["hls"]["engine"],
        "simulator": measured.simulator,
        "vectors": sum(result.vectors for result in results),
        "mismatches": 0,
        "spikes_compared": sum(result.spikes_compared for result in results),
        "latency_cycles": _latency(build, measured, trace),
        "latency_vectors": len(measured.latencies),
        "interval_cycles": measured.interval_cycles,
        "interval_bound_cycles": interval_bound,
        "layers": layers,
        "hidden_layers": list(measured.hidden_layers),
        "cocotb": _cocotb_figures(cocotb),
    }


def _cocotb_figures(cocotb: CosimResult | None) -> CocotbFigures:
    if cocotb is None:
        return {
            "simulator": None,
            "vectors": 0,
            "mismatches": None,
            "spikes_compared": 0,
            "skipped": NO_LIBRARY,
        }
    return {
        "simulator": cocotb.simulator,
        "vectors": cocotb.vectors,
        "mismatches": cocotb.mismatches,
        "spikes_compared": cocotb.spikes_compared,
    }


def _warnings(figures: CosimFigures) -> tuple[BuildWarning, ...]:
    if "skipped" not in figures["cocotb"]:
        return ()
    text = f"{NO_LIBRARY}: the vectors under cocotb and the registers around the core were not simulated"
    return (BuildWarning("cocotb_skipped", "cosim", text, get_library()),)


def _latency(build: Build, measured: CosimResult, trace: Trace) -> LatencyFigures | None:
    """What single inferences took; the mean of all samples where their events tell it."""
    cycles = measured.latencies
    if not len(cycles):
        return None
    graph = integer_graph(build)
    counted = demands(graph, trace.counts)
    bounds = predict_latency(graph, counted, BARE, trace.steps_used)
    for vector, (took, bound) in enumerate(zip(cycles, bounds, strict=True)):
        require_bound(f"latency of vector {vector}", float(took), float(bound))
    everything = predicted_latency(build)
    others = None if len(cycles) == len(everything) else everything
    return latency_of(cycles, predict_latency(graph, counted, steps_used=trace.steps_used), others).plain()


def _layers(graph: Graph, trace: Trace, measured: CosimResult) -> dict[str, SimulatedFigures]:
    """Events, bound, measured cycles and waits of each layer, over the same vectors."""
    rows = layer_rows(graph, activity(graph, trace))
    for name, row in rows.items():
        work = measured.layer_work.get(name)
        if work is not None:
            require_bound(f"layer {name}", work.cycles, row["lower_bound_cycles"])
    return {
        name: _layer(row, measured.layer_work.get(name), measured.alone.get(name))
        for name, row in rows.items()
    }


def _layer(row: ActivityFigures, work: LayerWork | None, alone: float | None) -> SimulatedFigures:
    return {
        **row,
        "cycles_per_inference": None if work is None else work.cycles,
        "slowest_process": None if work is None else work.process,
        "waits_for_input_cycles": None if work is None else work.waits_for_input,
        "waits_for_room_cycles": None if work is None else work.waits_for_room,
        "alone_cycles": alone,
    }


def require_bound(what: str, measured: float, bound: float) -> None:
    """CheckError if fewer cycles were measured than there can be: the bound or the counting is wrong."""
    if measured < bound:
        raise CheckError(
            f"{what}: measured cycles must not be below their lower bound, not {measured:,.1f} of "
            f"{bound:,.1f}; this is a fault of asn2fpga, please report it."
        )


def _summary(figures: CosimFigures) -> str:
    latency = figures["latency_cycles"]
    mean = "" if latency is None else f", mean latency {latency['mean']:,.0f} cycles"
    cocotb = figures["cocotb"]["vectors"]
    return (
        f"{figures['vectors']} vectors and {cocotb} under cocotb, "
        f"{figures['spikes_compared']:,} spikes compared, 0 mismatches{mean}{what_is_hidden(figures)}"
    )


def what_is_hidden(figures: CosimFigures) -> str:
    """What was not compared because the RTL does not show it; empty if all was."""
    hidden = figures["hidden_layers"]
    return (
        f"; scores compared, but not the events of {', '.join(hidden)}: this RTL hides them" if hidden else ""
    )


STAGE = Stage(
    "cosim",
    "simulating the RTL against the golden model",
    ("load", "quantise", "golden", "hls"),
    _options,
    _run,
)
