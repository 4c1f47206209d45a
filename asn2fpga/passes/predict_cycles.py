"""Predicted clock cycles of inferences: when each process of each layer is done with each time step.

Max-plus recurrences over layers and time steps, for many inferences at once. With the constants left out
(`BARE`) what must follow one another remains, and the result is a bound; with them it is what the RTL needs,
to a few per cent. docs/spec/numerics.md, "Accounting", has the equations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import DensePopulation, DenseReadout, Encode, Layer, ReceiveEvents
from asn2fpga.passes.accounting import WeightedLayer, groups, input_words
from asn2fpga.passes.demand import Demand


@dataclass(frozen=True)
class Overheads:
    """Cycles besides the work.

    handover: from a word's arrival in a process to what follows from it. restart: of its loops, a time step.
    """

    handover: int
    restart: int


BARE = Overheads(0, 0)
PIPELINED = Overheads(handover=2, restart=2)
"""Fitted to designs of the embedded engine: benchmarks/predict_cycles.py prints the error."""


@dataclass(frozen=True, eq=False)
class Flow:
    """A stream of events, (B, T) each: the earliest cycle of a step's first word, and that of its end."""

    first: IntArray
    last: IntArray


def predict_latency(
    graph: Graph, demands: Mapping[str, Demand], overheads: Overheads = PIPELINED
) -> IntArray:
    """(B,) cycles from the first input word to the last score, of an inference that is alone."""
    flows: dict[str, Flow] = {}
    for layer in graph.layers:
        if isinstance(layer, Encode | ReceiveEvents):
            flows[layer.name] = _source(layer, demands[layer.name], overheads)
        elif isinstance(layer, DensePopulation):
            source = layer.inputs[0]
            flows[layer.name] = _population(
                layer, flows[source], demands[source], demands[layer.name], overheads
            )
        elif isinstance(layer, DenseReadout):
            source = layer.inputs[0]
            return _readout(layer, flows[source], demands[source], overheads)
    raise TypeError(f"{graph.name}: the network must end with a read-out")


def predict_busy(
    graph: Graph, demands: Mapping[str, Demand], overheads: Overheads = PIPELINED
) -> dict[str, IntArray]:
    """(B,) cycles in which the slowest process of each layer works; the slowest layer's are the interval."""
    return {layer.name: _busy(layer, demands, overheads) for layer in graph.layers}


def _busy(layer: Layer, demands: Mapping[str, Demand], overheads: Overheads) -> IntArray:
    if isinstance(layer, Encode | ReceiveEvents):
        return _sent(layer, demands[layer.name])[:, -1] + overheads.restart
    assert isinstance(layer, DensePopulation | DenseReadout)
    rows = _rows(layer, demands[layer.inputs[0]])
    passes, steps = groups(len(layer.weight), layer.lanes), layer.time_steps
    work: IntArray = rows.sum(axis=1) + rows.shape[1]
    if isinstance(layer, DenseReadout):
        work = work + passes + overheads.restart * (steps + 1)
        return at_least(work, len(layer.weight))
    work = work + passes * steps + overheads.restart * (rows.shape[1] + steps)
    scanning: IntArray = (demands[layer.name].scan + 1 + overheads.restart // 2).sum(axis=1)
    return np.maximum(work, scanning)


def at_least(cycles: IntArray, bound: int) -> IntArray:
    """`cycles`, where they are fewer than `bound`, `bound`."""
    larger: IntArray = np.maximum(cycles, bound)
    return larger


def _source(layer: Encode | ReceiveEvents, demand: Demand, overheads: Overheads) -> Flow:
    last = _sent(layer, demand)
    first = np.concatenate([np.zeros_like(last[:, :1]), last[:, :-1]], axis=1)
    return Flow(first + overheads.handover, last + overheads.handover)


def _sent(layer: Encode | ReceiveEvents, demand: Demand) -> IntArray:
    """(B, T) cycle of each end of step, counted from the first word."""
    sent: IntArray = np.cumsum(demand.scan + 1, axis=1)
    return at_least(sent, input_words(layer)) if isinstance(layer, Encode) else sent


def _rows(layer: WeightedLayer, source: Demand) -> IntArray:
    """(B, T) rows of weights read."""
    return source.events * groups(len(layer.weight), layer.lanes)


def _population(
    layer: DensePopulation, arriving: Flow, source: Demand, sent: Demand, overheads: Overheads
) -> Flow:
    rows, passes = _rows(layer, source), groups(len(layer.weight), layer.lanes)
    summed = fired = compressed = np.zeros(len(rows), np.int64)
    first, last = [], []
    for step in range(layer.time_steps):
        if step < rows.shape[1]:  # a frame arrives once
            begin = np.maximum(arriving.first[:, step], fired)
            summed = _integrated(arriving, source, rows, begin, step) + overheads.restart
        begin = np.maximum(summed, fired)
        fired = begin + passes + (overheads.restart if layer.time_steps > 1 else 0)
        scan = sent.scan[:, step] + 1
        compressed = np.maximum(begin + np.maximum(passes, scan), compressed + scan) + overheads.handover
        first.append(begin + overheads.handover)
        last.append(compressed)
    return Flow(np.stack(first, axis=1), np.stack(last, axis=1))


def _integrated(arriving: Flow, source: Demand, rows: IntArray, begin: IntArray, step: int) -> IntArray:
    """(B,) cycle in which the end of a step is read: after the last event and all its rows of weights."""
    streamed = arriving.first[:, step] + source.drain[:, step] + 1
    done: IntArray = np.maximum(np.maximum(arriving.last[:, step], streamed), begin + rows[:, step] + 1)
    return done


def _readout(layer: DenseReadout, arriving: Flow, source: Demand, overheads: Overheads) -> IntArray:
    rows, classes = _rows(layer, source), len(layer.weight)
    summed = np.zeros(len(rows), np.int64)
    for step in range(rows.shape[1]):
        begin = np.maximum(arriving.first[:, step], summed)
        summed = _integrated(arriving, source, rows, begin, step) + overheads.restart // 2
    sending = max(groups(classes, layer.lanes), classes)
    return summed + sending + overheads.handover
