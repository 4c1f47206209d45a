"""Layers of SpikingJelly that hear themselves: LinearRecurrentContainer, y[t] = neuron(rc([x, y[t-1]]))."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.foreign.table import foreign_neuron
from asn2fpga.loader.tensors import to_float64


def lower_recurrent_container(builder: GraphBuilder, call: Call) -> Value:
    """layer/container.py: a Linear layer on the input beside what the neurons sent a time step before."""
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
    past = builder.add_operation(Delay, call.place, (), label="previous", shape=(size,), steps=1)
    place = f"{call.place}.rc"
    own = builder.add(Linear, place, (call.value.layer,), weight=weight[:, :inputs].copy(), bias=bias)
    back = builder.add(Linear, place, (past,), weight=weight[:, inputs:].copy(), bias=np.zeros(size))
    total = builder.add_operation(Add, call.place, (own, back), label="sum")
    fired = builder.add(Neuron, f"{call.place}.sub_module", (total,), semantics=understood.semantics)
    builder.connect(past, fired)
    return dataclasses.replace(call.value, layer=fired)
