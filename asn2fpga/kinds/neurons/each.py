"""Leaks and thresholds that differ between neurons: arrays that stand for one number of each neuron.

Of neurons that read one axis an array is (N,). Of those of a map (channels, *pixels) it is (channels, 1, ..)
where it differs by channel only, else (channels, *pixels).
"""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.neurons.semantics import NeuronSemantics

NAMES = {"beta": "betas", "threshold": "thresholds"}
"""What may differ, and the field that holds it then."""


def by_channel(shape: Shape) -> Shape:
    """The shape of an array that differs by channel only."""
    return (*shape[:1], *[1] * (len(shape) - 1))


def of_each(values: Array, shape: Shape) -> RealArray | None:
    """Numbers of all neurons (of `shape`, or that broadcast to it) in the smallest form that stands for them;
    None where all are the same.
    """
    whole = np.broadcast_to(as_real(values), shape)
    if (whole == whole.flat[0]).all():
        return None
    first = whole[(slice(None), *[slice(0, 1)] * (len(shape) - 1))]
    return as_real(np.array(first if (whole == first).all() else whole))


def without_equal_axes(semantics: NeuronSemantics, shape: Shape) -> NeuronSemantics:
    """The same with arrays of as many axes as `shape`, whose elements they hold in C order, each axis of size 1
    along which nothing differs.
    """
    found = {}
    for field in NAMES.values():
        values = getattr(semantics, field)
        if values is not None:
            found[field] = _squeezed(values.reshape(shape))
    return dataclasses.replace(semantics, **found)


def _squeezed(values: Array) -> Array:
    for axis in range(values.ndim):
        first = np.take(values, [0], axis)
        values = first if (values == first).all() else values
    return values


def is_by_pixel(semantics: NeuronSemantics, shape: Shape) -> bool:
    """Whether neurons of one channel of a map of `shape` differ."""
    if len(shape) < 2:
        return False
    arrays = (getattr(semantics, field) for field in NAMES.values())
    return any(array is not None and array.shape != by_channel(shape) for array in arrays)


def in_form(semantics: NeuronSemantics, shape: Shape) -> NeuronSemantics:
    """The same with arrays (that broadcast to `shape`, or hold as many numbers in C order) in their smallest
    form.
    """
    found = {}
    for name, field in NAMES.items():
        values = getattr(semantics, field)
        if values is None:
            continue
        size = int(np.prod(shape))
        given = values.reshape(shape) if values.size == size else values
        found[field] = of_each(given, shape)
        if found[field] is None:
            found[name] = float(given.flat[0])
    return dataclasses.replace(semantics, **found)


def in_raster_order(semantics: NeuronSemantics, shape: Shape) -> NeuronSemantics:
    """The same with arrays (N,) of the neurons of a map in the order of its packed words, pixel by pixel and
    of each pixel its channels; (channels,) where `is_by_pixel` says no.
    """
    whole = shape if is_by_pixel(semantics, shape) else by_channel(shape)
    found = {}
    for field in NAMES.values():
        values = getattr(semantics, field)
        if values is not None:
            channels_first = np.broadcast_to(values, whole).reshape(whole[0], -1)
            found[field] = np.ascontiguousarray(channels_first.T).reshape(-1)
    return dataclasses.replace(semantics, **found)
