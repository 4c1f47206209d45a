"""Membranes of SpikingJelly that never fire, at the end of a network: NonSpikingIFNode, NonSpikingLIFNode."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import Any, Literal

from torch import nn

from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.loader.builder import GraphBuilder, Lowering, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.foreign.neuron import full_name

Reduce = Literal["max", "mean", "last"]
PACKAGE = "spikingjelly.activation_based.neuron"
DECODED: dict[str | None, Reduce] = {"max-mem": "max", "mean-mem": "mean", "last_mem": "last"}


def _if(module: Any) -> tuple[float, float]:
    """v = v + x: neuron/integrate_and_fire.py."""
    return 1.0, 1.0


def _lif(module: Any) -> tuple[float, float]:
    """v = v + (x - v) / tau: neuron/lif.py."""
    tau = float(module.tau)
    return 1.0 - 1.0 / tau, 1.0 / tau


LEAKS: dict[str, Callable[[Any], tuple[float, float]]] = {
    f"{PACKAGE}.integrate_and_fire.NonSpikingIFNode": _if,
    f"{PACKAGE}.lif.NonSpikingLIFNode": _lif,
}
"""By full name, what a module leaks with and what its input is multiplied by."""


def readout_lowering(module: nn.Module) -> Lowering | None:
    """What lowers a read-out of membranes; None for any other module."""
    return _lower if full_name(module) in LEAKS else None


def _lower(builder: GraphBuilder, call: Call) -> Value:
    module: Any = call.module
    reduce = DECODED.get(module.decode)
    if reduce is None:
        raise call.refuse(
            f"{call.label} must have decode='max-mem', 'mean-mem' or 'last_mem', not {module.decode!r}: the "
            "scores are one number per class."
        )
    if call.value.time_steps is None or call.value.leading_axes == 1:
        raise call.refuse(f"{call.label} must get (time, batch, ...), not an input without a time axis.")
    beta, gain = LEAKS[full_name(module)](module)
    layer = call.value.layer
    if gain != 1.0:
        layer = builder.add_operation(Scale, call.place, (layer,), factor=gain)
    return dataclasses.replace(
        call.value, layer=layer, time_steps=None, reduced=reduce, readout=call.label, leak=beta
    )
