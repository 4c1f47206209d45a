"""Ranges of integers between layers, and the types that hold them."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.layers import DensePopulation, Encode, Layer, ReceiveEvents
from asn2fpga.graph.types import FixedType


def largest_count(layer: Layer) -> int:
    """Largest count of the layer's events that hardware can meet: from outside any value of their type."""
    if isinstance(layer, DensePopulation):
        return layer.neuron.level_values[-1]
    if isinstance(layer, Encode | ReceiveEvents):
        return layer.count_type.max
    raise TypeError(f"{layer.name}: {type(layer).__name__} sends no events")


def sum_range(weight: IntArray, max_count: int) -> tuple[IntArray, IntArray]:
    """Per channel (N,) the smallest and largest partial sum of weight * count, in any order of the events."""
    low: IntArray = np.minimum(weight, 0).sum(axis=1) * max_count
    high: IntArray = np.maximum(weight, 0).sum(axis=1) * max_count
    return low, high


def signed_type(low: int, high: int) -> FixedType:
    """Narrowest two's complement type, of at least 2 bits, for low..high (and 0)."""
    return FixedType.for_range(min(int(low), -1), max(int(high), 1))
