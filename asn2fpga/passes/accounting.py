"""Operations and cycles that a layer needs at its lane count: docs/spec/numerics.md, "Accounting"."""

from __future__ import annotations

import math

from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import DensePopulation, DenseReadout, Encode, Layer, ReceiveEvents

PIXELS_PER_WORD = 4

WeightedLayer = DensePopulation | DenseReadout


def groups(neurons: int, lanes: int) -> int:
    """Cycles to touch every neuron once, `lanes` at a time."""
    return -(-neurons // lanes)


def weighted_layers(graph: Graph) -> tuple[WeightedLayer, ...]:
    """The layers that have lanes, in order."""
    return tuple(layer for layer in graph.layers if isinstance(layer, (DensePopulation, DenseReadout)))


def lower_bound_cycles(layer: Layer, events: float) -> float:
    """Fewest cycles of one inference, given its mean number of events (ends of step not counted).

    `events` are those that reach a layer with weights, and those that Encode or ReceiveEvents send.

        Encode            input words + events
        ReceiveEvents     input words, which are events and ends of step
        DensePopulation   events * G + G * T        G = ceil(N / lanes)
        DenseReadout      events * G + classes
    """
    if isinstance(layer, Encode):
        return groups(math.prod(layer.shape), PIXELS_PER_WORD) + events
    if isinstance(layer, ReceiveEvents):
        return events + layer.time_steps
    if isinstance(layer, DensePopulation):
        passes = groups(len(layer.weight), layer.lanes)
        return events * passes + passes * layer.time_steps
    if isinstance(layer, DenseReadout):
        return events * groups(len(layer.weight), layer.lanes) + len(layer.weight)
    raise TypeError(f"{layer.name}: {type(layer).__name__} is no layer of hardware")


def synops(layer: Layer, spikes: float) -> float:
    """Synaptic operations: one weight added for one unit of count. `spikes`: sum of the counts coming in."""
    return spikes * len(layer.weight) if isinstance(layer, (DensePopulation, DenseReadout)) else 0.0
