"""Integer graphs of given sizes with random weights, for tests that need shapes and widths, not meaning."""

from __future__ import annotations

import dataclasses
import itertools

import numpy as np

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.neurons.running_integrator import RunningIntegrator
from asn2fpga.kinds.population import Population, Projection
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.kinds.synapses.dense import Dense


def dense_graph(
    *sizes: int, time_steps: int = 1, levels: int = 4, frames: bool = True, bits: int = 8
) -> Graph:
    """sizes: inputs, hidden.., classes. Layers are named source, fc1, fc2, ...; every layer has one lane."""
    random = np.random.default_rng(11)
    limit = (1 << (bits - 1)) - 1
    layers: list[Node] = [_source(sizes[0], frames, time_steps)]
    largest = 255 if frames else 3
    for index, (inputs, neurons) in enumerate(itertools.pairwise(sizes), start=1):
        weight = random.integers(-limit, limit + 1, (neurons, inputs))
        bound = limit * inputs * largest
        is_last = index == len(sizes) - 1
        steps = 1 if is_last and frames and index == 1 else time_steps
        most = bound * steps if is_last else bound
        neuron = _integrator(neurons) if is_last else _neuron(neurons, levels, bound)
        layers.append(
            Population(
                name=f"fc{index}",
                inputs=(layers[-1].name,),
                projections=(dense_projection(f"fc{index}", weight, bits),),
                neuron=neuron,
                acc_type=FixedType.for_range(-most, most),
                time_steps=steps,
            )
        )
        largest = levels
    return Graph("net", tuple(layers))


def dense_projection(name: str, weight: Array, bits: int = 8, **fields: object) -> Projection:
    """Dense synapses of these weights (N, M); `fields` are those of Dense."""
    return Projection(name=name, synapse=Dense(weight=weight, weight_bits=bits, **fields))  # type: ignore[arg-type]


def weight_of(node: Node) -> Array:
    """The weights (N, M) of a population with one projection of dense synapses."""
    assert isinstance(node, Population)
    (projection,) = node.projections
    assert isinstance(projection.synapse, Dense)
    return projection.synapse.weight


def _source(size: int, frames: bool, time_steps: int) -> Node:
    if frames:
        return Encode(name="source", shape=(size,), max_count=255, time_steps=time_steps)
    return ReceiveEvents(name="source", shape=(size,), max_count=3, time_steps=time_steps)


def _integrator(classes: int) -> Integrator:
    return Integrator(bias=np.zeros(classes, np.int64), shift=np.zeros(classes, np.int64))


def _neuron(neurons: int, levels: int, bound: int) -> Graded:
    thresholds = np.sort(np.random.default_rng(5).integers(0, bound, (neurons, levels)), axis=1)
    return Graded(
        thresholds=thresholds,
        level_values=tuple(range(levels + 1)),
        count_type=FixedType.for_range(0, levels),
        threshold_type=FixedType.for_range(-bound, bound),
        potential_type=FixedType.for_range(-bound, bound),
    )


def every_step(graph: Graph) -> Graph:
    """The same, with a read-out that sends its scores after every time step: with a bias of each."""
    readout = graph.readout
    assert isinstance(readout, Population)
    bias = np.arange(readout.time_steps)[:, None] * 100 + np.arange(readout.neurons)
    neuron = RunningIntegrator(bias=bias, shift=readout.readout.shift)
    return graph.replace(readout.name, dataclasses.replace(readout, neuron=neuron))
