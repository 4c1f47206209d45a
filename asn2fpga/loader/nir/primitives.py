"""The primitives of NIR 0.1.1 to 1.0: their fields, and what takes part in which way.

Source: nir.ir of the package nir 1.0.8; files of 0.1.1 and 0.2.0 know no v_reset.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Primitive:
    """Fields that a node must have, and those that it may have."""

    needs: tuple[str, ...]
    may_have: tuple[str, ...] = ()


CONVOLUTION = ("weight", "stride", "padding", "dilation", "groups")
POOL = ("kernel_size", "stride", "padding")
OWN = "asn2fpga"
"""The key of what we say of our own graphs in the metadata of a file."""

FORMAT = "asn2fpga.nir/1"
WEIGHTS = ("weight", "bias")
"""Fields that exported nodes and our layers have in common."""

EVERYWHERE = ("metadata", "input_type", "output_type")

PRIMITIVES: Mapping[str, Primitive] = {
    "Input": Primitive(("shape",)),
    "Output": Primitive((), ("shape",)),
    "Linear": Primitive(("weight",)),
    "Affine": Primitive(("weight",), ("bias",)),
    "Conv1d": Primitive(CONVOLUTION, ("bias", "input_shape")),
    "Conv2d": Primitive(CONVOLUTION, ("bias", "input_shape")),
    "SumPool2d": Primitive(POOL),
    "AvgPool2d": Primitive(POOL),
    "Flatten": Primitive(("start_dim", "end_dim")),
    "Scale": Primitive(("scale",)),
    "Delay": Primitive(("delay",)),
    "Threshold": Primitive(("threshold",)),
    "I": Primitive(("r",)),
    "IF": Primitive(("r", "v_threshold"), ("v_reset",)),
    "LI": Primitive(("tau", "r", "v_leak")),
    "LIF": Primitive(("tau", "r", "v_leak", "v_threshold"), ("v_reset",)),
    "CubaLI": Primitive(("tau_syn", "tau_mem", "r", "v_leak"), ("w_in",)),
    "CubaLIF": Primitive(("tau_syn", "tau_mem", "r", "v_leak", "v_threshold"), ("w_in", "v_reset")),
}

SPIKING = frozenset({"Threshold", "IF", "LIF", "CubaLIF"})
"""Kinds that send events."""
