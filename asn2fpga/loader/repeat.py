"""A static input gets a time axis: RepeatTime, and the ways in which public code writes it in forward."""

from __future__ import annotations

import dataclasses

import torch
from torch import Tensor, fx

from asn2fpga.graph.limits import MAX_TIME_STEPS
from asn2fpga.graph.types import Shape
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call

REPEATING_METHODS = ("repeat", "expand", "tile", "broadcast_to", "repeat_interleave")
CONCATENATIONS = (torch.cat, torch.concat, torch.concatenate)
REPEATING_FUNCTIONS = (
    torch.stack,
    *CONCATENATIONS,
    torch.tile,
    torch.broadcast_to,
    torch.repeat_interleave,
)
TRANSPOSING_METHODS = ("transpose", "swapaxes", "swapdims", "permute", "movedim", "moveaxis")
TRANSPOSING_FUNCTIONS = (torch.transpose, torch.swapaxes, torch.permute, torch.movedim, torch.moveaxis)
LIST_FUNCTIONS = (torch.stack, *CONCATENATIONS)
"""Functions that read a list of tensors."""


def lower_unsqueeze(builder: GraphBuilder, call: Call) -> Value:
    """x.unsqueeze(0), x[None]: a time axis of one step, to be repeated; x.unsqueeze(1): after the batch."""
    before, after = shapes(call)
    is_repeated = any(node.target in (*REPEATING_METHODS, *REPEATING_FUNCTIONS) for node in call.node.users)
    if after == (before[0], 1, *before[1:]) and is_repeated and call.value.time_steps is None:
        return dataclasses.replace(with_time(builder, call, 1), batch_first=True)
    if after == (before[0], 1, *before[1:]) and len(before) == 2 and call.value.leading_axes == 1:
        return dataclasses.replace(call.value, grouped=before[1])
    if after == (1, *before) and call.value.one_step:
        raise call.refuse(
            f"{call.label} must not give one time step a time axis; append what each step gives to a list, "
            "and torch.stack(list) after the loop, in place of torch.cat."
        )
    if after != (1, *before) or call.value.time_steps is not None:
        raise call.refuse(
            f"{call.label} must put a time axis in front, as in x.unsqueeze(0), not turn {before} into "
            f"{after}."
        )
    return with_time(builder, call, 1)


def lower_squeeze(builder: GraphBuilder, call: Call) -> Value:
    """x.squeeze(0), x[0] of one time step."""
    before, after = shapes(call)
    if call.value.grouped == before[-1] and after == (before[0], before[-1]):
        return dataclasses.replace(call.value, grouped=None)
    if call.value.time_steps != 1 or call.value.merged or before != (1, *after):
        raise call.refuse(
            f"{call.label} must remove a time axis of one step, not turn {before} into {after}."
        )
    return dataclasses.replace(call.value, time_steps=None)


def lower_index(builder: GraphBuilder, call: Call) -> Value:
    """x[None] and x[0] of one time step; x[-1] of several."""
    before, after = shapes(call)
    if after == (1, *before):
        return lower_unsqueeze(builder, call)
    if before == (1, *after):
        return lower_squeeze(builder, call)
    if call.value.leading_axes == 2 and _is_last_step(call):
        return dataclasses.replace(call.value, time_steps=None, batch_first=False, reduced="last")
    raise call.refuse(
        "x[...] must add or remove a time axis of one step, as x[None] and x[0] do, or take the last time "
        f"step, x[-1], not turn {before} into {after}{_hint(call)}."
    )


def _hint(call: Call) -> str:
    """Of a step that is taken alone: a loop over time without neurons that are known."""
    is_step = len(call.arguments) == 1 and type(call.arguments[0]) is int
    what = "; neurons that a loop of forward computes must be modules, spk, mem = neuron(x, mem)"
    return what if is_step else ""


def _is_last_step(call: Call) -> bool:
    """x[-1], or x[:, -1] where the batch is in front."""
    steps = call.value.time_steps
    whole, last = slice(None), (-1, (steps or 0) - 1)
    index = call.arguments[0] if len(call.arguments) == 1 else None
    if call.value.batch_first:
        return isinstance(index, tuple) and len(index) == 2 and index[0] == whole and index[1] in last
    return type(index) is int and index in last


def lower_repeat(builder: GraphBuilder, call: Call) -> Value:
    """x.unsqueeze(0).repeat(T, 1, ...), x.expand(T, ...), torch.stack([x] * T): the same at every time
    step.
    """
    before, after = shapes(call)
    if call.value.batch_first and not call.value.merged:
        before, after = (_time_in_front(shape) for shape in (before, after))
    steps = repeated_steps(before, after, call.value.time_steps)
    if steps is None or call.value.merged:
        raise call.refuse(
            f"{call.label} must repeat a static input over a first time axis, as in "
            f"x.unsqueeze(0).repeat(T, 1, ...), not turn {before} into {after}."
        )
    return call.value if after == before else with_time(builder, call, steps)


def _time_in_front(shape: Shape) -> Shape:
    return (shape[1], shape[0], *shape[2:])


def repeated_steps(before: Shape, after: Shape, time_steps: int | None) -> int | None:
    """T if `after` is `before` repeated over a new first axis, or over its time axis of one step; else
    None.
    """
    if time_steps == 1 and after[1:] == before[1:]:
        return after[0]
    if time_steps is None and after[1:] == before:
        return after[0]
    return time_steps or 1 if after == before else None


def with_time(builder: GraphBuilder, call: Call, steps: int) -> Value:
    """The same values at each of `steps` time steps."""
    if call.value.reduced or call.value.time_steps not in (None, 1):
        raise call.refuse(f"{call.label} must stand once in a model, not behind a time axis.")
    if builder.depends_on_neurons(call.value.layer):
        raise call.refuse(
            f"{call.label} must stand before the first neuron, not behind it; move it to the start."
        )
    if steps > MAX_TIME_STEPS:
        raise call.refuse(f"{call.label} must repeat at most {MAX_TIME_STEPS} times, not {steps}.")
    return dataclasses.replace(call.value, time_steps=steps)


def lower_time_first(builder: GraphBuilder, call: Call) -> Value:
    """x.transpose(0, 1), x.permute(1, 0, ...) of an input (batch, time, ...)."""
    before, after = shapes(call)
    if after != (before[1], before[0], *before[2:]):
        raise call.refuse(
            f"{call.label} of the input must bring time to the front, as in x.transpose(0, 1), not turn "
            f"{before} into {after}."
        )
    return dataclasses.replace(call.value, batch_first=False)


def shapes(call: Call) -> tuple[Shape, Shape]:
    """Of the example before the call and after it."""
    result: Tensor = call.result
    return tuple(call.x.shape), tuple(result.shape)


def repeats_inside(graph: fx.Graph) -> bool:
    """Whether a step of the traced forward repeats its input over a new first axis."""
    return any(
        _repeats(source.meta.get("shape"), node.meta.get("shape"))
        for node in graph.nodes
        if node.target in (*REPEATING_METHODS, *REPEATING_FUNCTIONS)
        for source in node.all_input_nodes
    )


def _repeats(before: Shape | None, after: Shape | None) -> bool:
    if before is None or after is None or before == after:
        return False
    steps = repeated_steps(before, after, None) or repeated_steps(before, after, before[0])
    return steps is not None and steps > 1
