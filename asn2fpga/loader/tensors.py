"""Tensors of a model as arrays, and the value that follows from a call."""

from __future__ import annotations

import dataclasses

import numpy as np
import torch

from asn2fpga.errors import InputError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.loader.builder import Value
from asn2fpga.loader.call import Call


def to_float64(tensor: torch.Tensor, place: str, name: str) -> RealArray:
    """`tensor` as float64; InputError if it holds NaN or infinity."""
    array: RealArray = tensor.detach().cpu().to(torch.float64).numpy()
    if not np.isfinite(array).all():
        raise InputError(
            f"{place}: {name} must hold finite numbers, not NaN or infinity; the training has diverged."
        )
    return array.copy()


def next_value(layer: str, call: Call) -> Value:
    """What a call gives whose result is that of `layer`: else as what it reads."""
    return dataclasses.replace(call.value, layer=layer)
