"""`asn2fpga.save`: a trained torch module becomes a model file."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import Input, Linear
from asn2fpga.ir.limits import MAX_COUNT
from asn2fpga.ir.types import Array
from asn2fpga.loader.about import About
from asn2fpga.loader.calibration import to_calibration, to_labels
from asn2fpga.loader.check_graph import check_graph
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.input_facts import data_warnings, input_facts, refuse_forgotten_scale
from asn2fpga.loader.model_file import ModelContent, write_model
from asn2fpga.loader.summary import ModelSummary, summarise
from asn2fpga.loader.torch_trace import trace
from asn2fpga.loader.trained_accuracy import trained_accuracy
from asn2fpga.nn import RepeatTime
from asn2fpga.nn.graded import GradedNeuron
from asn2fpga.warning import BuildWarning

Encoding = Literal["frames", "events"]


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
) -> ModelSummary:
    """Write `module` (as in eval mode; it is not changed) as a model file for `asn2fpga build`.

    Prints what was understood, and returns it.
    example_input: one input as `module` takes it: (batch, *shape), with T > 1 and no RepeatTime in the module
      (time, batch, *shape). Shape and type are used, and its values to see whether `input_scale` fits.
    calibration: raw inputs, integers of any type: frames (samples, *shape), events (samples, time, *shape).
    labels: the class of each calibration sample; the accuracy of `module` on them is measured and stored.
    encoding: "frames" (static uint8 input, the default) or "events" (counts per time step; the default if
      there is a time axis).
    input_scale: value that `module` sees for the integer 1 (1/255 if pixels are scaled outside of it);
      1 unless given.
    max_count: the largest integer one input takes: of a pixel (255 unless given), or of an input's count in
      one time step (required for events; 1 for binary events).
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
    description = describe(module, example_input, **options)
    traced = trace(module, description, name)
    graph = check_graph(traced.graph)
    (layer,) = graph.of_type(Input)
    facts = input_facts(example_input, options.get("input_scale"))
    x = to_calibration(calibration, layer)
    refuse_forgotten_scale(example_input, x, layer, facts)
    y = to_labels(labels, 0 if x is None else len(x), len(graph.of_type(Linear)[-1].weight))
    accuracy = None if x is None or y is None else trained_accuracy(module, description, x, y)
    return ModelContent(graph, x, y, About(facts, traced.warnings, traced.notes, accuracy))


def model_warnings(model: ModelContent) -> tuple[BuildWarning, ...]:
    """What looks wrong in a module and its calibration samples."""
    if model.calibration is None:
        return model.about.warnings
    return model.about.warnings + data_warnings(
        model.graph, model.about.facts, model.calibration, "calibration"
    )


def read_module(module: nn.Module, name: str, example_input: Tensor | None = None, **options: Any) -> Graph:
    """The checked graph of `module`; arguments as in `save`. Default example: a row for the first Linear."""
    return convert(module, name, example_input, **options).graph


def describe(
    module: nn.Module,
    example_input: Tensor | None = None,
    *,
    encoding: Encoding | None = None,
    input_scale: float | None = None,
    max_count: int | None = None,
) -> InputDescription:
    """How the input of `module` is to be understood. Raises InputError for wrong arguments of `save`."""
    if not isinstance(module, nn.Module):
        raise InputError(f"save: module must be a torch.nn.Module, not {type(module).__name__}.")
    time_steps, repeats = _time_steps(module)
    time_axis = time_steps > 1 and not repeats
    encoding = encoding or ("events" if time_axis else "frames")
    _check_encoding(encoding, time_steps, repeats)
    _check_numbers(encoding, input_scale, max_count)
    example = _default_example(module, time_axis, time_steps) if example_input is None else example_input
    _check_example(example, time_axis)
    return InputDescription(
        example,
        encoding,
        time_steps,
        1.0 if input_scale is None else float(input_scale),
        MAX_COUNT if max_count is None else max_count,
    )


def _time_steps(module: nn.Module) -> tuple[int, bool]:
    """T as RepeatTime, else as the first neuron with T > 1, states it; whether there is a RepeatTime."""
    for part in module.modules():
        if isinstance(part, RepeatTime):
            return part.time_steps, True
    steps = (part.time_steps for part in module.modules() if isinstance(part, GradedNeuron))
    return next((count for count in steps if count > 1), 1), False


def _check_encoding(encoding: str, time_steps: int, repeats: bool) -> None:
    if encoding not in ("frames", "events"):
        raise InputError(f"save: encoding must be 'frames' or 'events', not {encoding!r}.")
    if encoding == "frames" and time_steps > 1 and not repeats:
        raise InputError(
            "save: a static input must be repeated inside the model, not outside; "
            f"put RepeatTime({time_steps}) first."
        )
    if encoding == "events" and repeats:
        raise InputError("save: encoding must be 'frames' for a model with RepeatTime, not 'events'.")


def _check_numbers(encoding: str, input_scale: object, max_count: object) -> None:
    if input_scale is not None and (
        isinstance(input_scale, bool) or not isinstance(input_scale, int | float)
    ):
        raise InputError(f"save: input_scale must be a number, not {input_scale!r}.")
    if encoding == "events" and max_count is None:
        raise InputError(
            "save: max_count must be given for events, the largest count of one input in one time step; "
            "1 for binary events."
        )
    if max_count is not None and (isinstance(max_count, bool) or not isinstance(max_count, int)):
        raise InputError(f"save: max_count must be an integer in 1..{MAX_COUNT}, not {max_count!r}.")


def _default_example(module: nn.Module, time_axis: bool, time_steps: int) -> Tensor:
    for part in module.modules():
        if isinstance(part, nn.Linear):
            shape = (time_steps, 1, part.in_features) if time_axis else (1, part.in_features)
            return torch.zeros(shape, dtype=part.weight.dtype)
    return torch.zeros((time_steps, 1, 1) if time_axis else (1, 1))


def _check_example(example: Any, time_axis: bool) -> None:
    axes = 3 if time_axis else 2
    if not isinstance(example, Tensor):
        raise InputError(f"save: example_input must be a torch.Tensor, not {type(example).__name__}.")
    if example.dim() < axes or example.numel() == 0:
        expected = "(time, batch, ...)" if time_axis else "(batch, ...)"
        raise InputError(f"save: example_input must have shape {expected}, not {tuple(example.shape)}.")
