"""Leaks and thresholds that differ between neurons, as torch broadcasts them to what the neurons read."""

from __future__ import annotations

import functools
import math

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.neurons.each import changed_arrays, in_form
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.call import Call


def fitted(call: Call, semantics: NeuronSemantics) -> NeuronSemantics:
    """The same with one number for each neuron of the layer that the call reads, or for each of its channels;
    refused where there are more or fewer.
    """
    found = changed_arrays(semantics, functools.partial(_in_layer, call))
    return in_form(found, _layer_shape(call))


def _layer_shape(call: Call) -> Shape:
    return tuple(call.x.shape[call.value.leading_axes :])


def _in_layer(call: Call, name: str, values: Array) -> RealArray:
    """Numbers of the layer's shape."""
    shape = _layer_shape(call)
    seen = shape if call.seen is None else tuple(call.seen.index.shape[call.value.leading_axes :])
    whole = _broadcast(values, seen)
    if whole is None:
        numbers = " x ".join(map(str, values.shape))
        raise call.refuse(
            f"{name} of {call.label} must be one number, or fit what it reads, of shape {seen}, as torch "
            f"broadcasts it: {_hint(seen)}; not {numbers} numbers."
        )
    if call.seen is None:
        return whole
    first = call.seen.index[(0,) * call.value.leading_axes].reshape(-1).numpy()
    if first.max() >= math.prod(shape):
        raise call.refuse(
            f"{call.label} must get (batch, ...), or (time, batch, ...), where its {name} differs between "
            "neurons, not samples along another axis; move that to the front before it."
        )
    placed = np.empty(math.prod(shape))
    placed[first] = whole.reshape(-1)
    return placed.reshape(shape)


def _broadcast(values: Array, shape: Shape) -> RealArray | None:
    """None where they do not fit."""
    given = values
    while given.ndim > len(shape) and given.shape[0] == 1:
        given = given[0]
    try:
        return as_real(np.broadcast_to(given, shape))
    except ValueError:
        return None


def _hint(shape: Shape) -> str:
    if len(shape) == 1:
        return f"({shape[0]},)"
    ones = ", 1" * (len(shape) - 1)
    return f"({shape[0]}{ones}) for channels, or {shape} for neurons"
