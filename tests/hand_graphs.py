"""Real-valued graphs by hand: nodes that say what they read, with weights whose sums are exact in float64."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.text import to_text
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.operators.add import Add
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.kinds.operators.delay import Delay
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.operators.scale import Scale
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.kinds.synapses.diagonal import Diagonal
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.reference.float_model import simulate

SIZE = 4  # of every layer that does not say another


def net(*nodes: Node) -> Graph:
    """The graph of these nodes."""
    return Graph("net", nodes)


def x(time_steps: int = 1, encoding: Literal["frames", "events"] = "events", scale: float = 1.0) -> Input:
    """The input."""
    return Input(
        name="x",
        shape=(SIZE,),
        encoding=encoding,
        time_steps=time_steps,
        max_count=3,
        scale=scale,
        source="x",
    )


def numbers(name: str, *shape: int) -> RealArray:
    """Multiples of 1/4 within +-2 that depend on the name alone; none of them is 0."""
    random = np.random.default_rng(zlib.crc32(name.encode()))
    values: RealArray = random.integers(1, 9, shape) * random.choice([-0.25, 0.25], shape)
    return values


def linear(name: str, read: str, inputs: int = SIZE, outputs: int = SIZE) -> Linear:
    """Dense synapses; messages find them at net.NAME."""
    return Linear(
        name=name,
        inputs=(read,),
        source=f"net.{name}",
        weight=numbers(name, outputs, inputs),
        bias=numbers(f"{name}.bias", outputs),
    )


def diagonal(name: str, read: str) -> Diagonal:
    """One synapse for each neuron."""
    weight, bias = numbers(name, SIZE), numbers(f"{name}.bias", SIZE)
    return Diagonal(name=name, inputs=(read,), source=f"net.{name}", weight=weight, bias=bias)


def neuron(name: str, read: str, **fields: object) -> Neuron:
    """ASN neurons; `fields` are those of their semantics."""
    chosen = {"model": "asn", "levels": 3, "alpha": 0.0, "beta": 0.5} | fields
    semantics = NeuronSemantics(**chosen)  # type: ignore[arg-type]
    return Neuron(name=name, inputs=(read,), source=f"net.{name}", semantics=semantics)


def norm(name: str, read: str, size: int = SIZE) -> BatchNorm:
    """A gain and a shift for each element."""
    gain, shift = numbers(f"{name}.gain", size), numbers(f"{name}.shift", size)
    return BatchNorm(name=name, inputs=(read,), source=f"net.{name}", gain=gain, shift=shift)


def times(name: str, read: str, factor: float) -> Scale:
    """A constant factor."""
    return Scale(name=name, inputs=(read,), source=f"net.{name}", factor=factor)


def add(name: str, *reads: str) -> Add:
    """The sum of branches."""
    return Add(name=name, inputs=reads, source=f"net.{name}")


def cat(name: str, *reads: str) -> Concat:
    """Branches side by side."""
    return Concat(name=name, inputs=reads, source=f"net.{name}")


def past(name: str, read: str, steps: int = 1, size: int = SIZE) -> Delay:
    """What was sent some time steps ago."""
    return Delay(name=name, inputs=(read,), source=f"net.{name}", shape=(size,), steps=steps)


def scores(read: str) -> Output:
    """The end."""
    return Output(name="scores", inputs=(read,), source="scores", reduce="sum")


def recurrent(*between: Node, reads: str = "back") -> list[Node]:
    """Neurons n that read x and, through `between`, what they sent a time step ago."""
    return [
        x(time_steps=3),
        past("before", "n"),
        *between,
        linear("fc1", "x"),
        add("sum", "fc1", reads),
        neuron("n", "sum"),
        linear("fc2", "n"),
        scores("fc2"),
    ]


def inputs_of(graph: Graph, count: int = 40) -> RealArray:
    """Random integer inputs of such a graph."""
    source = graph.layers[0]
    assert isinstance(source, Input)
    values: RealArray = np.random.default_rng(0).integers(0, 4, (count, *source.sample_shape))
    return values.astype(np.uint8) if source.is_frame else values


def compute_the_same(before: Graph, after: Graph) -> bool:
    """Whether two graphs have the same spikes and scores, exactly; not all of them 0."""
    given = inputs_of(before)
    first, second = simulate(before, given), simulate(after, given)
    assert first.scores.any() and all(spikes.any() for spikes in first.spikes.values())
    return np.array_equal(first.scores, second.scores) and all(
        np.array_equal(spikes, second.spikes[name]) for name, spikes in first.spikes.items()
    )


def heads(graph: Graph) -> list[str]:
    """What each node is and reads: `fc1 = Linear(x)`."""
    return [line for line in to_text(graph).splitlines()[1:] if line and not line.startswith(" ")]


def transformed(transform: Callable[[Graph], Graph], *nodes: Node) -> Graph:
    """The graph after a pass; the function is the same, and the graph that was given too."""
    graph = net(*nodes)
    before = heads(graph)
    found = transform(graph)
    assert compute_the_same(graph, found)
    assert heads(graph) == before
    return found


def weights(graph: Graph, name: str) -> RealArray:
    """Of synapses."""
    synapse = graph[name]
    assert isinstance(synapse, TrainedSynapse)
    return as_real(synapse.weight)


def biases(graph: Graph, name: str) -> RealArray:
    """Of synapses."""
    synapse = graph[name]
    assert isinstance(synapse, TrainedSynapse)
    return as_real(synapse.bias)


def kinds_of(graph: Graph) -> str:
    """Nodes by their kinds, populations by those of their synapses."""
    names = []
    for node in graph.layers:
        projections = getattr(node, "projections", ())
        names.append("+".join(type(one.synapse).__name__ for one in projections) or type(node).__name__)
    return " ".join(names)
