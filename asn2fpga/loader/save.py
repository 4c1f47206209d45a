"""`asn2fpga.save`: a trained torch module becomes a model file."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.importing import ReadOut, TimeAxis
from asn2fpga.kinds.sources.input import input_of
from asn2fpga.loader.about import About
from asn2fpga.loader.calibration import to_calibration, to_labels
from asn2fpga.loader.chance import commonest_share, is_chance
from asn2fpga.loader.check_graph import check_graph
from asn2fpga.loader.describe import Encoding, describe
from asn2fpga.loader.foreign.table import refuse_unknown_neurons
from asn2fpga.loader.input_facts import UNKNOWN, data_warnings, input_facts, refuse_forgotten_scale
from asn2fpga.loader.model_file import ModelContent, Origin, write_model
from asn2fpga.loader.probed.replace import know_neurons
from asn2fpga.loader.summary import ModelSummary, summarise
from asn2fpga.loader.torch_trace import trace
from asn2fpga.loader.trained_accuracy import trained_accuracy
from asn2fpga.warning import BuildWarning


def save(
    module: nn.Module,
    path: str | Path,
    example_input: Tensor,
    calibration: Tensor | Array | None = None,
    *,
    labels: Tensor | Array | None = None,
    encoding: Encoding | None = None,
    input_scale: float | None = None,
    max_count: int | None = None,
    time_steps: int | None = None,
    time_axis: TimeAxis | None = None,
    output: int | None = None,
    read_out: ReadOut | None = None,
) -> ModelSummary:
    """Write `module` as a model file (as in eval mode; it is not changed); print and return its summary.

    example_input: one input as `module` takes it: (batch, *shape), with T > 1 and no RepeatTime in the module
      (time, batch, *shape). Shape and type are used, and its values to see whether `input_scale` fits.
    calibration: raw inputs, integers of any type: frames (samples, *shape), events (samples, time, *shape),
      ids of tokens (samples, time).
    labels: the class of each calibration sample; the accuracy of `module` on them is measured and stored.
    encoding: "frames" (static uint8 input, the default), "events" (counts per time step; the default if
      there is a time axis) or "tokens" (ids, one per time step, for an nn.Embedding as (time, batch)).
    input_scale: what `module` sees for the integer 1: 1/255 if pixels are scaled outside of it, else 1.
    max_count: the largest integer one input takes: of a pixel (255 unless given), or of an input's count in
      one time step (required for events; 1 for binary events); of tokens the largest id.
    time_steps: T, of a module that takes one time step in a call and keeps its states between the calls.
    time_axis: "last" if the module and the example have events (batch, ..., time); never calibration.
    output: which of the results of forward gives the scores, from 0 (the first that can be built).
    read_out: what becomes of a sequence (time, batch, class) that forward returns, "sum", "mean", "last" or
      "max"; of spikes, their number, unless given.
    Raises InputError or UnsupportedError naming the module; then nothing is written.
    """
    summary = save_silently(
        module,
        path,
        example_input,
        calibration,
        labels=labels,
        encoding=encoding,
        input_scale=input_scale,
        max_count=max_count,
        time_steps=time_steps,
        time_axis=time_axis,
        output=output,
        read_out=read_out,
    )
    print(summary)
    return summary


def save_silently(
    module: nn.Module,
    path: str | Path,
    example_input: Tensor,
    calibration: Tensor | Array | None = None,
    *,
    labels: Tensor | Array | None = None,
    **description: Any,
) -> ModelSummary:
    """`save` without printing."""
    path = Path(path)
    model = convert(module, path.stem, example_input, calibration, labels=labels, **description)
    write_model(path, model)
    return summarise(path, model, model_warnings(model))


def convert(
    module: nn.Module,
    name: str,
    example_input: Tensor | None = None,
    calibration: Tensor | Array | None = None,
    *,
    labels: Tensor | Array | None = None,
    **options: Any,
) -> ModelContent:
    """Everything that a model file of `module` holds; arguments as in `save`."""
    if isinstance(module, nn.Module):
        refuse_unknown_neurons(module, example_input)
    found = know_neurons(module, example_input, options)
    module = found.module
    try:
        description = describe(module, example_input, **options)
        traced = trace(module, description, name)
    except UnsupportedError as error:
        if found.unknown:
            raise UnsupportedError(found.unknown[0]) from error
        raise
    graph = check_graph(traced.graph)
    layer = input_of(graph)
    is_tokens = description.encoding == "tokens"
    facts = UNKNOWN if is_tokens else input_facts(example_input, options.get("input_scale"))
    x = to_calibration(calibration, layer)
    refuse_forgotten_scale(example_input, x, layer, facts)
    y = to_labels(labels, 0 if x is None else len(x), graph.classes)
    accuracy = None if x is None or y is None else trained_accuracy(module, description, traced.output, x, y)
    about = About(facts, traced.warnings, found.notes + traced.notes, accuracy)
    return ModelContent(graph, x, y, about, Origin(module, description, traced.output))


def model_warnings(model: ModelContent) -> tuple[BuildWarning, ...]:
    """What looks wrong in a module and its calibration samples."""
    if model.calibration is None:
        return model.about.warnings
    return (
        *model.about.warnings,
        *data_warnings(model.graph, model.about.facts, model.calibration, "calibration"),
        *_chance(model.about.trained_accuracy, model.labels),
    )


def _chance(accuracy: float | None, labels: Array | None) -> tuple[BuildWarning, ...]:
    """A warning if the module itself does not know the classes of its calibration samples."""
    if accuracy is None or labels is None or not is_chance(accuracy, labels):
        return ()
    return (
        BuildWarning(
            "chance_accuracy",
            "calibration",
            f"the module is right for {100 * accuracy:.2f} % of the samples, and guessing the commonest "
            f"class would be for {100 * commonest_share(labels):.2f} %",
            "check the order of the labels and of the inputs, input_scale, and that it is trained",
        ),
    )


def read_module(module: nn.Module, name: str, example_input: Tensor | None = None, **options: Any) -> Graph:
    """The checked graph of `module`; arguments as in `save`. Default example: a row for the first Linear."""
    return convert(module, name, example_input, **options).graph
