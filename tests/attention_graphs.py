"""Integer networks of attention and products of maps by hand: neurons with random weights on a map that is
given, what is asked for between them, and scores.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from graph_check import Case

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.types import Array, FixedType, Shape
from asn2fpga.kinds.maps.attention import MapAttention, Order
from asn2fpga.kinds.maps.pool import MapPool
from asn2fpga.kinds.maps.population import MapPopulation, MapProjection
from asn2fpga.kinds.maps.product import MapProduct
from asn2fpga.kinds.maps.unroll import Unroll
from asn2fpga.kinds.maps.window import ONE_PIXEL, Window, image_of
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.population import Population, Projection
from asn2fpga.kinds.sources.maps import ReceiveMap
from asn2fpga.kinds.synapses.convolution import Convolution
from asn2fpga.kinds.synapses.dense import Dense

CLASSES, WEIGHT_BITS, VECTORS = 3, 3, 6
Reduction = Literal["none", "max", "sum"]


@dataclass(frozen=True)
class Fired:
    """A map of neurons on the given one. low: of the levels, their base; levels: how many lie above."""

    channels: int
    lanes: int
    levels: int = 1
    low: int = 0
    signed: bool = False  # counts are the levels themselves, from `low` on


@dataclass(frozen=True)
class AttentionCase:
    """Attention of three maps of neurons. queries, keys, values: those."""

    name: str
    queries: Fired
    keys: Fired
    values: Fired
    heads: int = 1
    pixels: tuple[int, ...] = (3, 4)
    time_steps: int = 1
    density: float = 0.4
    order: Order = "memory"
    seed: int = 7

    def graph(self, as_given: bool = False) -> Graph:
        """Source, neurons, attention, events, scores. as_given: neurons fire what own channels count."""
        maps = {"q": self.queries, "k": self.keys, "v": self.values}
        channels = sum(fired.channels for fired in maps.values()) if as_given else 3
        most = max(f.levels for f in maps.values())
        builder = _Builder(self.pixels, self.time_steps, channels, most, self.seed)
        first = 0
        for name, fired in maps.items():
            builder.fire(name, "x", fired, self.density, first if as_given else None)
            first += fired.channels
        shapes = [(fired.channels, *self.pixels) for fired in (self.queries, self.keys, self.values)]
        builder.add(
            MapAttention(
                name="attn",
                inputs=("q", "k", "v"),
                source="attn",
                heads=self.heads,
                queries=shapes[0],
                keys=shapes[1],
                values=shapes[2],
                order=self.order,
            )
        )
        return builder.scored("attn")


@dataclass(frozen=True)
class ProductCase:
    """A map of neurons times a mask of them. reduction: what the mask is of each channel, one pixel then."""

    name: str
    image: Fired
    mask: Fired
    reduction: Reduction = "none"
    pixels: tuple[int, ...] = (3, 4)
    time_steps: int = 1
    mask_first: bool = False  # whether its neurons stand first in the network
    seed: int = 7

    def graph(self) -> Graph:
        """Source, neurons, product, events, scores."""
        builder = _Builder(self.pixels, self.time_steps, seed=self.seed)
        if not self.mask_first:
            builder.fire("a", "x", self.image)
        mask = builder.fire("b", "x", self.mask)
        if self.reduction != "none":
            mask = builder.reduced("pooled", "b", self.reduction)
        if self.mask_first:
            builder.fire("a", "x", self.image)
        image, mask_shape = builder.edge("a").shape, builder.edge(mask).shape
        builder.add(
            MapProduct(name="times", inputs=("a", mask), source="times", image=image, mask=mask_shape)
        )
        return builder.scored("times")


class _Builder:
    """Nodes one after the other."""

    def __init__(
        self,
        pixels: tuple[int, ...],
        time_steps: int,
        channels: int = 3,
        max_count: int = 3,
        seed: int = 7,
    ) -> None:
        self.time_steps, self.random = time_steps, np.random.default_rng(seed)
        shape: Shape = (channels, *pixels)
        self.nodes: list[Node] = [
            ReceiveMap(
                name="x", inputs=(), source="x", shape=shape, max_count=max_count, time_steps=time_steps
            )
        ]

    def add(self, node: Node) -> str:
        self.nodes.append(node)
        return node.name

    def edge(self, name: str) -> Edge:
        return Graph("net", tuple(self.nodes)).edges[name]

    def fire(self, name: str, read: str, fired: Fired, density: float = 0.4, first: int | None = None) -> str:
        """Neurons without a membrane, as many above 0 as the density says, more or less; or such that fire
        the counts of the channels from `first` on.
        """
        edge = self.edge(read)
        inputs = edge.image[0]
        weight = self.random.integers(-3, 4, (fired.channels, 1, 1, inputs)).astype(np.int64)
        if first is not None:
            weight = np.eye(fired.channels, inputs, first, dtype=np.int64)[:, None, None]
        synapse = Convolution(weight=weight, weight_bits=WEIGHT_BITS, window=ONE_PIXEL, image=edge.image)
        thresholds = self._thresholds(weight, fired, density)
        if first is not None:
            thresholds = np.tile(np.arange(1, fired.levels + 1), (fired.channels, 1))
        lowest, highest = synapse.sum_range(edge)
        low, high = int(lowest.min()), int(highest.max())
        potential = FixedType.for_range(min(low, int(thresholds.min())), max(high, int(thresholds.max())))
        start = fired.low if fired.signed else 0
        values = tuple(range(start, start + fired.levels + 1))
        neuron = Graded(
            thresholds=thresholds,
            level_values=values,
            count_type=FixedType.for_range(values[0], values[-1]),
            threshold_type=potential,
            potential_type=potential,
            base=0 if fired.signed else fired.low,
        )
        return self.add(
            MapPopulation(
                name=name,
                inputs=(read,),
                source=name,
                shape=(fired.channels, *edge.shape[1:]),
                projections=(MapProjection(name=f"{name}_conv", synapse=synapse),),
                neuron=neuron,
                acc_type=FixedType.for_range(low, high),
                time_steps=self.time_steps,
                lanes=fired.lanes,
            )
        )

    def _thresholds(self, weight: IntArray, fired: Fired, density: float) -> IntArray:
        """(channels, levels)"""
        spread = np.sqrt((weight.astype(float) ** 2).sum(axis=(1, 2, 3)) + 0.25)[:, None]
        first = -1.0 if fired.low else float(np.quantile(self.random.standard_normal(4096), 1 - density))
        steps = np.linspace(first, first + 1.5, fired.levels)[None, :]
        found: IntArray = np.sort(np.round(steps * spread).astype(np.int64), axis=1)
        return found

    def reduced(self, name: str, read: str, operation: Literal["max", "sum"]) -> str:
        """The largest count of each channel, or their sum."""
        shape = self.edge(read).shape
        _, *size = image_of(shape)
        window = Window(kernel=tuple(size), stride=(1, 1))
        return self.add(
            MapPool(name=name, inputs=(read,), source=name, operation=operation, window=window, image=shape)
        )

    def scored(self, read: str) -> Graph:
        """The map as events, and scores of them: weights are small, so that scores fit."""
        edge = self.edge(read)
        self.add(Unroll(name="events", inputs=(read,), source="events", shape=edge.shape))
        edge = self.edge("events")
        weight = self.random.integers(-3, 4, (CLASSES, math.prod(edge.shape)))
        synapse = Dense(weight=weight.astype(np.int64), weight_bits=WEIGHT_BITS)
        low, high = synapse.sum_range(edge)
        zeros = np.zeros(CLASSES, np.int64)
        readout = Population(
            name="fc",
            inputs=("events",),
            source="fc",
            projections=(Projection(name="fc", synapse=synapse),),
            neuron=Integrator(bias=zeros, shift=zeros),
            acc_type=FixedType.for_range(self.time_steps * int(low.min()), self.time_steps * int(high.max())),
            time_steps=self.time_steps,
            lanes=CLASSES,
        )
        self.add(readout)
        return Graph("net", tuple(self.nodes))


def inputs_of(graph: Graph, count: int = VECTORS, density: float = 0.6, seed: int = 3) -> Array:
    """Random counts; the first input has none."""
    source = graph.layers[0]
    assert isinstance(source, ReceiveMap)
    random = np.random.default_rng(seed)
    shape = (count, *source.sample_shape)
    x = random.integers(1, source.max_count + 1, shape) * (random.random(shape) < density)
    x[0] = 0
    return x.astype(np.uint8)


def built(graph: Graph, x: Array | None = None) -> Case:
    """The network, inputs, and what golden makes of them."""
    rules.check(graph)
    given = inputs_of(graph) if x is None else x
    return Case(graph, given, simulate(graph, given))


def with_lanes_of(graph: Graph, lanes: Sequence[tuple[str, int]]) -> Graph:
    """Other lanes of some maps of neurons."""
    for name, count in lanes:
        node = graph[name]
        assert isinstance(node, MapPopulation)
        graph = graph.replace(name, replace(node, lanes=count))
    return graph
