"""EGRU: two Linear layers onto the sums of each unit, the units, and the elements that they send."""

from __future__ import annotations

import dataclasses
from typing import cast

import numpy as np
from torch import Tensor

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.node import Node
from asn2fpga.kinds.neurons.gated import SUMS, Gated
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.nodes import is_sum
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.kinds.trained import RealNode, TrainedSynapse
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.tensors import to_float64
from asn2fpga.nn.egru import EGRU


def lower_egru(builder: GraphBuilder, call: Call) -> Value:
    """Sums 4 i .. 4 i + 3 of unit i: of z, r and g, of g what comes back. Others read its element 4 i."""
    module = cast(EGRU, call.module)
    if call.value.time_steps is None or call.value.merged or call.value.reduced:
        raise call.refuse("EGRU must get (time, batch, features), not an input without a time axis.")
    if call.value.time_steps != module.time_steps:
        raise call.refuse(
            f"EGRU must have time_steps (T) = {call.value.time_steps} as its input has, not "
            f"{module.time_steps}."
        )
    size = module.hidden_size
    kernel, past_kernel = (_parts(call, module, name) for name in ("kernel", "recurrent_kernel"))
    bias, past_bias = (_parts(call, module, name)[:, 0] for name in ("bias", "recurrent_bias"))
    drive = builder.add_operation(
        Linear, call.place, (call.value.layer,), label="gates", weight=_onto_sums(kernel, past=False),
        bias=_biases(bias, past_bias),
    )  # fmt: skip
    past = builder.add_operation(Delay, call.place, (), label="previous", shape=(SUMS * size,), steps=1)
    spread = np.zeros((SUMS * size, SUMS * size))
    spread[:, ::SUMS] = _onto_sums(past_kernel, past=True)
    back = builder.add_operation(
        Linear, call.place, (past,), label="feedback", weight=spread, bias=np.zeros(SUMS * size)
    )
    total = builder.add_operation(Add, call.place, (drive, back), label="sum")
    thresholds = to_float64(module.effective_thr(), call.where, "thr")
    semantics = NeuronSemantics(
        model="gated", levels=1, alpha=0.0, beta=0.0, fires=">", reset="none", gated=Gated(thresholds)
    )
    name = builder.add_operation(Neuron, call.place, (total,), label="units", semantics=semantics)
    builder.connect(past, name)
    chosen = np.zeros((size, SUMS * size))
    chosen[np.arange(size), SUMS * np.arange(size)] = 1.0
    sent = builder.add(Linear, call.place, (name,), weight=chosen, bias=np.zeros(size))
    builder.chosen.append(sent)
    return dataclasses.replace(call.value, layer=sent)


def check_readers(builder: GraphBuilder) -> None:
    """UnsupportedError where what units send is read as if they sent from elements in a row."""
    layers = builder.layers
    for name in builder.chosen:
        for reader in (layer for layer in layers if name in layer.inputs):
            found = _not_taken(reader, layers)
            if found:
                raise UnsupportedError(
                    f"{builder.place(name)}: what EGRU sends must be read by Linear layers, neurons or the "
                    f"scores, not by {found}."
                )


def _not_taken(reader: Node, layers: list[Node]) -> str:
    """What it is that reads units, and the way out; empty if it can."""
    if isinstance(reader, RealNode) and reader.is_concatenation:
        return "torch.cat; let a Linear layer read each part, and add what these give"
    if reader.delay(0):
        return "a delay; use Linear instead of DelayedLinear after EGRU"
    is_read = any(isinstance(layer, TrainedSynapse) and reader.name in layer.inputs for layer in layers)
    if is_sum(reader) and is_read:
        return "a sum before a Linear layer; let a Linear layer read each part, and add what these give"
    return ""


def _parts(call: Call, module: EGRU, name: str) -> RealArray:
    """(3 N, inputs) of z, r and g, one after the other."""
    tensor: Tensor = getattr(module, name)
    array = to_float64(tensor, call.where, name)
    return array.reshape(-1, array.shape[-1]).T.copy()


def _onto_sums(rows: RealArray, past: bool) -> RealArray:
    """(3 N, inputs) -> (4 N, inputs): what comes back has a sum of its own for g."""
    size = len(rows) // 3
    found = np.zeros((SUMS * size, rows.shape[1]))
    for part in range(3):
        found[part + int(past and part == 2) :: SUMS] = rows[part * size : (part + 1) * size]
    return found


def _biases(bias: RealArray, past: RealArray) -> RealArray:
    """(4 N,) both biases, that of g of what comes back apart."""
    size = len(bias) // 3
    both = bias[: 2 * size] + past[: 2 * size]
    parts = (both[:size], both[size:], bias[2 * size :], past[2 * size :])
    return np.stack(parts, axis=1).reshape(-1)
