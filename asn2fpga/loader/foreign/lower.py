"""Neurons of other frameworks to layers: what they send, and membranes that are returned."""

from __future__ import annotations

import dataclasses
from typing import Any, cast

import numpy as np
from torch import Tensor, nn

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.foreign.neuron import NO_THRESHOLD, ForeignNeuron, Understood, numbers
from asn2fpga.loader.foreign.recurrent import add_recurrent
from asn2fpga.loader.foreign.table import foreign_neuron
from asn2fpga.loader.per_neuron import fitted
from asn2fpga.loader.tensors import to_float64


def lower_spikes(builder: GraphBuilder, call: Call, steps: int) -> Value:
    """What the neurons of a call send. steps: T of the network."""
    known, understood = _understand(call)
    understood = dataclasses.replace(understood, semantics=fitted(call, understood.semantics))
    source = call.value.layer
    value = _with_time(call, known, steps)
    if understood.feedback is None:
        name = builder.add(Neuron, call.place, (source,), semantics=understood.semantics)
        return dataclasses.replace(value, layer=name)
    return dataclasses.replace(value, layer=_recurrent(builder, call, understood, steps))


def lower_sequence(builder: GraphBuilder, call: Call) -> Value:
    """What the neurons of a call send that takes all time steps."""
    return lower_spikes(builder, call, call.value.time_steps or 1)


def lower_membrane(builder: GraphBuilder, call: Call, steps: int) -> Value:
    """The membranes of a call as what the scores are made of: of neurons that never fire."""
    known, understood = _understand(call)
    semantics = understood.semantics
    what = f"{call.label} ({call.where})"
    if not understood.never_fires:
        raise call.refuse(
            f"membranes that are returned must be of neurons that never fire (reset_mechanism='none', or a "
            f"threshold from {NO_THRESHOLD:g} on), not of {call.label}; return the spikes, --output 0."
        )
    if semantics.synaptic_beta is not None or understood.feedback is not None or semantics.betas is not None:
        raise call.refuse(
            f"membranes that are returned must have one leak and no current of their own, not those of "
            f"{call.label}; end the network with a Leaky of reset_mechanism='none'."
        )
    if semantics.rest != 0:
        raise call.refuse(f"membranes that are returned must start at 0, not at {semantics.rest:g}.")
    layer = call.value.layer
    if semantics.decay_input:
        gain = 1.0 - semantics.beta
        layer = builder.add_operation(Scale, call.place, (layer,), factor=gain)
    value = _with_time(call, known, steps)
    return dataclasses.replace(value, layer=layer, readout=what, leak=semantics.beta)


def _understand(call: Call) -> tuple[ForeignNeuron, Understood]:
    module = cast(nn.Module, call.module)
    known = foreign_neuron(module)
    assert known is not None
    if call.value.reduced:
        raise call.refuse(f"{call.label} must stand before time is averaged or summed, not behind it.")
    if call.value.merged:
        raise call.refuse(
            f"{call.label} must get (time, batch, ...), not time merged into the batch; "
            "x.unflatten(0, (T, -1)) first."
        )
    for name, tensor in (*module.named_parameters(), *module.named_buffers()):
        to_float64(tensor, call.where, name)
    try:
        return known, known.understand(module)
    except UnsupportedError as error:
        raise call.refuse(str(error)) from None


def _with_time(call: Call, known: ForeignNeuron, steps: int) -> Value:
    """What the result of the call is, whatever layer it will be of."""
    if not known.is_sequence(call.module):
        return Value(call.value.layer, time_steps=steps if steps > 1 else None, one_step=steps > 1)
    if call.value.time_steps is None:
        raise call.refuse(
            f"{call.label} of step mode 'm' must get (time, batch, ...), not an input without a time axis; "
            "repeat it first, x.unsqueeze(0).repeat(T, 1, ...)."
        )
    return call.value


def _recurrent(builder: GraphBuilder, call: Call, understood: Understood, steps: int) -> str:
    """Neurons that hear themselves: what they sent comes back a time step later."""
    if steps == 1:
        raise call.refuse("a recurrent layer must see several time steps, not T = 1; present more of them.")
    shape = tuple(call.x.shape[call.value.leading_axes :])
    if len(shape) != 1:
        raise call.refuse(f"{call.label} must get one axis of features, not shape {shape}; flatten it first.")
    weight, bias = _feedback(call, cast(nn.Module, understood.feedback), shape[0])
    back = (f"{call.place}.recurrent", weight, bias)
    return add_recurrent(builder, call, call.value.layer, back, understood.semantics)


def _feedback(call: Call, module: nn.Module, size: int) -> tuple[Any, Any]:
    """Weights (N, N) and biases (N,) of what comes back."""
    if isinstance(module, nn.Linear):
        weight = to_float64(module.weight, call.where, "recurrent.weight")
        bias = (
            np.zeros(size) if module.bias is None else to_float64(module.bias, call.where, "recurrent.bias")
        )
        return weight, bias
    factors: Tensor = module.V  # type: ignore[assignment]  # RecurrentOneToOne of snnTorch
    return np.diag(np.broadcast_to(numbers(factors), (size,))), np.zeros(size)
