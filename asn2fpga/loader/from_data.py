"""A module whose input nobody described, to a graph for the samples that it shall see."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph.limits import MAX_COUNT
from asn2fpga.graph.types import Array
from asn2fpga.loader.batch_first import takes_last_steps, takes_steps
from asn2fpga.loader.data_file import check_holds_x, read_arrays
from asn2fpga.loader.foreign.table import is_multi_step, reset_states
from asn2fpga.loader.model_file import ModelContent
from asn2fpga.loader.other_layouts import other_layout
from asn2fpga.loader.save import convert
from asn2fpga.loader.time_axis import with_time_last

MOST_AXES = 4
"""Of frames: (samples, channels, height, width)."""
LEAST_AXES = 3
"""Of events: (samples, time, features)."""


def convert_for_data(module: nn.Module, name: str, data: Path, said: dict[str, Any]) -> ModelContent:
    """As frames (samples, *shape), or else as events (samples, time, *shape) if the module takes only these.

    said: options of `convert`. Raises what is wrong with the first of the two, unless forward itself fails on
    frames and not on events, or takes them apart as steps: then events are what the module is for, and that
    is what is wrong with them.
    """
    check_holds_x(data)
    x = read_arrays(data)["x"]
    if x.ndim < 2 or len(x) == 0:
        raise InputError(f"{data}: x must have shape (samples, ...), with samples in it, not {x.shape}.")
    try:
        return _converted(module, name, x, said)
    except (InputError, UnsupportedError) as error:
        hint = _hint(module, x, said) or _hint_of_rows(module, name, x, said)
        if not hint:
            raise
        raise type(error)(f"{str(error).removesuffix('.')}; {hint}.") from error


def _hint(module: nn.Module, x: Array, said: dict[str, Any]) -> str:
    """How the samples would have to lie, or which axis is time, so that forward runs; else nothing."""
    given, turned = torch.zeros(3, *x.shape[1:]), torch.zeros(3, *x.shape[2:], x.shape[1])
    if said.get("time_axis") != "last":
        if x.ndim > 2 and takes_last_steps(module, turned):
            return "forward takes time as its last axis: say --time-axis last"
        return other_layout(lambda example: _runs(module, example), x.shape)
    if x.ndim < 3:
        return ""
    if _runs(module, turned):
        is_static = said.get("time_steps") is not None
        return "the samples have time already: leave --time-steps out" if is_static else ""
    return "files have time behind the samples: save numpy.moveaxis(x, -1, 1)" if _runs(module, given) else ""


def _hint_of_rows(module: nn.Module, name: str, x: Array, said: dict[str, Any]) -> str:
    """Whether the module is built where rows of its images are saved as time steps."""
    if x.ndim != 4 or x.shape[1] != 1 or x.shape[2] == 1:
        return ""
    try:
        _converted(module, name, x[:, 0], said)
    except (InputError, UnsupportedError):
        return ""
    axes = ", ".join(map(str, x.shape[2:]))
    return f"if the rows of an image are its time steps, save them so, samples of shape ({axes}): x[:, 0]"


def _converted(module: nn.Module, name: str, x: Array, said: dict[str, Any]) -> ModelContent:
    is_repeated_last = said.get("time_axis") == "last" and said.get("time_steps") is not None
    if said.get("encoding") == "events" or (said.get("time_axis") == "last" and not is_repeated_last):
        return _as_events(module, name, x, said)
    try:
        return convert(module, name, torch.zeros(1, *x.shape[1:]), **(said | {"encoding": "frames"}))
    except (InputError, UnsupportedError) as error:
        if x.ndim < 3 or said.get("encoding") == "frames" or is_repeated_last:
            raise
        try:
            return _as_events(module, name, x, said)
        except (InputError, UnsupportedError) as other:
            raise (other if _is_for_events(module, x) else error) from None


def _is_for_events(module: nn.Module, x: Array) -> bool:
    """Whether forward takes several samples as events, but not as frames: a sequence is none of these."""
    if x.ndim > MOST_AXES:
        return True
    frames, events = torch.zeros(3, *x.shape[1:]), torch.zeros(x.shape[1], 3, *x.shape[2:])
    if takes_steps(module, frames):
        return True
    is_sequence = is_multi_step(module) and x.ndim == LEAST_AXES
    return _runs(module, events) and (is_sequence or not _runs(module, frames))


def _runs(module: nn.Module, example: Tensor) -> bool:
    dtype = next((parameter.dtype for parameter in module.parameters()), example.dtype)
    reset_states(module)
    try:
        with torch.no_grad():
            module(example.to(dtype))
    except Exception:  # code of the model: anything can happen
        return False
    return True


def _as_events(module: nn.Module, name: str, x: Array, said: dict[str, Any]) -> ModelContent:
    """Events, (time, batch, ..) as torch has them; the largest count is that of the data, unless said."""
    if x.ndim < 3:
        raise InputError(f"--encoding events: x must have shape (samples, time, ...), not {x.shape}.")
    example = torch.zeros(x.shape[1], 1, *x.shape[2:])
    if said.get("time_axis") == "last":
        example = with_time_last(example)
    largest = said.get("max_count") or min(max(1, int(x.max())), MAX_COUNT)
    options = said | {"encoding": "events", "max_count": largest}
    model = convert(module, name, example, **options)
    if said.get("max_count") is not None:
        return model
    note = f"input: counts of 0..{largest}, as in the data; other data may need --max-count"
    return dataclasses.replace(
        model, about=dataclasses.replace(model.about, notes=(*model.about.notes, note))
    )
