"""Operations of a layer, and the cycles it needs at least: docs/spec/numerics.md, "Accounting"."""

from __future__ import annotations

import math
from collections.abc import Mapping

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.events import end_words
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import DensePopulation, DenseReadout, Encode, Layer, ReceiveEvents
from asn2fpga.graph.words import PIXELS_PER_WORD
from asn2fpga.passes.demand import Demand

WeightedLayer = DensePopulation | DenseReadout
Work = dict[str, int]
"""Resource -> cycles in which it works."""


def groups(neurons: int, lanes: int) -> int:
    """Cycles to touch every neuron once, `lanes` at a time."""
    return -(-neurons // lanes)


def weighted_layers(graph: Graph) -> tuple[WeightedLayer, ...]:
    """The layers that have lanes, in order."""
    return tuple(layer for layer in graph.layers if isinstance(layer, DensePopulation | DenseReadout))


def input_words(layer: Encode) -> int:
    """Words of the input stream in one frame."""
    return groups(math.prod(layer.shape), PIXELS_PER_WORD)


def dense_macs(graph: Graph, layer: Layer) -> int:
    """Multiply-accumulates of an inference if no input were zero: weights x ends of step that arrive."""
    if not isinstance(layer, DensePopulation | DenseReadout):
        return 0
    return int(layer.weight.size) * end_words(graph[layer.inputs[0]])


def resource_work(graph: Graph, demands: Mapping[str, Demand]) -> dict[str, Work]:
    """Cycles that each resource of each layer works for, summed over all inferences of `demands`.

    Every resource does one thing a cycle; they can all work at the same time, so the largest is a bound:

        Encode            input words; its scanner, and the end of step
        ReceiveEvents     input words, which are events and ends of step
        DensePopulation   words in; rows of weights, events * G, with G = ceil(N / lanes);
                          comparators, G a time step; the scanner, and an end a time step
        DenseReadout      words in; rows of weights; packed sums, G; scores, one a class
    """
    return {layer.name: _work(graph, layer, demands) for layer in graph.layers}


def lower_bound_cycles(work: Work, inferences: int) -> float:
    """Fewest cycles of a mean inference: what the most demanded resource needs."""
    return max(work.values()) / inferences


def _work(graph: Graph, layer: Layer, demands: Mapping[str, Demand]) -> Work:
    if isinstance(layer, Encode):
        scan = demands[layer.name].scan
        return {"input words": len(scan) * input_words(layer), "scanner": _words(scan)}
    if isinstance(layer, ReceiveEvents):
        return {"input words": _words(demands[layer.name].events)}
    if isinstance(layer, DensePopulation | DenseReadout):
        return _integration(graph, layer, demands) | _after_integration(layer, demands)
    raise TypeError(f"{layer.name}: {type(layer).__name__} is no layer of hardware")


def _integration(graph: Graph, layer: WeightedLayer, demands: Mapping[str, Demand]) -> Work:
    events = demands[layer.inputs[0]].events
    passes = groups(len(layer.weight), layer.lanes)
    return {"input words": _words(events), "weight rows": int(events.sum()) * passes}


def _after_integration(layer: WeightedLayer, demands: Mapping[str, Demand]) -> Work:
    passes, neurons = groups(len(layer.weight), layer.lanes), len(layer.weight)
    if isinstance(layer, DensePopulation):
        scan = demands[layer.name].scan
        return {"comparators": len(scan) * passes * layer.time_steps, "scanner": _words(scan)}
    inferences = len(demands[layer.inputs[0]].events)
    return {"packed sums": inferences * passes, "scores": inferences * neurons}


def _words(cycles: IntArray) -> int:
    """Of all inferences (B, T), with an end of step each."""
    return int(cycles.sum()) + cycles.size
