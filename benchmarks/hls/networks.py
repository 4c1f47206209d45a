"""Whole networks to place and route: the examples, as C++ of this project's own generator.

`digits` is examples/digits.pt, built as for a pynq-z2; `doctor` is the network that `asn2fpga doctor` tries
the tools on. The others have weights drawn at random, which is all the same to a memory: `mnist` has the
shape of the README's example, `steps` has a membrane and four time steps.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

from asn2fpga import __version__
from asn2fpga.codegen.project import KERNELS, generate, source_file, top_name
from asn2fpga.doctor.tools import tiny_graph
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.loader import load_model
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.rtl import HlsProject
from asn2fpga.toolchain.plan import BuildPlan

SEED = 1
EXAMPLE = Path(__file__).parents[2] / "examples" / "digits.pt"


def digits() -> Graph:
    """64-32-10, trained; all lanes."""
    return with_lanes(quantise(prepare(load_model(EXAMPLE).graph)).graph, {"fc1": 32, "fc2": 10})


def mnist() -> Graph:
    """784-128-10, lanes as chosen for a pynq-z2."""
    return with_lanes(_random("mnist", (784, 128, 10), time_steps=1), {"fc1": 64, "fc2": 10})


def steps() -> Graph:
    """64-24-5 over four time steps, with a membrane."""
    return with_lanes(_random("steps", (64, 24, 5), time_steps=4), {"fc1": 8, "fc2": 5})


NETWORKS: dict[str, Callable[[], Graph]] = {
    "doctor": tiny_graph,
    "steps": steps,
    "digits": digits,
    "mnist": mnist,
}


def write_network(name: str, directory: Path, part: str, clock_ns: float) -> HlsProject:
    """The C++ of a network, in `directory`."""
    graph = NETWORKS[name]()
    BuildPlan(generate(graph, "0" * 64, __version__)).write(directory)
    includes = (directory, directory / KERNELS)
    return HlsProject(directory, directory / source_file(graph), includes, top_name(graph), part, clock_ns)


def _random(name: str, sizes: tuple[int, int, int], time_steps: int) -> Graph:
    """Input, dense layer, neurons, dense layer."""
    draw = np.random.default_rng(SEED)
    inputs, hidden, classes = sizes
    semantics = NeuronSemantics(model="asn", levels=4, alpha=0.0, beta=0.5)
    layers = (
        Input(name="pixels", shape=(inputs,), encoding="frames", time_steps=time_steps, scale=1.0),
        Linear(
            name="fc1", inputs=("pixels",), weight=draw.normal(size=(hidden, inputs)), bias=np.zeros(hidden)
        ),
        Neuron(name="neuron", inputs=("fc1",), semantics=semantics),
        Linear(
            name="fc2", inputs=("neuron",), weight=draw.normal(size=(classes, hidden)), bias=np.zeros(classes)
        ),
        Output(name="output", inputs=("fc2",)),
    )
    return quantise(Graph(name, layers)).graph
