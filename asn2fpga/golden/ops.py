"""What every integer layer computes: THE definition that C++, RTL and board must equal.

Counts are (B, T, N) integers, batch first; a frame has T = 1. All arithmetic is on integers.
Equations: docs/spec/numerics.md.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from asn2fpga.golden.matmul import weighted_sums
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.layers import DensePopulation, DenseReadout, Encode, Layer, ReceiveEvents
from asn2fpga.graph.neuron import IntegerNeuron
from asn2fpga.graph.types import Array


def encode(layer: Encode, frames: Array) -> Array:
    """Frames (B, *shape) uint8 -> counts (B, 1, N): a pixel is the count of its event, in C order."""
    return frames.reshape(len(frames), 1, math.prod(layer.shape))


def receive_events(layer: ReceiveEvents, events: Array) -> Array:
    """Event counts (B, T, *shape) -> (B, T, N), in C order."""
    return events.reshape(len(events), layer.time_steps, math.prod(layer.shape))


def dense_population(layer: DensePopulation, counts: Array) -> Array:
    """Counts (B, T, M) (a frame: (B, 1, M)) -> counts (B, T, N)."""
    acc = _sums(layer, counts)
    if layer.neuron.stateful:
        return _fire_stateful(layer.neuron, acc, layer.time_steps)
    fired = level_values(layer.neuron, reached_levels(layer.neuron, acc))
    return np.broadcast_to(fired, (len(fired), layer.time_steps, fired.shape[2]))


def dense_readout(layer: DenseReadout, counts: Array) -> IntArray:
    """Counts (B, T, M) -> scores (B, C) int64: bias + (the sum over all time steps << shift)."""
    sums: IntArray = _sums(layer, counts).sum(axis=1)
    return as_integer(layer.bias) + (sums << as_integer(layer.shift))


def _sums(layer: DensePopulation | DenseReadout, counts: Array) -> IntArray:
    """acc (B, T, N): the sum of weight * count at each time step."""
    rows = counts.reshape(counts.shape[0] * counts.shape[1], counts.shape[2])
    acc = weighted_sums(rows, as_integer(layer.weight), layer.input_count_type.max)
    return acc.reshape(*counts.shape[:2], len(layer.weight))


def reached_levels(neuron: IntegerNeuron, potential: IntArray) -> Array:
    """k = #{k : U >= thresholds[i, k]} for U (.., N); uint16."""
    levels = np.zeros(potential.shape, dtype=np.uint16)
    for threshold in as_integer(neuron.thresholds).T:
        levels += potential >= threshold
    return levels


def level_values(neuron: IntegerNeuron, levels: Array) -> Array:
    """The counts that events of these levels carry, in the narrowest unsigned type."""
    table = np.array(neuron.level_values, dtype=neuron.count_type.numpy_dtype)
    return table[levels.astype(np.intp)]


def _fire_stateful(neuron: IntegerNeuron, acc: IntArray, time_steps: int) -> Array:
    """U = H + (acc << F) + bias; H = leak(U - (base + count) * reset_step); H is 0 before the first step.

    acc (B, T, N), or (B, 1, N) where the same sum drives every time step.
    """
    assert neuron.bias is not None and neuron.reset_step is not None
    drive = (acc << neuron.state_frac_bits) + as_integer(neuron.bias)
    drive = np.broadcast_to(drive, (len(acc), time_steps, acc.shape[2]))
    fired = np.empty(drive.shape, dtype=neuron.count_type.numpy_dtype)
    state = np.zeros_like(drive[:, 0])
    for step in range(time_steps):
        potential = state + drive[:, step]
        fired[:, step] = level_values(neuron, reached_levels(neuron, potential))
        spike = fired[:, step].astype(np.int64) + neuron.base
        state = leak(neuron, potential - spike * as_integer(neuron.reset_step))
    return fired


def leak(neuron: IntegerNeuron, value: IntArray) -> IntArray:
    """(v * leak_multiplier + 2^(leak_shift-1)) >> leak_shift; identity if leak_shift is 0."""
    half = (1 << neuron.leak_shift) >> 1
    return (value * neuron.leak_multiplier + half) >> neuron.leak_shift


OPS: dict[type[Layer], Callable[[Any, Array], Array]] = {
    Encode: encode,
    ReceiveEvents: receive_events,
    DensePopulation: dense_population,
    DenseReadout: dense_readout,
}
