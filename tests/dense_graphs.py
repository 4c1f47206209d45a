"""Integer graphs of given sizes with random weights, for tests that need shapes and widths, not meaning."""

from __future__ import annotations

import itertools

import numpy as np
from asn2fpga.graph.layers import DensePopulation, DenseReadout
from asn2fpga.graph.neuron import IntegerNeuron

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode


def dense_graph(
    *sizes: int, time_steps: int = 1, levels: int = 4, frames: bool = True, bits: int = 8
) -> Graph:
    """sizes: inputs, hidden.., classes. Layers are named source, fc1, fc2, ...; every layer has one lane."""
    random = np.random.default_rng(11)
    limit = (1 << (bits - 1)) - 1
    layers: list[Node] = [_source(sizes[0], frames, time_steps)]
    count_type = FixedType(8 if frames else 2, False)
    for index, (inputs, neurons) in enumerate(itertools.pairwise(sizes), start=1):
        weight = random.integers(-limit, limit + 1, (neurons, inputs))
        bound = limit * inputs * count_type.max
        common = {
            "name": f"fc{index}",
            "inputs": (layers[-1].name,),
            "weight": weight,
            "weight_bits": bits,
            "input_count_type": count_type,
            "acc_type": FixedType.for_range(-bound, bound),
            "time_steps": time_steps,
        }
        if index == len(sizes) - 1:
            zeros = np.zeros(neurons, np.int64)
            layers.append(DenseReadout(bias=zeros, shift=zeros, **common))  # type: ignore[arg-type]
        else:
            neuron = _neuron(neurons, levels, bound)
            static = frames and index == 1
            layers.append(DensePopulation(neuron=neuron, static_input=static, **common))  # type: ignore[arg-type]
            count_type = neuron.count_type
    return Graph("net", tuple(layers))


def _source(size: int, frames: bool, time_steps: int) -> Node:
    if frames:
        return Encode(name="source", shape=(size,), max_count=255, time_steps=time_steps)
    return ReceiveEvents(name="source", shape=(size,), max_count=3, time_steps=time_steps)


def _neuron(neurons: int, levels: int, bound: int) -> IntegerNeuron:
    thresholds = np.sort(np.random.default_rng(5).integers(0, bound, (neurons, levels)), axis=1)
    return IntegerNeuron(
        thresholds=thresholds,
        level_values=tuple(range(levels + 1)),
        count_type=FixedType.for_range(0, levels),
        stateful=False,
        threshold_type=FixedType.for_range(-bound, bound),
        potential_type=FixedType.for_range(-bound, bound),
    )
