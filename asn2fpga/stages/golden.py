"""Stage golden: the integer network on all samples; accuracy against float, events, operations, bounds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from asn2fpga.figures.accuracy import AccuracyFigures, CalibrationFigures
from asn2fpga.figures.golden import ComparedLayerFigures, GoldenFigures, ReferenceFigures
from asn2fpga.golden.simulate import accuracy, scores_of, simulate
from asn2fpga.golden.widths import held_by
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import answer_of
from asn2fpga.loader.data_file import Data
from asn2fpga.passes.demand import demands
from asn2fpga.passes.early_exit import with_all_steps
from asn2fpga.passes.predict_cycles import answered, predict_ends
from asn2fpga.quantise.blame import Judge, Suspects
from asn2fpga.reference import float_model
from asn2fpga.report.arousal import arousal_text
from asn2fpga.report.numbers import percent
from asn2fpga.stages.accuracy_loss import accuracy_loss
from asn2fpga.stages.accuracy_warnings import accuracy_warnings, calibration_warnings
from asn2fpga.stages.activity import Activity, activity, layer_rows, network_totals
from asn2fpga.stages.arousal import arousal_figures
from asn2fpga.stages.base import Build, Done, Request, Result, Stage
from asn2fpga.stages.early_exit import early_exit_figures, with_exits
from asn2fpga.stages.folder import load_arrays, load_graph, save_arrays
from asn2fpga.stages.load import read_state
from asn2fpga.stages.picture_data import (
    LayerCounts,
    golden_arrays,
    held_arrays,
    layer_counts,
    save_picture_data,
)
from asn2fpga.stages.quantise import integer_graph, scheme_of
from asn2fpga.stages.suspicions import suspicions
from asn2fpga.verify.reference import LayerReport, ReferenceReport, compare_reference
from asn2fpga.warning import BuildWarning

CHUNK = 1000
REFERENCE_SAMPLES = 500
WIDTH_SAMPLES = 50  # whose sums and membranes are looked at


def _options(request: Request) -> Mapping[str, Any]:
    return {}


def _run(build: Build) -> Result:
    real, samples, _ = read_state(build)
    graph = integer_graph(build)
    done = _simulate(build, graph, samples)
    integer, counted = done.scores, done.activity
    build.say("float network")
    real_scores = float_model.scores_of(real, samples.x)
    build.say("reference with the same weights")
    report = compare_with_reference(build)
    layers = layer_rows(graph, counted)
    trained = build.figures["load"]["trained_accuracy"]
    figures: GoldenFigures = {
        "data": build.figures["load"]["data"],
        "samples": len(samples.x),
        "accuracy": _accuracy(integer, real_scores, samples),
        "agreement": float(np.mean(integer.argmax(axis=1) == real_scores.argmax(axis=1))),
        "reference": _reference(report),
        "layers": layers,
        **network_totals(layers),
        "calibration": _known_accuracy(build, real, graph, trained),
        "arousal": arousal_figures(build, graph, samples),
        "early_exit": None if done.rows is None else early_exit_figures(graph, done.rows, samples.y),
    }
    cycles = {"cycles": done.latency, "work": done.work}
    predicted = save_arrays(build.folder.state / "predicted_latency.npz", cycles)
    arrays = golden_arrays(graph, done.counts, (real_scores, integer), samples.y)
    held = held_arrays(held_by(graph, samples.x[:WIDTH_SAMPLES]))
    pictures = save_picture_data(build.folder, "golden", {**arrays, **held})
    warnings = (
        *_accuracy_warnings(build, figures["accuracy"], samples, trained),
        *calibration_warnings(figures["calibration"]),
        *_warnings(build, (real_scores, integer if done.rows is None else done.rows[:, -1]), report),
    )
    return Result(_summary(figures), figures, (predicted, pictures), warnings=warnings)


def _accuracy_warnings(
    build: Build, found: AccuracyFigures | None, samples: Data, trained: float | None
) -> tuple[BuildWarning, ...]:
    """Of --data only: the model file tells itself what is odd about its labelled calibration samples."""
    if build.figures["load"]["data"] != "data":
        return ()
    return accuracy_warnings(found, samples.y, trained)


def _known_accuracy(
    build: Build, real: Graph, graph: Graph, trained: float | None
) -> CalibrationFigures | None:
    """Accuracy of both networks on the labelled calibration samples and the module's own; None without."""
    known = load_arrays(build.folder.state / "calibration.npz")
    if trained is None or "y" not in known:
        return None
    x, y = known["x"], known["y"]
    return {
        "samples": len(x),
        "trained": trained,
        "float": accuracy(float_model.scores_of(real, x), y),
        "integer": accuracy(scores_of(graph, x), y),
    }


