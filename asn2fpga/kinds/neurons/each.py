"""Leaks and thresholds that differ between neurons: arrays that stand for one number of each neuron.

Of neurons that read one axis an array is (N,). Of those of a map (channels, *pixels) it is (channels, 1, ..)
where it differs by channel only, else (channels, *pixels).
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Array, Shape
from asn2fpga.kinds.neurons.semantics import NeuronSemantics


def changed_arrays(semantics: NeuronSemantics, change: Callable[[str, Array], Array]) -> NeuronSemantics:
    """The same with other arrays; change: of "beta" or "threshold" and its array."""
    betas, thresholds = semantics.betas, semantics.thresholds
    return dataclasses.replace(
        semantics,
        betas=None if betas is None else change("beta", betas),
        thresholds=None if thresholds is None else change("threshold", thresholds),
    )


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


def in_form(semantics: NeuronSemantics, shape: Shape) -> NeuronSemantics:
    """The same with arrays (that broadcast to `shape`, or hold as many numbers in C order) in their smallest
    form.
    """
    betas, thresholds = semantics.betas, semantics.thresholds
    if betas is not None:
        beta, betas = float(betas.max()), of_each(_shaped(betas, shape), shape)
        semantics = dataclasses.replace(semantics, beta=beta, betas=betas)
    if thresholds is not None:
        threshold, thresholds = float(thresholds.min()), of_each(_shaped(thresholds, shape), shape)
        semantics = dataclasses.replace(semantics, threshold=threshold, thresholds=thresholds)
    return semantics


def _shaped(values: Array, shape: Shape) -> Array:
    return values.reshape(shape) if values.size == math.prod(shape) else values


def without_equal_axes(semantics: NeuronSemantics, shape: Shape) -> NeuronSemantics:
    """The same with arrays of the axes of `shape`, whose elements they hold in C order, each axis of size 1
    along which nothing differs.
    """

    def squeezed(_: str, values: Array) -> Array:
        values = values.reshape(shape)
        for axis in range(values.ndim):
            first = np.take(values, [0], axis)
            values = first if (values == first).all() else values
        return values

    return changed_arrays(semantics, squeezed)


def is_by_pixel(semantics: NeuronSemantics, shape: Shape) -> bool:
    """Whether neurons of one channel of a map of `shape` differ."""
    arrays = (semantics.betas, semantics.thresholds)
    return len(shape) > 1 and any(array is not None and array.shape != by_channel(shape) for array in arrays)


def in_raster_order(semantics: NeuronSemantics, shape: Shape) -> NeuronSemantics:
    """The same with arrays (N,) of the neurons of a map in the order of its packed words, pixel by pixel and
    of each pixel its channels; (channels,) where `is_by_pixel` says no.
    """
    whole = shape if is_by_pixel(semantics, shape) else by_channel(shape)

    def ordered(_: str, values: Array) -> Array:
        channels_first = np.broadcast_to(values, whole).reshape(whole[0], -1)
        return np.ascontiguousarray(channels_first.T).reshape(-1)

    return changed_arrays(semantics, ordered)
