"""Stage golden: the integer network on all samples; accuracy against float, events, operations, bounds."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from asn2fpga.golden.simulate import Trace, accuracy, simulate
from asn2fpga.ir.arrays import as_integer
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import DensePopulation, DenseReadout
from asn2fpga.ir.types import Array
from asn2fpga.loader.data_file import Data
from asn2fpga.passes.accounting import lower_bound_cycles
from asn2fpga.quantise import float_model
from asn2fpga.quantise.blame import Judge, Suspects
from asn2fpga.report.numbers import percent
from asn2fpga.stages.accuracy_loss import accuracy_loss
from asn2fpga.stages.activity import Activity, activity
from asn2fpga.stages.base import Build, Figures, Request, Result, Stage
from asn2fpga.stages.folder import load_graph
from asn2fpga.stages.load import read_state
from asn2fpga.stages.quantise import integer_graph, scheme_of
from asn2fpga.stages.suspicions import suspicions
from asn2fpga.verify.reference import ReferenceReport, compare_reference
from asn2fpga.warning import BuildWarning

CHUNK = 1000
REFERENCE_SAMPLES = 500


def _options(request: Request) -> Mapping[str, Any]:
    return {}


def _run(build: Build) -> Result:
    real, samples, _ = read_state(build)
    graph = integer_graph(build)
    integer, counted = _simulate(build, graph, samples)
    build.say("float network")
    real_scores = float_model.simulate(real, samples.x).scores
    build.say("reference with the same weights")
    report = compare_with_reference(build)
    layers = layer_activity(graph, counted)
    figures: Figures = {
        "data": build.figures["load"]["data"],
        "samples": len(samples.x),
        "accuracy": _accuracy(integer, real_scores, samples),
        "agreement": float(np.mean(integer.argmax(axis=1) == real_scores.argmax(axis=1))),
        "reference": dataclasses.asdict(report),
        "layers": layers,
        "synops_per_inference": sum(row["synops_per_inference"] for row in layers.values()),
        "accumulates_per_inference": sum(row["accumulates_per_inference"] for row in layers.values()),
        "events_per_inference": sum(row["events_out_per_inference"] or 0 for row in layers.values()),
    }
    return Result(_summary(figures), figures, warnings=_warnings(build, (real_scores, integer), report))


def _warnings(build: Build, scores: tuple[Array, Array], report: ReferenceReport) -> tuple[BuildWarning, ...]:
    """What may be wrong with a layer; scores: of the real and of the integer network, on all samples."""
    build.say("looking for layers that lose accuracy or do nothing")
    real, samples, calibration = read_state(build)
    real_scores, integer_scores = scores
    labels = real_scores.argmax(axis=1) if samples.y is None else samples.y
    suspects = Suspects(
        real=real,
        reference=load_graph(build.folder.state / "reference"),
        scheme=scheme_of(build.request.config),
        calibration=calibration,
        judge=Judge(samples.x, as_integer(labels)),
    )
    odd = suspicions(integer_graph(build), samples.x)
    if build.figures["load"]["data"] == "random":
        return odd  # scores of noise are near to each other: which is largest says nothing
    return (*odd, *accuracy_loss(suspects, real_scores, integer_scores, report, samples.y is not None))


def compare_with_reference(build: Build) -> ReferenceReport:
    """Golden against the real-valued network of the same weights, on the first samples."""
    _, samples, _ = read_state(build)
    reference = load_graph(build.folder.state / "reference")
    return compare_reference(reference, integer_graph(build), samples.x[:REFERENCE_SAMPLES])


def _simulate(build: Build, graph: Graph, samples: Data) -> tuple[Array, Activity]:
    """Scores of all samples, and the activity added up, a chunk at a time."""
    traces = list(_chunks(build, graph, samples.x))
    counted = traces[0][1]
    for _, part in traces[1:]:
        counted = counted.plus(part)
    return np.concatenate([scores for scores, _ in traces]), counted


def _chunks(build: Build, graph: Graph, x: Array) -> Iterator[tuple[Array, Activity]]:
    for start in range(0, len(x), CHUNK):
        build.say(f"{start} of {len(x)} samples")
        trace: Trace = simulate(graph, x[start : start + CHUNK])
        yield trace.scores, activity(graph, trace)


def layer_activity(graph: Graph, counted: Activity) -> dict[str, dict[str, Any]]:
    """Events in and out, SynOps, accumulations and the bound on cycles, by layer, for one mean inference.

    What a layer without weights takes in is counted as the events it makes of it.
    """
    rows: dict[str, dict[str, Any]] = {}
    for layer in graph.layers:
        sent = counted.mean_events(layer.name) if layer.name in counted.events else None
        row: dict[str, Any] = {"events_in_per_inference": sent, "events_out_per_inference": sent}
        row |= {"synops_per_inference": 0.0, "accumulates_per_inference": 0.0}
        if isinstance(layer, DensePopulation | DenseReadout):
            source, fanout = layer.inputs[0], int(layer.weight.shape[0])
            row["events_in_per_inference"] = counted.mean_events(source)
            row["synops_per_inference"] = counted.mean_spikes(source) * fanout
            row["accumulates_per_inference"] = counted.mean_events(source) * fanout
        row["lower_bound_cycles"] = lower_bound_cycles(layer, row["events_in_per_inference"])
        rows[layer.name] = row
    return rows


def _accuracy(integer: Array, real: Array, samples: Data) -> dict[str, Any] | None:
    if samples.y is None:
        return None
    return {
        "samples": len(samples.x),
        "float": accuracy(real, samples.y),
        "integer": accuracy(integer, samples.y),
    }


def _summary(figures: Figures) -> str:
    count, found = figures["samples"], figures["accuracy"]
    if found is None:
        return f"same class as float on {percent(figures['agreement'])} of {count} samples (no labels)"
    return f"accuracy {percent(found['float'])} float, {percent(found['integer'])} integer, {count} samples"


STAGE = Stage("golden", "running the integer golden model", ("load", "quantise"), _options, _run)
