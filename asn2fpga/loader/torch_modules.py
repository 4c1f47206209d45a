"""Modules of a traced model to layers: one small function each, in the table MODULES."""

from __future__ import annotations

import dataclasses
from typing import Literal, cast

import numpy as np
import torch
from torch import nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.affine import lower_normalise
from asn2fpga.loader.builder import GraphBuilder, Lowering, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.delayed import lower_delayed
from asn2fpga.loader.egru import lower_egru
from asn2fpga.loader.map_checks import check_features, check_spatial_axes
from asn2fpga.loader.output_activation import lower_sigmoid, lower_softmax
from asn2fpga.loader.per_neuron import fitted
from asn2fpga.loader.repeat import with_time
from asn2fpga.loader.reshape import lower_reshape
from asn2fpga.loader.semantics import CONVENTIONS, neuron_semantics
from asn2fpga.loader.tensors import next_value, to_float64
from asn2fpga.loader.tokens import lower_embedding
from asn2fpga.loader.torch_maps import MAP_MODULES
from asn2fpga.nn import EGRU, AdaptiveNeuron, Integrator, RepeatTime, TimeMean, TimeSum
from asn2fpga.nn.delayed import DelayedLinear
from asn2fpga.nn.neuron import SpikingNeuron
from asn2fpga.warning import BuildWarning


def _linear(builder: GraphBuilder, call: Call) -> Value:
    module = cast(nn.Linear, call.module)
    if call.value.reduced == "sum" and module.bias is not None:
        raise call.refuse(
            "Linear with a bias must stand before TimeSum, not behind it; "
            "move TimeSum to the end or use TimeMean."
        )
    if call.x.dim() != call.value.leading_axes + 1:
        shape = tuple(call.x.shape[call.value.leading_axes :])
        raise call.refuse(f"Linear must get one axis of features, not shape {shape}; put Flatten before it.")
    weight = to_float64(module.weight, call.where, "weight")
    bias = np.zeros(len(weight)) if module.bias is None else to_float64(module.bias, call.where, "bias")
    if call.value.spread is not None and call.result is not None:  # which says where the module fails
        weight = call.value.spread.composed(weight)
    found = next_value(builder.add(Linear, call.place, (call.value.layer,), weight=weight, bias=bias), call)
    return dataclasses.replace(found, spread=None)


def _batchnorm(builder: GraphBuilder, call: Call) -> Value:
    """gain = weight / sqrt(variance + eps), shift = bias - mean * gain (torch.nn.BatchNorm1d in eval)."""
    module, kind = cast(nn.BatchNorm1d | nn.BatchNorm2d, call.module), call.label
    if call.value.leading_axes == 2:
        axes = "channel" if kind == "BatchNorm1d" else "channel, y, x"
        raise call.refuse(
            f"{kind} must get (batch, {axes}), not (time, batch, {axes}); merge time into the batch "
            "around it: x.flatten(0, 1) before, x.unflatten(0, (T, -1)) behind."
        )
    check_features(call, module.num_features)
    return next_value(normalisation(builder, call), call)


def normalisation(builder: GraphBuilder, call: Call) -> str:
    """The layer of a BatchNorm's gains and shifts, one for each feature or channel."""
    module, kind = cast(nn.BatchNorm1d | nn.BatchNorm2d, call.module), call.label
    if call.value.reduced == "sum":
        raise call.refuse(f"{kind} must stand before TimeSum, not behind it.")
    if module.running_mean is None or module.running_var is None:
        raise call.refuse(
            f"{kind} must track running statistics, not normalise each batch; track_running_stats=True."
        )
    _warn_if_untrained(builder, call, module.running_mean, module.running_var)
    mean = to_float64(module.running_mean, call.where, "running_mean")
    variance = to_float64(module.running_var, call.where, "running_var")
    gain = 1.0 / np.sqrt(variance + module.eps)
    shift = np.zeros(len(gain))
    if module.affine:
        gain = gain * to_float64(module.weight, call.where, "weight")
        shift = shift if module.bias is None else to_float64(module.bias, call.where, "bias")
    shift = shift - mean * gain
    return builder.add(BatchNorm, call.place, (call.value.layer,), gain=gain, shift=shift)


