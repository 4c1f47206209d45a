"""Neurons of other frameworks that hear themselves: what they sent comes back a time step later."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.foreign.table import foreign_neuron
from asn2fpga.loader.tensors import to_float64


def add_recurrent(
    builder: GraphBuilder,
    call: Call,
    drive: str,
    feedback: tuple[str, RealArray, RealArray],
    semantics: NeuronSemantics,
) -> str:
    """Neurons that read the layer `drive` and, through a Linear layer, what they sent before; their name.

    feedback: of that Linear layer the path, weights (N, N) and biases (N,).
    """
    path, weight, bias = feedback
    past = builder.add_operation(Delay, call.place, (), label="previous", shape=(len(weight),), steps=1)
    back = builder.add(Linear, path, (past,), weight=weight, bias=bias)
    total = builder.add_operation(Add, call.place, (drive, back), label="sum")
    name = builder.add(Neuron, call.place, (total,), semantics=semantics)
    builder.connect(past, name)
    return name


def lower_recurrent_container(builder: GraphBuilder, call: Call) -> Value:
    """LinearRecurrentContainer of SpikingJelly, layer/container.py: y[t] = neuron(rc([x[t], y[t-1]]))."""
    module: Any = call.module
    known = foreign_neuron(module.sub_module)
    if module.step_mode != "m" or call.value.time_steps is None or call.value.leading_axes != 2:
        raise call.refuse(f"{call.label} must get (time, batch, ...) with step mode 'm'.")
    if known is None:
        name = type(module.sub_module).__name__
        raise call.refuse(f"{call.label} must hold IFNode, LIFNode or ParametricLIFNode, not {name}.")
    try:
        understood = known.understand(module.sub_module)
    except UnsupportedError as error:
        raise call.refuse(str(error)) from None
    weight = to_float64(module.rc.weight, call.where, "rc.weight")
    size, inputs = len(weight), int(call.x.shape[-1])
    if weight.shape != (size, inputs + size):
        raise call.refuse(f"{call.label} must hold as many neurons as rc gives, {size}.")
    bias = np.zeros(size) if module.rc.bias is None else to_float64(module.rc.bias, call.where, "rc.bias")
    path = f"{call.place}.rc"
    drive = builder.add(Linear, path, (call.value.layer,), weight=weight[:, :inputs].copy(), bias=bias)
    back = (path, weight[:, inputs:].copy(), np.zeros(size))
    return dataclasses.replace(
        call.value, layer=add_recurrent(builder, call, drive, back, understood.semantics)
    )
