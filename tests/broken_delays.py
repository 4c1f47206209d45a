"""Integer graphs with delays, each of which breaks one rule, and the sentence it says."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from broken_graphs import changed
from hand_graphs import linear, net, neuron, past, scores, x
from kinds import test_maps
from kinds.map_networks import MAP_CASES
from loop_graphs import LOOPS
from strategies import small_integer_graph

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.delay_line import DelayLine
from asn2fpga.kinds.event_attention import EventAttention
from asn2fpga.kinds.operators.concat import Concat
from asn2fpga.quantise.apply import quantise

STEPS = 6
LATE = quantise(
    net(
        x(STEPS), past("d", "x", 2), linear("fc1", "d"), neuron("n", "fc1"), linear("fc2", "n"), scores("fc2")
    )
).graph


def synapses() -> Graph:
    """Sixteen neurons, the synapses of which have delays of 0 to 5 time steps."""
    delays = range(STEPS)
    late = [past(f"d{delay}", "x", delay) for delay in delays if delay]
    beside = Concat(name="beside", inputs=("x", *(node.name for node in late)))
    fc1 = linear("fc1", "beside", 4 * STEPS, 16)
    chosen = np.add.outer(np.arange(16), np.arange(4)) % STEPS
    kept = np.concatenate([chosen == delay for delay in delays], axis=1)
    end = (neuron("n", "fc1"), linear("fc2", "n", 16), scores("fc2"))
    return quantise(net(x(STEPS), *late, beside, fc1.changed(weight=fc1.weight * kept), *end)).graph


SYNAPSES = synapses()
SHAPE = (16, 4)
LOOP = quantise(LOOPS["over two layers"][0]).graph


def line(**fields: Any) -> Graph:
    return changed(LATE, "receive_delayed", **fields)


def population(**fields: Any) -> Graph:
    return changed(SYNAPSES, "fc1", **{f"synapse0__{name}": value for name, value in fields.items()})


def loop(**fields: Any) -> Graph:
    return changed(LOOP, "fc2_before", **fields)


def with_attention() -> Graph:
    """The graph with attention in its loop, which looks at all time steps."""
    heads = EventAttention(name="attention", inputs=("n1", "n1", "n1"), heads=2, size=4)
    layers: list[Node] = []
    for node in changed(LOOP, "fc2", synapse0__weight=np.zeros((4, 4), np.int64)).layers:
        layers += [node, heads] if node.name == "n1" else [node]
    graph = LOOP.with_layers(layers)
    return graph.replace("fc2", graph["fc2"].renamed("n1", "attention"))


def ints(*values: int) -> np.ndarray[tuple[int, ...], np.dtype[np.int64]]:
    return np.array(values, dtype=np.int64)


def with_line(graph: Graph, read: str) -> Graph:
    """The graph with a line between `read` and what reads it."""
    shape = graph.edges[read].shape
    made = DelayLine(name="late", inputs=(read,), shape=shape, delays=np.ones(math.prod(shape), np.int64))
    layers: list[Node] = []
    for node in graph.layers:
        layers += [node, made] if node.name == read else [node.renamed(read, made.name)]
    return graph.with_layers(layers)


DELAYS: list[tuple[str, Graph, str]] = [
    (
        "delay_line_reads_events",
        line(shape=(5,)),
        "receive_delayed: shape must be (4,), not (5,)",
    ),
    (
        "delay_line_reads_events",
        with_line(small_integer_graph(1, (6, 4, 2), time_steps=2), "encode"),
        "late: what is read must be sent at every time step, not once as a frame",
    ),
    (
        "delay_line_reads_events",
        with_line(test_maps.built(MAP_CASES[0]).graph, "encode"),
        "late: what is read must be events, not the events of encode in packed words",
    ),
    (
        "delays_are_of_each_neuron",
        line(delays=ints(1, 2, 3)),
        "receive_delayed: the shape of delays must be (4,), not (3,)",
    ),
    (
        "delays_are_of_each_neuron",
        line(delays=ints(0, 1, 2, 6)),
        "receive_delayed: the longest delay must be in 1..5, not 6",
    ),
    (
        "delays_are_of_each_neuron",
        line(delays=ints(0, 0, 0, 0)),
        "receive_delayed: the longest delay must be in 1..5, not 0",
    ),
    (
        "delays_are_of_each_neuron",
        line(delays=ints(0, 1, -2, 3)),
        "receive_delayed: the shortest delay must be in 0..3, not -2",
    ),
    (
        "lanes_are_a_power_of_two",
        line(lanes=3),
        "receive_delayed: lanes must be a power of two up to 32, not 3",
    ),
    (
        "lanes_are_a_power_of_two",
        line(lanes=64),
        "receive_delayed: lanes must be a power of two up to 32, not 64",
    ),
    (
        "synapses_are_sound",
        population(weight=ints(1, 2)),
        "fc1: weight must have 2 axes that are not empty, not shape (2,)",
    ),
    (
        "synapses_are_sound",
        population(delays=np.zeros((16, 3), np.int64)),
        "fc1: the shape of delays must be (16, 4), not (16, 3)",
    ),
    (
        "synapses_are_sound",
        population(weight=np.zeros((16, 3), np.int64), delays=np.zeros((16, 3), np.int64)),
        "fc1: columns of the weight must be 4, not 3",
    ),
    (
        "synapses_are_sound",
        population(delays=np.arange(64).reshape(SHAPE) // 63 * 6),
        "fc1: the longest delay must be in 0..5, not 6",
    ),
    (
        "synapses_are_sound",
        population(delays=np.full(SHAPE, -1)),
        "fc1: the shortest delay must be in 0..5, not -1",
    ),
    ("synapses_are_sound", population(weight_bits=9), "fc1: weight_bits must be in 2..8, not 9"),
    (
        "synapses_are_sound",
        population(weight=np.full(SHAPE, 128)),
        "fc1: the largest weight must be in 0..15, not 128",
    ),
    (
        "delays_close_a_loop",
        loop(delays=ints(1, 2)),
        "fc2_before: the shape of delays must be (4,), not (2,)",
    ),
    (
        "delays_close_a_loop",
        loop(inputs=("receive",), delays=ints(0, 1, 1, 1)),
        "fc2_before: the shortest delay must be in 1..5, not 0",
    ),
    (
        "delays_close_a_loop",
        loop(delays=ints(1, 1, 6, 1)),
        "fc2_before: the longest delay must be in 1..5, not 6",
    ),
    ("lanes_are_a_power_of_two", loop(lanes=6), "fc2_before: lanes must be a power of two up to 32, not 6"),
    ("counts_are_within_a_type", loop(low=1), "fc2_before: low must be in -2.14748e+09..0, not 1"),
    ("counts_are_within_a_type", loop(high=-1), "fc2_before: high must be in 0..2.14748e+09, not -1"),
    ("loop_line_reads_what_it_says", loop(base=-1), "fc2_before: base must be 0, not -1"),
    ("loop_line_reads_what_it_says", loop(high=2), "fc2_before: high must be 3, not 2"),
    (
        "loop_line_reads_what_it_says",
        loop(inputs=("fc3",)),
        "fc2_before: what is read must be events of every time step, not the scores of fc3",
    ),
    (
        "loops_go_by_steps",
        with_attention(),
        "fc2_before: a loop must not hold EventAttention attention, which sees all time steps",
    ),
]
