"""Branches of a traced model: where they meet (x + y, torch.cat) and where one returns (Recurrent)."""

from __future__ import annotations

import dataclasses
from collections import Counter
from typing import Any, cast

from torch import Tensor, nn
from torch.nn.utils.parametrize import type_before_parametrizations

from asn2fpga.graph.node import Node
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.nodes import is_sum
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.loader import affine
from asn2fpga.loader.builder import MODEL, GraphBuilder, Value
from asn2fpga.loader.call import Call, Operand
from asn2fpga.loader.repeat import lower_repeat
from asn2fpga.loader.torch_modules import MODULES
from asn2fpga.nn.recurrent import Recurrent

# ---- x + y -----------------------------------------------------------------------------------------------


def lower_add(builder: GraphBuilder, call: Call) -> Value:
    """x + c with a constant, or the sum of two branches."""
    alpha = call.keywords.get("alpha", 1)
    if alpha != 1:
        raise call.refuse(f"{call.label} must have alpha=1, not {alpha}; multiply the branch before.")
    call = dataclasses.replace(
        call, keywords={name: value for name, value in call.keywords.items() if name != "alpha"}
    )
    return affine.lower_add(builder, call) if len(call.operands) == 1 else _lower_sum(builder, call)


def _lower_sum(builder: GraphBuilder, call: Call) -> Value:
    if call.arguments or call.keywords:
        unknown = ", ".join(map(str, call.keywords)) or "more"
        raise call.refuse(f"{call.label} must add two branches, not take {unknown} beside them.")
    value = _common_axes(builder, call, broadcast=True)
    first, *others = call.operands
    for other in others:
        if _features(other) != _features(first):
            one, another = (_named(builder, found, _features(found)) for found in (first, other))
            raise call.refuse(
                f"branches of an add must have equal shapes, not {one} and {another}; "
                "a Linear layer brings one to the size of the other."
            )
    result: Tensor = call.result
    if not result.dtype.is_floating_point:
        kind = str(result.dtype).removeprefix("torch.")
        raise call.refuse(f"{call.label} must add floating-point numbers, not {kind}; cast them (x.float()).")
    layers = tuple(operand.value.layer for operand in call.operands)
    return dataclasses.replace(value, layer=builder.add_operation(Add, call.place, layers))


# ---- torch.cat -------------------------------------------------------------------------------------------


def lower_concat(builder: GraphBuilder, call: Call) -> Value:
    """torch.cat([x, y], -1): features side by side, of maps the channels (dim=-3); torch.cat([x] * T) of one
    time step: the same at T.
    """
    axis, dims = _axis(call), call.x.dim()
    first = max(operand.value.leading_axes for operand in call.operands)
    over_features = isinstance(axis, int) and axis % dims == first
    if call.reads_one and not over_features:
        return lower_repeat(builder, call)
    value = _common_axes(builder, call, broadcast=False)
    if not over_features:
        what = "features (dim=-1)" if dims == first + 1 else f"channels (dim={first - dims})"
        raise call.refuse(f"{call.label} must be over the {what}, not over dim={axis}.")
    layers = tuple(operand.value.layer for operand in call.operands)
    return dataclasses.replace(value, layer=builder.add_operation(Concat, call.place, layers))


def _one_axis(builder: GraphBuilder, call: Call, operand: Operand) -> None:
    if len(_features(operand)) != 1:
        shape = _named(builder, operand, _features(operand))
        raise call.refuse(f"{call.label} must get one axis of features, not shape {shape}; flatten it first.")


def _axis(call: Call) -> Any:
    given = call.keywords.get("dim", call.keywords.get("axis", 0))
    return call.arguments[0] if call.arguments else given


# ---- what branches have in common --------------------------------------------------------------------------


def _common_axes(builder: GraphBuilder, call: Call, *, broadcast: bool) -> Value:
    """What the axes of the result mean: what those of all operands do; with `broadcast` static ones may stand
    beside others that have a time axis.
    """
    first, *others = call.operands
    differing = [operand for operand in others if _time(operand.value) != _time(first.value)]
    if not differing:
        return first.value
    values = [operand.value for operand in call.operands]
    moving = [value for value in values if not _is_static(value)]
    whole_axes = moving and (moving[0].leading_axes == 2 or moving[0].one_step)
    if broadcast and len({_time(value) for value in moving}) == 1 and whole_axes:
        return moving[0]
    one, another = (_named(builder, found, _axes(found.value)) for found in (first, differing[0]))
    raise call.refuse(
        f"branches of {call.label} must have the same time axis, not {one} and {another}; "
        f"{_way_out(first.value, differing[0].value)}."
    )


