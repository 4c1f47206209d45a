"""The integrate-and-fire neuron."""

from __future__ import annotations

from typing import Unpack

from asn2fpga.nn.lif import LIF, NeuronOptions


class IF(LIF):
    """Integrate-and-fire neuron: `LIF` with beta = 1, all its other keywords and nothing to leak."""

    def __init__(self, **options: Unpack[NeuronOptions]) -> None:
        super().__init__(1.0, **options)