def predicted_latency(build: Build) -> tuple[IntArray, IntArray]:
    """(N,) cycles until each sample should be answered, and until its last time step is done; which the stage
    left.
    """
    found = load_arrays(build.folder.state / "predicted_latency.npz")
    return as_integer(found["cycles"]), as_integer(found["work"])


def _warnings(build: Build, scores: tuple[Array, Array], report: ReferenceReport) -> tuple[BuildWarning, ...]:
    """What may be wrong with a layer; scores: of the real and of the integer network, after all time steps of
    all samples.
    """
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


@dataclass(frozen=True, eq=False)
class _Simulated:
    """Of all samples: scores (N, C), predicted latency in cycles (N,), and what was counted.

    work (N,): predicted cycles until the last time step is done, also of a network that answers before.
    rows: (N, T, C) the scores of all time steps, of a network that may answer before the last one.
    """

    scores: IntArray
    latency: IntArray
    work: IntArray
    activity: Activity
    counts: Mapping[str, LayerCounts]
    rows: IntArray | None


def _simulate(build: Build, graph: Graph, samples: Data) -> _Simulated:
    """A chunk at a time: the events of all samples would not fit into memory."""
    parts = list(_chunks(build, graph, samples.x))
    counted, counts = parts[0].activity, parts[0].counts
    for part in parts[1:]:
        counted = counted.plus(part.activity)
        counts = {name: one.plus(part.counts[name]) for name, one in counts.items()}
    return _Simulated(
        np.concatenate([part.scores for part in parts]),
        np.concatenate([part.latency for part in parts]),
        np.concatenate([part.work for part in parts]),
        counted,
        counts,
        None
        if parts[0].rows is None
        else np.concatenate([part.rows for part in parts if part.rows is not None]),
    )


def _chunks(build: Build, graph: Graph, x: Array) -> Iterator[_Simulated]:
    exits, simulated = answer_of(graph).exits, with_all_steps(graph)
    for start in range(0, len(x), CHUNK):
        build.say(Done(start, len(x), "samples"))
        trace, rows = simulate(simulated, x[start : start + CHUNK]), None
        if exits:
            rows, trace = trace.answers, with_exits(graph, trace)
        ends = predict_ends(graph, demands(graph, trace.counts))
        latency, work = answered(ends, trace.steps_used), ends[:, -1]
        counts = layer_counts(graph, trace)
        yield _Simulated(trace.scores, latency, work, activity(graph, trace), counts, rows)


def _accuracy(integer: Array, real: Array, samples: Data) -> AccuracyFigures | None:
    if samples.y is None:
        return None
    return {
        "samples": len(samples.x),
        "float": accuracy(real, samples.y),
        "integer": accuracy(integer, samples.y),
    }


def _reference(report: ReferenceReport) -> ReferenceFigures:
    return {
        "vectors": report.vectors,
        "layers": [_compared(layer) for layer in report.layers],
        "class_agreement": report.class_agreement,
    }


def _compared(layer: LayerReport) -> ComparedLayerFigures:
    return {
        "layer": layer.layer,
        "stateful": layer.stateful,
        "compared": layer.compared,
        "rounded": layer.rounded,
        "different": layer.different,
        "explanation": layer.explanation,
    }


def _summary(figures: GoldenFigures) -> str:
    count, found, exits = figures["samples"], figures["accuracy"], figures["early_exit"]
    steps = "" if exits is None else f"; {exits['mean_steps']:.2f} of {len(exits['used'])} time steps used"
    if found is None:
        return f"same class as float on {percent(figures['agreement'])} of {count} samples (no labels){steps}"
    text = f"accuracy {percent(found['float'])} float, {percent(found['integer'])} integer, {count} samples"
    return text + steps + arousal_text(figures["arousal"])


STAGE = Stage("golden", "running the integer golden model", ("load", "quantise"), _options, _run)
