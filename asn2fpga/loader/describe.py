"""How the input of a module is to be understood, from the arguments of `save` and from the module itself."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator
from numbers import Integral, Real
from typing import Any, Literal

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph.limits import MAX_COUNT, MAX_TIME_STEPS
from asn2fpga.graph.scale_text import show_scale
from asn2fpga.importing import READ_OUTS, TIME_AXES, ReadOut, TimeAxis
from asn2fpga.kinds.real_rules import MAX_MAGNITUDE, MIN_SCALE
from asn2fpga.loader.batch_first import with_batch_first
from asn2fpga.loader.builder import shown
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.foreign.describe import Said, describe_foreign
from asn2fpga.loader.foreign.table import keeps_time
from asn2fpga.loader.repeat import repeats_inside
from asn2fpga.loader.symbolic_trace import symbolic_trace
from asn2fpga.loader.time_axis import TimeLast
from asn2fpga.loader.tokens import describe_tokens
from asn2fpga.loader.wrappers import eval_copy, unwrapped
from asn2fpga.nn import RepeatTime
from asn2fpga.nn.egru import EGRU
from asn2fpga.nn.neuron import SpikingNeuron

Encoding = Literal["frames", "events", "tokens"]


def describe(
    module: nn.Module,
    example_input: Tensor | None = None,
    *,
    encoding: Encoding | None = None,
    input_scale: float | None = None,
    max_count: int | None = None,
    time_steps: int | None = None,
    time_axis: TimeAxis | None = None,
    output: int | None = None,
    read_out: ReadOut | None = None,
) -> InputDescription:
    """Arguments as in `save`, checked; without an example, a row for the first Linear is one. InputError."""
    _check_module(module)
    _check_results(output, read_out, time_steps)
    if time_axis not in (None, *TIME_AXES):
        raise InputError(f"save: time_axis must be one of {', '.join(TIME_AXES)}, not {time_axis!r}.")
    module, time_last = unwrapped(module), time_axis == "last"
    if time_last and encoding != "events" and time_steps is not None:
        found = _repeated_last(example_input, input_scale, max_count, time_steps)
        return dataclasses.replace(found, output=output, read_out=read_out)
    if time_last:
        example_input, encoding = _with_time_in_front(example_input, encoding, time_steps), "events"
        module = TimeLast(module)
    found = _describe(module, example_input, encoding, input_scale, max_count, time_steps)
    return dataclasses.replace(found, output=output, read_out=read_out, time_last=time_last)


def _with_time_in_front(example: Tensor | None, encoding: Encoding | None, time_steps: int | None) -> Tensor:
    """(time, batch, ...) of an example (batch, ..., time)."""
    if encoding not in (None, "events"):
        raise InputError(
            f"save: time_axis='last' must come with encoding='events', not {encoding!r}; for a static input "
            "that is repeated over the last axis, say time_steps=T (--time-steps T)."
        )
    if time_steps is not None:
        raise InputError(
            "save: time_steps must be left out for events with time_axis='last': the last axis says T."
        )
    if not isinstance(example, Tensor) or example.dim() < 3:
        shape = tuple(example.shape) if isinstance(example, Tensor) else None
        raise InputError(
            f"save: example_input must have shape (batch, ..., time) with time_axis='last', not {shape}."
        )
    return example.movedim(-1, 0)


def _repeated_last(
    example: Tensor | None, input_scale: float | None, max_count: int | None, time_steps: int
) -> InputDescription:
    """A static input (batch, ...), for a module that takes (batch, ..., time)."""
    _check_numbers(input_scale, max_count)
    _check_tensor(example, input_scale)
    if example is None or example.dim() < 2 or example.numel() == 0:
        shape = None if example is None else tuple(example.shape)
        raise InputError(f"save: example_input must have shape (batch, ...) with time_steps, not {shape}.")
    return InputDescription(
        example,
        "frames",
        time_steps,
        1.0 if input_scale is None else float(input_scale),
        MAX_COUNT if max_count is None else int(max_count),
        time_last=True,
        repeated=True,
    )


def _describe(
    module: nn.Module,
    example_input: Tensor | None,
    encoding: Encoding | None,
    input_scale: float | None,
    max_count: int | None,
    asked: int | None,
) -> InputDescription:
    if encoding not in (None, "frames", "events", "tokens"):
        raise InputError(f"save: encoding must be 'frames', 'events' or 'tokens', not {encoding!r}.")
    _check_numbers(input_scale, max_count)
    _check_tensor(example_input, input_scale)
    scale = 1.0 if input_scale is None else float(input_scale)
    if keeps_time(module) and encoding != "tokens":
        example = default_example(module, (1,)) if example_input is None else example_input
        return describe_foreign(module, Said(example, encoding, scale, max_count, asked))
    time_steps, repeats = time_steps_of(module)
    if asked not in (None, time_steps):
        raise InputError(
            f"--time-steps {asked}: the option must be left out; the neurons of the module have {time_steps}."
        )
    if encoding == "tokens":
        return describe_tokens(module, example_input, time_steps, max_count)
    limit = MAX_COUNT if max_count is None else int(max_count)
    if encoding == "events" and repeats:
        raise InputError("save: encoding must be 'frames' for a model with RepeatTime, not 'events'.")
    static = _static(module, example_input, time_steps, scale, limit)
    may_be_events = encoding is None and max_count is not None
    if encoding != "events" and (
        time_steps == 1 or repeats or makes_time_axis(module, static, may_be_events)
    ):
        _check_axes(static.example, 2, "(batch, ...)")
        return static
    if encoding == "frames":
        raise InputError(
            "save: a static input must be repeated inside the model, not outside; "
            f"put RepeatTime({time_steps}) first."
        )
    return _events(module, example_input, encoding, time_steps, scale, max_count)


def time_steps_of(module: nn.Module) -> tuple[int, bool]:
    """T as RepeatTime, else as the first neuron with T > 1, states it; whether there is a RepeatTime."""
    for part in module.modules():
        if isinstance(part, RepeatTime):
            return part.time_steps, True
    return next((part.time_steps for _, part in stateful_neurons(module)), 1), False


def stateful_neurons(module: nn.Module) -> Iterator[tuple[str, SpikingNeuron | EGRU]]:
    """Path and module of the neurons with T > 1."""
    for path, part in module.named_modules():
        if isinstance(part, SpikingNeuron | EGRU) and part.time_steps > 1:
            yield path, part


def makes_time_axis(module: nn.Module, static: InputDescription, may_be_events: bool) -> bool:
    """Whether forward itself repeats a static input: x.unsqueeze(0).repeat(T, 1, ...) and the like.

    UnsupportedError if that cannot be seen, unless the input may be one of events: then it is traced as such.
    """
    if static.example.dim() < 2 or static.example.numel() == 0:
        return False
    try:
        found = symbolic_trace(eval_copy(module), static.random_input())
    except UnsupportedError:
        if may_be_events:
            return False
        raise
    return repeats_inside(found.graph)


def _static(
    module: nn.Module, example: Tensor | None, time_steps: int, scale: float, max_count: int
) -> InputDescription:
    if example is None:
        example = default_example(module, (1,))
    return InputDescription(example, "frames", time_steps, scale, max_count)


def _events(
    module: nn.Module,
    example: Tensor | None,
    encoding: Encoding | None,
    time_steps: int,
    scale: float,
    max_count: int | None,
) -> InputDescription:
    axes = 2 if time_steps == 1 else 3
    if encoding is None and (max_count is None or (example is not None and example.dim() < axes)):
        raise _static_or_events(module, time_steps)
    if max_count is None:
        raise InputError(
            "save: max_count must be given for events, the largest count of one input in one time step; "
            "1 for binary events."
        )
    if example is None:
        example = default_example(module, (1,) if time_steps == 1 else (time_steps, 1))
    _check_axes(example, axes, "(batch, ...)" if time_steps == 1 else "(time, batch, ...)")
    if time_steps == 1:
        return InputDescription(example, "events", time_steps, scale, int(max_count))
    example, batch_first = with_batch_first(module, example)
    return InputDescription(example, "events", time_steps, scale, int(max_count), batch_first)


def _static_or_events(module: nn.Module, time_steps: int) -> InputError:
    path, neuron = next(stateful_neurons(module))
    kind = type(neuron).__name__
    return InputError(
        f"{shown(path) or 'model'}: {kind} has time_steps={time_steps}, but nothing makes a time axis; for "
        f"static frames put RepeatTime({time_steps}) first in the module (or "
        f"x.unsqueeze(0).repeat({time_steps}, 1, ...) in forward); for events give encoding='events', "
        "max_count, and an example of shape (time, batch, ...)."
    )


def _check_module(module: object) -> None:
    if not isinstance(module, nn.Module):
        raise InputError(f"save: module must be a torch.nn.Module, not {type(module).__name__}.")
    if isinstance(module, torch.jit.ScriptModule):
        raise InputError("save: module must be the Python module itself, not one compiled by torch.jit.")
    if any(parameter.is_meta for parameter in module.parameters()):
        raise InputError("save: module must hold its weights, not be on the meta device; load them first.")


def _check_results(output: object, read_out: object, time_steps: object) -> None:
    if output is not None and not (_is_number(output, Integral) and output >= 0):  # type: ignore[operator]
        raise InputError(f"save: output must be the index of a result of forward, not {output!r}.")
    if read_out is not None and read_out not in READ_OUTS:
        raise InputError(f"save: read_out must be one of {', '.join(READ_OUTS)}, not {read_out!r}.")
    if time_steps is not None and not (
        _is_number(time_steps, Integral) and 1 <= time_steps <= MAX_TIME_STEPS  # type: ignore[operator]
    ):
        raise InputError(f"save: time_steps must be an integer in 1..{MAX_TIME_STEPS}, not {time_steps!r}.")


def _check_numbers(input_scale: Any, max_count: object) -> None:
    if input_scale is not None and not (
        _is_number(input_scale, Real) and MIN_SCALE <= input_scale <= MAX_MAGNITUDE
    ):
        raise InputError(
            f"save: input_scale must be a number in {MIN_SCALE:g}..{MAX_MAGNITUDE:g}, what the "
            f"module sees for the integer 1, not {input_scale!r}."
        )
    if max_count is not None and not _is_number(max_count, Integral):
        raise InputError(f"save: max_count must be an integer in 1..{MAX_COUNT}, not {max_count!r}.")


def _is_number(value: object, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)


def _check_tensor(example: object, input_scale: float | None) -> None:
    if example is None:
        return
    if not isinstance(example, Tensor):
        raise InputError(f"save: example_input must be a torch.Tensor, not {type(example).__name__}.")
    if example.layout != torch.strided or example.is_meta or example.is_quantized:
        raise InputError("save: example_input must be an ordinary dense tensor.")
    if not example.is_floating_point() and input_scale not in (None, 1):
        kind = str(example.dtype).removeprefix("torch.")
        raise InputError(
            "save: example_input must be what the module sees, real numbers (integers times "
            f"{show_scale(float(input_scale))}), not {kind}; leave input_scale out if the module divides."
        )


def _check_axes(example: Tensor, axes: int, expected: str) -> None:
    if example.dim() < axes or example.numel() == 0:
        raise InputError(f"save: example_input must have shape {expected}, not {tuple(example.shape)}.")


def default_example(module: nn.Module, leading: tuple[int, ...]) -> Tensor:
    """Zeros, a row for the first Linear layer."""
    for part in module.modules():
        if isinstance(part, nn.Linear):
            return torch.zeros((*leading, part.in_features), dtype=part.weight.dtype)
    return torch.zeros((*leading, 1))