def _time(value: Value) -> tuple[object, ...]:
    return value.time_steps, value.merged, value.one_step, value.batch_first, value.reduced


def _is_static(value: Value) -> bool:
    return value.time_steps is None and value.reduced is None


def _axes(value: Value) -> str:
    if value.reduced is not None:
        return f"a {value.reduced} over time"
    if value.time_steps is None:
        return "(batch, ...)"
    return "(time*batch, ...)" if value.merged else f"(time, batch, ...) of T = {value.time_steps}"


def _way_out(first: Value, second: Value) -> str:
    if first.reduced or second.reduced:
        return "bring them together before time is averaged or summed"
    if first.merged or second.merged:
        return "bring the time axis back first, x.unflatten(0, (T, -1))"
    return "repeat what is static over all time steps first, x.unsqueeze(0).repeat(T, 1, ...)"


def _features(operand: Operand) -> Shape:
    """Shape behind time and batch."""
    return tuple(operand.x.shape[operand.value.leading_axes :])


def _named(builder: GraphBuilder, operand: Operand, what: object) -> str:
    return f"{what} ({builder.place(operand.value.layer)})"


# ---- Recurrent -------------------------------------------------------------------------------------------


def lower_recurrent(builder: GraphBuilder, call: Call) -> Value:
    """asn2fpga.nn.Recurrent: neuron(x + linear(what the neuron sent a time step before))."""
    module, value = cast(Recurrent, call.module), call.value
    if module.neuron.time_steps == 1:
        raise call.refuse(
            "a recurrent layer must see several time steps, not T = 1; present the input over time."
        )
    _one_axis(builder, call, call.operands[0])
    size = module.linear.out_features
    past = builder.add_operation(Delay, call.place, (), label="previous", shape=(size,), steps=1)
    back = _lower_part(builder, call, "linear", past)
    total = builder.add_operation(Add, call.place, (value.layer, back.layer), label="sum")
    fired = _lower_part(builder, call, "neuron", total)
    builder.connect(past, fired.layer)
    return fired


def _lower_part(builder: GraphBuilder, call: Call, part: str, layer: str) -> Value:
    """A module inside the one that is called, reading `layer`."""
    module: nn.Module = getattr(call.module, part)
    inner = dataclasses.replace(
        call,
        place=part if call.place == MODEL else f"{call.place}.{part}",
        label=type(module).__name__,
        module=module,
        operands=(Operand(dataclasses.replace(call.value, layer=layer), call.x),),
    )
    lowering = MODULES.get(type_before_parametrizations(module))
    if lowering is None:
        known = f"{type(module).__module__}.{type(module).__qualname__}"
        raise inner.refuse(f"module {known} is not supported in Recurrent; use a neuron of asn2fpga.nn.")
    return lowering(builder, inner)


# ---- the whole graph -------------------------------------------------------------------------------------


def join_sums(builder: GraphBuilder) -> None:
    """One Add for each sum: one that only an Add reads is part of it; what is added n times gets a Scale."""
    sums: dict[str, Node] = {}
    layers: list[Node] = []
    for layer in builder.layers:
        if not is_sum(layer):
            layers.append(layer)
            continue
        inputs = [name for read in layer.inputs for name in (sums[read].inputs if read in sums else (read,))]
        if _only_summed(builder, layer):
            sums[layer.name] = dataclasses.replace(layer, inputs=tuple(inputs))
        else:
            layers += _without_repetition(builder, layer, inputs)
    builder.layers = layers


def _only_summed(builder: GraphBuilder, layer: Node) -> bool:
    """Whether one layer reads it, and that is an Add."""
    readers = [reader for reader in builder.layers if layer.name in reader.inputs]
    return len(readers) == 1 and is_sum(readers[0])


def _without_repetition(builder: GraphBuilder, layer: Node, inputs: list[str]) -> list[Node]:
    """The sum with each of its inputs once, behind layers that multiply what is there several times."""
    counts = Counter(inputs)
    if len(counts) == 1:
        return [_times(layer, layer.name, inputs[0], counts[inputs[0]])]
    scales = [
        _times(layer, builder.free_name(f"{layer.name}_{count}_times"), name, count)
        for name, count in counts.items()
        if count > 1
    ]
    scaled = {scale.inputs[0]: scale.name for scale in scales}
    return [*scales, dataclasses.replace(layer, inputs=tuple(scaled.get(name, name) for name in counts))]


def _times(layer: Node, name: str, source: str, count: int) -> Scale:
    return Scale(name=name, inputs=(source,), source=layer.source, factor=float(count))
