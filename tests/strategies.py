"""Random networks and inputs for tests: seeded functions, and Hypothesis strategies over their parameters."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from dense_graphs import weight_of
from hypothesis import strategies as st

from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.operators.batchnorm import BatchNorm
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.operators.output import Output
from asn2fpga.kinds.population import Population
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.kinds.sources.input import Input
from asn2fpga.kinds.synapses.dense import Linear
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme


@dataclass(frozen=True)
class NetworkSpec:
    """Everything that makes a random network; `seed` fixes its numbers. sizes: inputs, hidden.., classes.

    max_count: of events, max_pixel: of frames; outlier: factor of one weight of the last layer.
    """

    seed: int = 0
    sizes: tuple[int, ...] = (16, 8, 4)
    encoding: Literal["frames", "events"] = "frames"
    time_steps: int = 1
    model: Literal["asn", "nasn", "ilif"] = "asn"
    levels: int = 4
    alpha: float = 0.0
    integer_alpha: bool = True
    beta: float = 0.5
    threshold: float = 1.0
    round_mode: Literal["half_even", "half_up"] = "half_even"
    batch_norm: bool = False
    max_count: int = 3
    max_pixel: int = 255
    outlier: float = 1.0
    reduce: Literal["sum", "mean"] = "mean"


def random_network(spec: NetworkSpec) -> Graph:
    """The real-valued graph of a spec; weights are scaled so that the neurons use all their levels."""
    random = np.random.default_rng(spec.seed)
    frames = spec.encoding == "frames"
    layers: list[Node] = [
        Input(
            name="pixels",
            source="pixels",
            shape=input_shape(spec.sizes[0]),
            encoding=spec.encoding,
            time_steps=spec.time_steps,
            max_count=spec.max_pixel if frames else spec.max_count,
            scale=1 / spec.max_pixel if frames else 1.0,
        ),
        Flatten(name="flatten", inputs=("pixels",), source="flatten"),
    ]
    for index, (fan_in, size) in enumerate(zip(spec.sizes[:-1], spec.sizes[1:], strict=True), start=1):
        layers += _random_block(random, spec, index, fan_in, size)
    layers.append(Output(name="scores", inputs=(layers[-1].name,), source="scores", reduce=spec.reduce))
    return Graph("net", tuple(layers))


def _random_block(
    random: np.random.Generator, spec: NetworkSpec, index: int, fan_in: int, size: int
) -> list[Node]:
    """Linear, perhaps BatchNorm, and (but for the last) Neuron."""
    previous = "flatten" if index == 1 else f"fc{index - 1}_neuron"
    name = f"fc{index}"
    spread = spec.threshold * spec.levels / np.sqrt(fan_in)
    weight, bias = random.normal(size=(size, fan_in)) * spread, random.normal(size=size) * spec.threshold
    if index == len(spec.sizes) - 1:
        weight[-1, 0] *= spec.outlier
    block: list[Node] = [Linear(name=name, inputs=(previous,), source=name, weight=weight, bias=bias)]
    if spec.batch_norm:
        gain, shift = random.uniform(0.5, 1.5, size), random.normal(size=size)
        block.append(
            BatchNorm(name=f"{name}_norm", inputs=(name,), source=f"{name}.norm", gain=gain, shift=shift)
        )
    if index < len(spec.sizes) - 1:
        neuron = Neuron(
            name=f"{name}_neuron",
            inputs=(block[-1].name,),
            source=f"{name}.neuron",
            semantics=semantics_of(spec),
        )
        block.append(neuron)
    return block


def semantics_of(spec: NetworkSpec) -> NeuronSemantics:
    """The neuron of a spec. NASN divides by N = D; I-LIF has alpha 0."""
    return NeuronSemantics(
        model=spec.model,
        levels=spec.levels,
        alpha=0.0 if spec.model == "ilif" else spec.alpha,
        beta=spec.beta,
        threshold=spec.threshold,
        output_scale=1 / spec.levels if spec.model == "nasn" else 1.0,
        integer_alpha=spec.integer_alpha,
        round_mode=spec.round_mode,
    )


def input_shape(size: int) -> tuple[int, ...]:
    """Two axes where `size` is even, so that flattening is tested too."""
    return (2, size // 2) if size % 2 == 0 else (size,)


def random_graph(seed: int, sizes: tuple[int, ...] = (16, 8, 4), **fields: object) -> Graph:
    """A random real-valued graph; `fields` are those of NetworkSpec."""
    return random_network(NetworkSpec(seed=seed, sizes=sizes, **fields))  # type: ignore[arg-type]


def small_integer_graph(
    seed: int, sizes: tuple[int, ...] = (16, 8, 4), levels: int = 4, time_steps: int = 1, **fields: object
) -> Graph:
    """A random integer graph; weight_bits and alpha_snap go into the scheme, the rest into NetworkSpec."""
    chosen = {key: fields.pop(key) for key in ("weight_bits", "alpha_snap") if key in fields}
    graph = random_graph(seed, sizes, levels=levels, time_steps=time_steps, **fields)
    return quantise(graph, Scheme(**chosen)).graph  # type: ignore[arg-type]


def random_inputs(graph: Graph, count: int, seed: int = 0, density: float = 0.5) -> Array:
    """`count` inputs for a real or integer graph: frames uint8 (B, *shape) or event counts (B, T, *shape)."""
    random = np.random.default_rng(seed)
    source = graph.layers[0]
    assert isinstance(source, Input | Encode | ReceiveEvents)
    largest, shape = source.max_count, (count, *source.sample_shape)
    values = random.integers(1, largest, shape, endpoint=True) * (random.random(shape) < density)
    return values.astype(np.uint8 if largest <= 255 else np.int64)


def of_whole_types(graph: Graph) -> Graph:
    """The integer graph with all counts that its input's type holds: what hardware can meet."""
    source = graph.layers[0]
    assert isinstance(source, Encode | ReceiveEvents)
    return graph.replace(source.name, replace(source, max_count=source.count_type.max))


