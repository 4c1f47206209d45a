"""Neurons that are known by what they do to layers."""

from __future__ import annotations

import dataclasses
from typing import cast

from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.per_neuron import fitted
from asn2fpga.loader.probed.layout import Layout
from asn2fpga.loader.probed.stand_in import StandIn


def lower_stand_in(builder: GraphBuilder, call: Call) -> Value:
    """What the neurons of a call send that takes all time steps, or keeps nothing of them."""
    module = cast(StandIn, call.module)
    if call.value.reduced:
        raise call.refuse(f"{module.kind} must stand before time is averaged or summed, not after it.")
    if not _has_time_at(module.layout, call.value):
        raise call.refuse(
            f"{module.kind} reads time along {_axis(module.layout)} of its input, which is no axis of time "
            f"there, of shape {tuple(call.x.shape)}; keep time in the first axis, or in the second one after "
            "the batch, in the whole network; of a module that takes (batch, ..., time) say --time-axis last."
        )
    semantics = fitted(call, module.semantics)
    name = builder.add(Neuron, call.place, (call.value.layer,), semantics=semantics)
    return dataclasses.replace(call.value, layer=name)


def _has_time_at(layout: Layout, value: Value) -> bool:
    """Whether the neurons' time is that of the value they read."""
    if layout.kind == "stateless":
        return True
    if value.time_steps is None or value.one_step:
        return False
    if layout.kind == "time and batch merged":
        return value.merged and not value.batch_first
    return not value.merged and layout.axis == (1 if value.batch_first else 0)


def _axis(layout: Layout) -> str:
    if layout.kind == "time and batch merged":
        return "axis 0 (time * batch)"
    return f"axis {layout.axis}"
