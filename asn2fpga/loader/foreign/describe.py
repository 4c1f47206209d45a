"""How often neurons of other frameworks are called, and on what: T, and the axes of the input."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import Literal

from torch import Tensor, nn

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph.limits import MAX_COUNT
from asn2fpga.loader.batch_first import with_batch_first
from asn2fpga.loader.builder import MODEL, shown
from asn2fpga.loader.description import InputDescription
from asn2fpga.loader.foreign.table import foreign_neuron, foreign_neurons, is_multi_step
from asn2fpga.loader.repeat import repeats_inside
from asn2fpga.loader.symbolic_trace import SymbolicTrace, symbolic_trace
from asn2fpga.loader.time_axis import TimeRepeated
from asn2fpga.loader.wrappers import eval_copy

Encoding = Literal["frames", "events"]
SINGLE_STEP = "the neurons take one time step in a call of the module and keep their states"
MULTI_STEP = f"{MODEL}: forward takes a sequence, (time, batch, ...), as its modules in multi-step mode do"


@dataclass(frozen=True)
class Said:
    """What the user said of the input; None where nothing. scale: the value of the integer 1.

    example: of events (time, batch, *shape), or (batch, time, *shape) as the module takes it.
    """

    example: Tensor
    encoding: Encoding | None
    scale: float
    max_count: int | None
    time_steps: int | None


def describe_foreign(module: nn.Module, said: Said) -> InputDescription:
    """Frames, unless events are said, or max_count and no encoding. InputError, UnsupportedError."""
    if said.encoding == "events" or (said.encoding is None and said.max_count is not None):
        return _events(module, said)
    return _frames(module, said)


def _frames(module: nn.Module, said: Said) -> InputDescription:
    """A static input (batch, *shape): T is how often forward calls its neurons, or what the user says."""
    _check_axes(said.example, 2, "(batch, ...)")
    limit = MAX_COUNT if said.max_count is None else said.max_count

    def description(steps: int, per_step: bool = False) -> InputDescription:
        return InputDescription(said.example, "frames", steps, said.scale, limit, called_per_step=per_step)

    trace = symbolic_trace(eval_copy(module), description(1).random_input())
    if takes_sequences(module, trace):
        return dataclasses.replace(description(_said_steps(said, MULTI_STEP)), repeated=True)
    trace.refuse_failure()
    steps = _steps_of(trace)
    if steps.inside != 1 or not steps.are_single:
        _refuse_said(said, steps.inside)
        return description(steps.inside)
    asked = _said_steps(said, f"{shown(steps.place)}: {SINGLE_STEP}")
    return description(asked, asked > 1)


def takes_sequences(module: nn.Module, trace: SymbolicTrace) -> bool:
    """Whether the module takes (time, batch, ...) alone: trace is of forward on (batch, ...).

    Its neurons are in multi-step mode, forward makes no axis of time, and runs if it is given one.
    """
    if not is_multi_step(module) or repeats_inside(trace.graph):
        return False
    x = next(trace.results[node] for node in trace.graph.nodes if node.op == "placeholder")
    return symbolic_trace(TimeRepeated(eval_copy(module), 2), x).is_whole


def _said_steps(said: Said, why: str) -> int:
    """T, which the user must say."""
    if said.time_steps is None:
        raise InputError(
            f"{why}; say how many steps a static input is shown: --time-steps T (save: time_steps=T)."
        )
    return said.time_steps


def _events(module: nn.Module, said: Said) -> InputDescription:
    """Counts over time, (time, batch, *shape) or (batch, time, *shape)."""
    if said.max_count is None:
        raise InputError(
            "save: max_count must be given for events, the largest count of one input in one time step; "
            "1 for binary events."
        )
    if said.encoding is None and said.example.dim() < 3:
        raise _frames_or_events(said.example)
    _check_axes(said.example, 3, "(time, batch, ...) or (batch, time, ...)")
    example, batch_first = with_batch_first(module, said.example)
    steps = int(example.shape[1 if batch_first else 0])
    if said.encoding is None and steps == 1:
        raise _frames_or_events(said.example)
    if said.time_steps not in (None, steps):
        raise InputError(
            f"--time-steps {said.time_steps}: the value must be that of the events, {steps}, or be left out."
        )

    def description(per_step: bool) -> InputDescription:
        return InputDescription(
            example, "events", steps, said.scale, said.max_count or 1, batch_first, per_step
        )

    if batch_first or steps == 1:
        return description(False)
    one = example[0][:1].expand(3, *example.shape[2:])
    found = _steps_or_none(module, said.scale * one.clone())
    return description(found is not None and found.are_single and found.inside == 1)


def _frames_or_events(example: Tensor) -> InputError:
    return InputError(
        "save: max_count without encoding is that of events, whose example_input must have shape (time, "
        f"batch, ...) or (batch, time, ...) with several time steps, not {tuple(example.shape)}; for frames "
        "give encoding='frames' (--encoding frames)."
    )


def _steps_or_none(module: nn.Module, x: Tensor) -> Steps | None:
    """Of one time step (batch, *shape); None if the module does not take that."""
    try:
        trace = symbolic_trace(eval_copy(module), x)
        return _steps_of(trace) if trace.is_whole else None
    except (UnsupportedError, InputError):
        return None


def _refuse_said(said: Said, inside: int) -> None:
    if said.time_steps not in (None, inside):
        raise InputError(
            f"--time-steps {said.time_steps}: the option must be left out; forward runs {inside} time steps "
            "itself, or calls one module of neurons at several places: give each place its own."
        )


def _check_axes(example: Tensor, axes: int, expected: str) -> None:
    if example.dim() < axes or example.numel() == 0:
        raise InputError(f"save: example_input must have shape {expected}, not {tuple(example.shape)}.")


# ---- what a trace says ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Steps:
    """inside: time steps that one forward runs; are_single: neurons take one of them in a call; place: of the
    first neurons.
    """

    inside: int
    are_single: bool
    place: str


def _steps_of(trace: SymbolicTrace) -> Steps:
    moments = trace.moments
    if moments.calls:
        path = min(moments.calls, key=lambda name: len(moments.calls[name]))
        return Steps(len(moments.calls[path]), True, path.removeprefix(f"{MODEL}."))
    for node in trace.graph.nodes:
        if node.op != "call_module":
            continue
        module, value = trace.root.get_submodule(str(node.target)), trace.results.get(node)
        known = foreign_neuron(module)
        steps = (
            known.steps(module, value.shape) if known and isinstance(value, Tensor) and value.dim() > 1 else 1
        )
        if known is not None and steps is not None:
            return Steps(int(steps), False, str(node.target).removeprefix(f"{MODEL}."))
    return Steps(1, False, next((path for path, _ in foreign_neurons(trace.root)), MODEL))
