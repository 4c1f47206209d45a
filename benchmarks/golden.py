"""Images per second of the golden model on one core, beside plain int64 numpy."""

from __future__ import annotations

import os
import time
from collections.abc import Callable

import numpy as np

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.graded import reached_levels
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.quantise.apply import quantise

IMAGES = 10_000
PLAIN_IMAGES = 500


def network() -> Graph:
    """A 784-128-10 network, NASN 1x4, with random weights, as integers."""
    random = np.random.default_rng(0)
    neuron = NeuronSemantics(model="nasn", levels=4, alpha=0.0, beta=0.5, output_scale=0.25)
    first, second = random.normal(size=(128, 784)) * 0.1, random.normal(size=(10, 128)) * 0.2
    layers = (
        Input(name="pixels", shape=(28, 28), encoding="frames", time_steps=1, scale=1 / 255),
        Flatten(name="flatten", inputs=("pixels",)),
        Linear(name="fc1", inputs=("flatten",), weight=first, bias=np.zeros(128)),
        Neuron(name="neuron", inputs=("fc1",), semantics=neuron),
        Linear(name="fc2", inputs=("neuron",), weight=second, bias=np.zeros(10)),
        Output(name="scores", inputs=("fc2",)),
    )
    return quantise(Graph("mnist", layers)).graph


def plain(graph: Graph, x: Array) -> IntArray:
    """The same network in plain int64 numpy."""
    hidden, readout = graph.of_type(Population)
    sums = x.reshape(len(x), -1).astype(np.int64) @ weight_of(hidden).T
    counts = as_integer(reached_levels(as_integer(hidden.graded.thresholds), sums))
    return as_integer(counts @ weight_of(readout).T + as_integer(readout.readout.bias))


def weight_of(population: Population) -> IntArray:
    """The weights (N, M) of its only synapses."""
    (projection,) = population.projections
    return as_integer(projection.synapse.weight)  # type: ignore[attr-defined]  # dense synapses


def rate(run: Callable[[], object], images: int) -> float:
    """Images per second, the best of three runs."""
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        run()
        seconds.append(time.perf_counter() - start)
    return images / min(seconds)


def main() -> None:
    """Check that both give the same scores, then print both rates; on one core (Linux)."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    graph = network()
    x = np.random.default_rng(1).integers(0, 256, (IMAGES, 28, 28), dtype=np.uint8)
    few = x[:PLAIN_IMAGES]
    if not np.array_equal(simulate(graph, few).scores, plain(graph, few)):
        raise SystemExit("golden and plain numpy differ")
    print("784-128-10, NASN 1x4, T = 1, one core")
    print(f"golden model  {rate(lambda: simulate(graph, x), IMAGES):10,.0f} images/s")
    print(f"int64 numpy   {rate(lambda: plain(graph, few), PLAIN_IMAGES):10,.0f} images/s")


if __name__ == "__main__":
    main()
