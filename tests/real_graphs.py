"""Real-valued graphs that obey all rules, and ways to change them."""

from __future__ import annotations

import numpy as np
from broken_graphs import changed
from strategies import random_graph

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.kinds.synapses.diagonal import Diagonal

CHAIN = random_graph(1, (6, 4, 2), batch_norm=True)
LIF = NeuronSemantics("lif", 1, 0.0, 0.5, fires=">=")


def linear(name: str, read: str, neurons: int, inputs: int) -> Linear:
    return Linear(name=name, inputs=(read,), weight=np.ones((neurons, inputs)), bias=np.zeros(neurons))


# Frames of 6 pixels, three time steps. a: four neurons that also read themselves; b: what a sends, and what
# it integrates; side: both of them side by side.
BRANCHES = Graph(
    "branches",
    (
        Input(name="pixels", shape=(2, 3), encoding="frames", time_steps=3),
        Flatten(name="flat", inputs=("pixels",)),
        Scale(name="scale", inputs=("flat",), factor=0.5),
        linear("fc", "scale", 4, 6),
        Delay(name="before", inputs=("a",), shape=(4,)),
        linear("own", "before", 4, 4),
        Add(name="sum", inputs=("fc", "own")),
        Neuron(name="a", inputs=("sum",), semantics=LIF),
        Diagonal(name="same", inputs=("a",), weight=np.ones(4), bias=np.zeros(4)),
        Add(name="skip", inputs=("same", "sum", "a")),
        Neuron(name="b", inputs=("skip",), semantics=LIF),
        Concat(name="side", inputs=("a", "b")),
        linear("last", "side", 2, 8),
        Output(name="scores", inputs=("last",)),
    ),
)


def semantics(**fields: object) -> Graph:
    """BRANCHES with other neurons a."""
    return changed(BRANCHES, "a", **{f"semantics__{field}": value for field, value in fields.items()})


def inserted(node: Node, before: str) -> Graph:
    """BRANCHES with a node more, which that one reads in place of its first input."""
    layers: list[Node] = []
    for old in BRANCHES.layers:
        layers += [node, old.renamed(old.inputs[0], node.name)] if old.name == before else [old]
    return BRANCHES.with_layers(layers)