def extreme_inputs(graph: Graph, channel: int, largest: bool) -> Array:
    """One input (a batch of 1) that drives the sum of one channel of the first population to its bound."""
    source, population = graph.layers[0], graph.layers[1]
    assert isinstance(source, Encode | ReceiveEvents)
    row: IntArray = np.asarray(weight_of(population), dtype=np.int64)[channel]
    chosen = (row > 0) if largest else (row < 0)
    counts = (chosen * source.max_count).reshape(source.shape)
    if isinstance(source, Encode):
        return counts[None].astype(np.uint8)
    return np.broadcast_to(counts, (1, source.time_steps, *source.shape)).astype(np.int64)


@st.composite
def network_specs(draw: st.DrawFn, max_size: int = 24, max_layers: int = 4) -> NetworkSpec:
    """Specs of dense networks of 1..max_layers Linear layers, frames or events, any neuron."""
    layers = draw(st.integers(1, max_layers))
    sizes = tuple(draw(st.integers(1, max_size)) for _ in range(layers + 1))
    return NetworkSpec(
        seed=draw(st.integers(0, 2**32 - 1)),
        sizes=sizes,
        encoding=draw(st.sampled_from(("frames", "events"))),
        time_steps=draw(st.integers(1, 4)),
        model=draw(st.sampled_from(("asn", "nasn", "ilif"))),
        levels=draw(st.sampled_from((1, 2, 3, 4, 8))),
        alpha=draw(st.one_of(st.integers(-3, 2).map(float), st.floats(-2, 2))),
        integer_alpha=draw(st.booleans()),
        beta=draw(st.sampled_from((0.0, 0.25, 0.5, 0.75, 0.9, 1.0))),
        threshold=draw(st.sampled_from((1.0, 0.5, 0.3))),
        round_mode=draw(st.sampled_from(("half_even", "half_up"))),
        batch_norm=draw(st.booleans()),
        max_count=draw(st.sampled_from((1, 3, 4, 15))),
        max_pixel=draw(st.sampled_from((1, 16, 255))),
        outlier=draw(st.sampled_from((1.0, 40.0, 3000.0))),
        reduce=draw(st.sampled_from(("sum", "mean"))),
    )


@st.composite
def schemes(draw: st.DrawFn) -> Scheme:
    """Any quantisation scheme."""
    return Scheme(
        weight_bits=draw(st.integers(2, 8)),
        scale_method=draw(st.sampled_from(("auto", "maxabs", "mse", "calibrated", "clipped", "compensated"))),
        alpha_snap=draw(st.sampled_from(("auto", "floor", "nearest", "ceil", "exact"))),
        alpha_frac_bits=draw(st.integers(1, 6)),
    )


def tied_weights(random: np.random.Generator, shape: tuple[int, int]) -> RealArray:
    """Weights that are multiples of 1/2 within +-3.5: sums then meet the ties of rounding often."""
    return random.integers(-7, 8, shape) / 2


def drawn_network(spec: NetworkSpec, scheme: Scheme, data: st.DataObject) -> Graph:
    """The integer graph of a spec, with lanes that are drawn for each layer."""
    graph = quantise(random_network(spec), scheme).graph
    lanes = {
        node.name: data.draw(st.integers(1, node.neurons), f"lanes of {node.name}")
        for node in foldable_nodes(graph)
    }
    return with_lanes(graph, lanes)


def network_with_shifted_scores() -> Graph:
    """An integer graph with a class whose scores are shifted far, pixels of five bits, and ragged lanes."""
    spec = NetworkSpec(seed=9, sizes=(14, 9, 5), max_pixel=16, outlier=3000.0, alpha=-1.0, time_steps=2)
    graph = quantise(random_network(spec)).graph
    (source, _, readout) = graph.layers
    assert isinstance(source, Encode) and str(source.count_type) == "u5"
    assert isinstance(readout, Population) and readout.readout.shift.max() > 8
    return with_lanes(graph, {"fc1": 4, "fc2": 3})