def _warn_if_untrained(builder: GraphBuilder, call: Call, mean: torch.Tensor, variance: torch.Tensor) -> None:
    """Statistics exactly as they were created: no batch in train() mode ever reached the layer."""
    if bool((mean == 0).all()) and bool((variance == 1).all()):
        builder.warnings.append(
            BuildWarning(
                "untrained_batchnorm",
                call.where,
                "the running statistics were never updated (mean 0, variance 1)",
                "train in train() mode, or load the trained checkpoint with its buffers",
            )
        )


def _neuron(builder: GraphBuilder, call: Call) -> Value:
    module = cast(SpikingNeuron, call.module)
    kind = type(module).__name__
    if call.value.reduced:
        raise call.refuse(f"{kind} must stand before time is averaged or summed, not behind it.")
    if call.value.merged:
        raise call.refuse(
            f"{kind} must get (time, batch, ...), not time merged into the batch; "
            "x.unflatten(0, (T, -1)) first."
        )
    steps = call.value.time_steps or 1
    if module.time_steps != steps:
        hint = (
            f"give it time_steps={steps}" if steps > 1 else f"put RepeatTime({module.time_steps}) before it"
        )
        raise call.refuse(
            f"{kind} must have time_steps (T) = {steps} as its input has, not {module.time_steps}; {hint}."
        )
    for name, tensor in (*module.named_parameters(), *module.named_buffers()):
        to_float64(tensor, call.where, name)
    try:
        semantics = neuron_semantics(module)
    except UnsupportedError as error:
        raise call.refuse(str(error)) from None
    semantics = fitted(call, semantics)
    if isinstance(module, AdaptiveNeuron):
        check_spatial_axes(call, module.spatial_axes)
    return next_value(builder.add(Neuron, call.place, (call.value.layer,), semantics=semantics), call)


def _repeat_time(builder: GraphBuilder, call: Call) -> Value:
    return with_time(builder, call, cast(RepeatTime, call.module).time_steps)


def _time_mean(builder: GraphBuilder, call: Call) -> Value:
    return lower_time_reduction(call, "mean")


def _time_sum(builder: GraphBuilder, call: Call) -> Value:
    return lower_time_reduction(call, "sum")


def lower_time_reduction(call: Call, how: str) -> Value:
    """TimeMean, TimeSum, x.mean(0), x.sum(0): the time axis goes."""
    if call.value.time_steps is None or call.value.leading_axes == 1:
        raise call.refuse(f"{call.label} must get (time, batch, ...), not an input without a time axis.")
    reduced: Literal["mean", "sum"] = "mean" if how == "mean" else "sum"
    return dataclasses.replace(call.value, time_steps=None, batch_first=False, reduced=reduced)


def _integrator(builder: GraphBuilder, call: Call) -> Value:
    """Membranes that never fire: what becomes of them over time is the scores."""
    module = cast(Integrator, call.module)
    if module.output == "all":
        raise call.refuse(
            "Integrator must give one score per class (output 'last', 'max', 'mean' or 'sum'), not all time "
            "steps."
        )
    if module.time_steps == 1:
        return call.value
    if call.value.time_steps is None or call.value.merged:
        raise call.refuse("Integrator must get (time, batch, ...), not an input without a time axis.")
    return dataclasses.replace(
        call.value, time_steps=None, reduced=module.output, readout="Integrator", leak=module.beta
    )


def _drop(builder: GraphBuilder, call: Call) -> Value:
    return call.value


MODULES: dict[type[nn.Module], Lowering] = {
    nn.Linear: _linear,
    nn.Embedding: lower_embedding,
    DelayedLinear: lower_delayed,
    nn.BatchNorm1d: _batchnorm,
    nn.BatchNorm2d: _batchnorm,
    **MAP_MODULES,
    nn.Flatten: lower_reshape,
    nn.Unflatten: lower_reshape,
    nn.Identity: _drop,
    nn.Dropout: _drop,
    nn.Dropout1d: _drop,
    nn.Dropout2d: _drop,
    RepeatTime: _repeat_time,
    TimeMean: _time_mean,
    TimeSum: _time_sum,
    Integrator: _integrator,
    EGRU: lower_egru,
    nn.Softmax: lower_softmax,
    nn.LogSoftmax: lower_softmax,
    nn.Sigmoid: lower_sigmoid,
    **{kind: _neuron for kind in CONVENTIONS},
}

FOREIGN_MODULES: dict[str, Lowering] = {  # by full name: they need not be installed
    "torchvision.transforms.transforms.Normalize": lower_normalise,
    "torchvision.transforms.v2._misc.Normalize": lower_normalise,
}
