"""Why a module is no neuron that is known."""

from __future__ import annotations

from asn2fpga.errors import UnsupportedError

INSTEAD = "write it as asn2fpga.nn.LIF, or as a neuron of snnTorch or SpikingJelly, and train with that"


class UnknownNeuronError(UnsupportedError):
    """What was seen of a neuron that is none of those that are built, without its place."""
