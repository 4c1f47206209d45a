"""C simulation: CPU seconds to write and compile the generated C++, and vectors per CPU second, by network.

With the integers of the engine, as a build simulates all its vectors, and beside them with Xilinx's.
"""

from __future__ import annotations

import itertools
import resource
import tempfile
import time
from pathlib import Path

import numpy as np

from asn2fpga.codegen.project import generate
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify import cpp
from asn2fpga.verify.compare import compare
from asn2fpga.verify.cpp_library import TYPES, Types

VECTORS: dict[Types, int] = {"engine": 2000, "xilinx": 20}
DENSITY = 0.2  # of non-zero pixels, as in MNIST
NETWORKS = {"digits": (64, 32, 10), "mnist": (784, 128, 10), "wide": (784, 1024, 10)}
LANES = (1, 8, 64)


def network(sizes: tuple[int, ...]) -> Graph:
    """Dense layers with NASN 1x4 neurons and random weights, as integers."""
    random = np.random.default_rng(0)
    neuron = NeuronSemantics(model="nasn", levels=4, alpha=0.0, beta=0.5, output_scale=0.25)
    layers: list[Node] = [
        Input(name="pixels", shape=sizes[:1], encoding="frames", time_steps=1, scale=1 / 255),
        Flatten(name="flatten", inputs=("pixels",)),
    ]
    for index, (fan_in, size) in enumerate(itertools.pairwise(sizes), start=1):
        weight, bias = random.normal(size=(size, fan_in)) * 4 / np.sqrt(fan_in), random.normal(size=size)
        layers.append(Linear(name=f"fc{index}", inputs=(layers[-1].name,), weight=weight, bias=bias))
        if index < len(sizes) - 1:
            layers.append(Neuron(name=f"fc{index}_neuron", inputs=(f"fc{index}",), semantics=neuron))
    layers.append(Output(name="scores", inputs=(layers[-1].name,)))
    return quantise(Graph("net", tuple(layers)), Scheme()).graph


def measure(name: str, graph: Graph) -> str:
    """One line of the table."""
    random = np.random.default_rng(1)
    shape = (max(VECTORS.values()), graph.layers[0].shape[0])  # type: ignore[attr-defined]
    x = (random.integers(1, 256, shape) * (random.random(shape) < DENSITY)).astype(np.uint8)
    with tempfile.TemporaryDirectory() as folder_name:
        folder = Path(folder_name)
        started = time.process_time()
        BuildPlan(generate(graph, "0" * 64, "0")).write(folder / "hls")
        write = time.process_time() - started
        expected = simulate(graph, x)
        rates = " ".join(rate(graph, folder, types, x, expected) for types in TYPES)
    return f"{name:16} {write:8.2f} {rates}"


def rate(graph: Graph, folder: Path, types: Types, x: Array, expected: Trace) -> str:
    """CPU seconds to compile, and vectors per CPU second; every value is compared."""
    x, expected = x[: VECTORS[types]], expected.head(VECTORS[types])
    before = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    model = cpp.build(graph, folder / "hls", folder / "sim", folder / "log", types)
    build = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
    started = time.process_time()
    trace = model.simulate(x)
    run = time.process_time() - started
    compare(graph, expected, trace, "BUILD")
    return f"{build:8.2f} {len(x) / run:12.0f}"


def main() -> None:
    """Print the table."""
    print(f"{'':25} {'engine:':>8} {'':12} {'xilinx:':>8}")
    columns = f"{'build s':>8} {'vectors/s':>12}"
    print(f"{'network, lanes':16} {'write s':>8} {columns} {columns}")
    for name, sizes in NETWORKS.items():
        graph = network(sizes)
        for lanes in LANES:
            chosen = {node.name: min(lanes, node.neurons) for node in foldable_nodes(graph)}
            print(measure(f"{name}, {lanes}", with_lanes(graph, chosen)), flush=True)


if __name__ == "__main__":
    main()
