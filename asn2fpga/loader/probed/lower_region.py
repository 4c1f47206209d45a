"""Neurons that are written as operations to layers."""

from __future__ import annotations

import dataclasses

from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.call import Call
from asn2fpga.loader.per_neuron import fitted
from asn2fpga.loader.probed.region import Region


def lower_region(builder: GraphBuilder, call: Call, region: Region) -> Value:
    """What the neurons send that are written as operations; they keep nothing of a time step."""
    if call.value.reduced:
        raise call.refuse("neurons must stand before time is averaged or summed, not after it.")
    builder.notes.append(region.note)
    source = (call.value.layer,)
    semantics = fitted(call, region.semantics)
    name = builder.add_operation(Neuron, call.place, source, label="spikes", semantics=semantics)
    return dataclasses.replace(call.value, layer=name)
