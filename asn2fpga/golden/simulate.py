"""The golden model: run an integer graph, exactly, and keep every layer's events. THE definition.

What each kind computes stands in its own file (asn2fpga/kinds), in numpy and without code of the hardware;
here the values go from node to node, whole sequences; where the network has a loop of several, step by step.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from asn2fpga.graph.arrays import IntArray, as_integer
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.loops import Part, parts_of
from asn2fpga.graph.trace import Trace, concatenate
from asn2fpga.graph.types import Array
from asn2fpga.kinds.contract import IntegerNode, Values
from asn2fpga.kinds.nodes import answer_of, integer_nodes
from asn2fpga.kinds.sources.source import source_of

BLOCK_ELEMENTS = 1 << 20  # of the largest layer, that are computed together: what caches hold
CHUNK = 500  # inferences at most


def simulate(graph: Graph, x: Array) -> Trace:
    """Run an integer graph. x: frames (B, *shape) uint8, or event counts (B, T, *shape), else InputError."""
    return concatenate(list(_parts(graph, x)))


def scores_of(graph: Graph, x: Array) -> IntArray:
    """(B, C) the scores alone: of many inputs, what layers send would fill the memory."""
    return np.concatenate([part.scores for part in _parts(graph, x)])


def answers_of(graph: Graph, x: Array) -> IntArray:
    """(B, rows, values) all that the read-out sends."""
    return np.concatenate([part.answers for part in _parts(graph, x)])


def driver_scores_of(graph: Graph, x: Array) -> tuple[IntArray, IntArray | None]:
    """What the driver of the package gives: scores (B, C), or (B, T, C) of every time step; of an early exit
    also the time steps used (B,).
    """
    answers, answer = answers_of(graph, x), answer_of(graph)
    if answer.exits:
        return answers[:, 0, :-1], answers[:, 0, -1]
    return (answers if answer.rows > 1 else answers[:, 0]), None


def _parts(graph: Graph, x: Array) -> Iterator[Trace]:
    source_of(graph).check(x)
    for part in chunks_of(graph, x):
        yield _simulate_chunk(graph, part)


def chunks_of(graph: Graph, x: Array) -> Iterator[Array]:
    """The inputs in parts that are computed together, one at least."""
    largest = max(edge.size * edge.steps for edge in graph.edges.values())
    chunk = min(CHUNK, max(1, BLOCK_ELEMENTS // largest))
    for start in range(0, max(1, len(x)), chunk):
        yield x[start : start + chunk]


def values_of(graph: Graph, x: Array) -> dict[str, Values]:
    """All that every node computes for inputs that fit into the memory together."""
    values: dict[str, Values] = {}
    for part in parts_of(integer_nodes(graph)):
        if len(part.nodes) > 1:
            _run_loop(graph, part, len(x), values)
            continue
        (node,) = part.nodes
        inputs = [x] if node.is_source else _arriving(node, values)
        values[node.name] = node.run(graph.edges_into(node), inputs)
    return values


def _simulate_chunk(graph: Graph, x: Array) -> Trace:
    values = values_of(graph, x)
    answers = as_integer(values.pop(graph.readout.name).sent)
    counts = {name: values[name].sent for name in graph.edges if name in values}
    return Trace.of(answers, counts, answer_of(graph).exits)


def _arriving(node: IntegerNode, values: dict[str, Values]) -> list[Array]:
    """What arrives at a node, input by input, but for what it sent before itself."""
    read = enumerate(node.inputs)
    return [_read(node, position, values[name]) for position, name in read if not node.keeps(position)]


def _read(node: IntegerNode, position: int, values: Values) -> Array:
    sent = values.currents if node.reads(position) == "currents" else values.sent
    assert sent is not None, "a rule forbids to read currents where there are none"
    return sent


def _run_loop(graph: Graph, part: Part[IntegerNode], batch: int, values: dict[str, Values]) -> None:
    """All nodes of a loop at one time step, then at the next one; `values` are those of nodes before it."""
    values |= {node.name: _nothing(graph, node, batch) for node in part.nodes}
    reads = {node.name: graph.edges_into(node) for node in part.nodes}
    states = {node.name: node.begin(batch) for node in part.nodes}
    for index in range(graph.edges[part.nodes[0].name].time_steps):
        for node in part.nodes:
            inputs = [_read(node, i, values[name]) for i, name in enumerate(node.inputs)]
            state, found = node.step(reads[node.name], inputs, index, states[node.name])
            states[node.name] = state
            values[node.name].put(index, found)


def _nothing(graph: Graph, node: IntegerNode, batch: int) -> Values:
    """Room for what a node of a loop computes."""
    edge = graph.edges[node.name]
    shape = (batch, edge.time_steps, edge.size)
    has_currents = node.name in graph.currents
    return Values(
        np.zeros(shape, edge.fixed.numpy_dtype), np.zeros(shape, np.int64) if has_currents else None
    )


def accuracy(scores: Array, y: Array) -> float:
    """Part of the samples whose largest score (the first of equal ones) is at class y (B,)."""
    return float(np.mean(scores.argmax(axis=1) == y))
