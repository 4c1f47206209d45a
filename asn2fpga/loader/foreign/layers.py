"""Layers of SpikingJelly: torch's own with a step mode, and averages of populations."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

from torch import Tensor, nn

from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.loader.builder import GraphBuilder, Lowering, Value
from asn2fpga.loader.call import Call, Operand
from asn2fpga.loader.foreign.neuron import full_name
from asn2fpga.loader.foreign.recurrent import lower_recurrent_container
from asn2fpga.loader.tensors import next_value
from asn2fpga.loader.torch_modules import MODULES
from asn2fpga.loader.voting import vote

PACKAGE = "spikingjelly.activation_based.layer"
TORCH_LIKE: dict[str, type[nn.Module]] = {
    "Linear": nn.Linear,
    "Conv1d": nn.Conv1d,
    "Conv2d": nn.Conv2d,
    "BatchNorm1d": nn.BatchNorm1d,
    "BatchNorm2d": nn.BatchNorm2d,
    "ThresholdDependentBatchNorm1d": nn.BatchNorm1d,  # the threshold is in its weights from the start
    "ThresholdDependentBatchNorm2d": nn.BatchNorm2d,
    "MaxPool1d": nn.MaxPool1d,
    "MaxPool2d": nn.MaxPool2d,
    "AvgPool1d": nn.AvgPool1d,
    "AvgPool2d": nn.AvgPool2d,
    "AdaptiveAvgPool1d": nn.AdaptiveAvgPool1d,
    "AdaptiveAvgPool2d": nn.AdaptiveAvgPool2d,
    "Upsample": nn.Upsample,
    "ConvTranspose1d": nn.ConvTranspose1d,
    "ConvTranspose2d": nn.ConvTranspose2d,
    "Flatten": nn.Flatten,
    "Dropout": nn.Dropout,
    "Dropout2d": nn.Dropout2d,
}
"""Classes of the package that compute what torch's do, in each time step."""

CONTAINERS = (
    *("MultiStepContainer", "SeqToANNContainer", "StepModeContainer"),
    *("SpikingSelfAttention", "QKAttention", "TokenQKAttention", "ChannelQKAttention"),
    *("SpikeDrivenSelfAttention", "WSConv2d", "WSLinear", "PrintShapeModule"),
)
"""Classes that compute with what they hold, and with operations that are followed."""


def layer_lowering(module: nn.Module) -> Lowering | None:
    """What lowers a layer of SpikingJelly; None for any other module."""
    if not full_name(module).startswith(PACKAGE):
        return None
    name = type(module).__name__
    if name == "VotingLayer":
        return _voting
    if name == "LinearRecurrentContainer":
        return lower_recurrent_container
    if name == "Delay":
        return _delay
    kind = torch_like(module)
    lowering = None if kind is None else MODULES.get(kind)
    return None if lowering is None else _in_each_step(lowering, cast(type[nn.Module], kind).__name__)


def torch_like(module: nn.Module) -> type[nn.Module] | None:
    """The class of torch whose layers a layer of SpikingJelly is in each time step; None for others."""
    return TORCH_LIKE.get(type(module).__name__) if full_name(module).startswith(PACKAGE) else None


def is_unknown_layer(module: nn.Module) -> bool:
    """Whether it is a layer of SpikingJelly that is neither built nor a mere container."""
    name = type(module).__name__
    return full_name(module).startswith(PACKAGE) and name not in CONTAINERS and layer_lowering(module) is None


def _in_each_step(lowering: Lowering, label: str) -> Lowering:
    """The same for (time, batch, ..) with step mode 'm': time is merged into the batch around it."""

    def lower(builder: GraphBuilder, call: Call) -> Value:
        call = dataclasses.replace(call, label=label)
        if getattr(call.module, "step_mode", "m") != "m" or call.value.leading_axes == 1:
            return lowering(builder, call)
        merged = dataclasses.replace(call.value, merged=True)
        x: Tensor = call.x.flatten(0, 1)
        compute = call.compute

        def run() -> Any:
            return compute().flatten(0, 1)

        inner = dataclasses.replace(call, operands=(Operand(merged, x),), compute=run)
        return dataclasses.replace(lowering(builder, inner), merged=False)

    return lower


def _delay(builder: GraphBuilder, call: Call) -> Value:
    """Delay(n): what was sent n time steps before."""
    module: Any = call.module
    if getattr(module, "step_mode", "m") != "m" or call.value.leading_axes != 2:
        raise call.refuse("Delay must get (time, batch, ...) with step mode 'm'.")
    shape = tuple(call.x.shape[2:])
    name = builder.add(Delay, call.place, (call.value.layer,), shape=shape, steps=int(module.delay_steps))
    return next_value(name, call)


def _voting(builder: GraphBuilder, call: Call) -> Value:
    """VotingLayer(n): the mean of n neurons after each other, for each class."""
    module: Any = call.module
    size = int(module.voting_size)
    shape = tuple(call.x.shape[call.value.leading_axes :])
    if len(shape) != 1 or shape[0] % size:
        raise call.refuse(f"VotingLayer({size}) must get a multiple of {size} features, not shape {shape}.")
    return vote(builder, call, size, shape[0], 1.0 / size)
