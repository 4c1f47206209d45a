"""DelayedLinear to layers: what it reads at each of its delays, side by side, and one Linear layer."""

from __future__ import annotations

from typing import cast

import numpy as np

from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.tensors import next_value, to_float64
from asn2fpga.nn.delayed import DelayedLinear


def lower_delayed(builder: GraphBuilder, call: Call) -> Value:
    """asn2fpga.nn.DelayedLinear, with its delays rounded."""
    module, value = cast(DelayedLinear, call.module), call.value
    if value.reduced:
        raise call.refuse("DelayedLinear must stand before time is averaged or summed, not behind it.")
    if value.time_steps is None or value.merged or value.one_step:
        raise call.refuse("DelayedLinear must get (time, batch, features), not an input without a time axis.")
    weight = to_float64(module.weight, call.where, "weight")
    to_float64(module.positions, call.where, "positions")
    delays = module.delays.cpu().numpy()
    delays = np.where(weight == 0, 0, delays)
    found = [delay for delay in np.unique(delays).tolist() if delay < value.time_steps] or [0]
    read = tuple(_late(builder, call, delay) for delay in found)
    if len(read) > 1:
        read = (builder.add_operation(Concat, call.place, read, label="delays"),)
    weights = np.concatenate([np.where(delays == delay, weight, 0.0) for delay in found], axis=1)
    bias = np.zeros(len(weight)) if module.bias is None else to_float64(module.bias, call.where, "bias")
    return next_value(builder.add(Linear, call.place, read, weight=weights, bias=bias), call)


def _late(builder: GraphBuilder, call: Call, delay: int) -> str:
    """What arrives, so many time steps later."""
    if not delay:
        return call.value.layer
    shape = (cast(DelayedLinear, call.module).in_features,)
    return builder.add_operation(
        Delay, call.place, (call.value.layer,), label=f"delay_{delay}", shape=shape, steps=delay
    )
