"""Graphs of causal attention that break a rule: the graph, the rule, and what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kinds.cases import CASES
from kinds.test_cases import graph_of, quantised

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.kinds.event_attention import EventAttention
from asn2fpga.kinds.operators.causal_attention import CausalAttention

ATTENTION, TERNARY = (case for case in CASES if case.name.startswith("causal attention"))
INTEGER, REAL = quantised(ATTENTION).graph, graph_of(ATTENTION)
(NODE,), (TRAINED,) = INTEGER.of_type(EventAttention), REAL.of_type(CausalAttention)


def with_fields(graph: Graph, node: Node, **fields: Any) -> Graph:
    return graph.replace(node.name, replace(node, **fields))


def neurons_from(base: int) -> Graph:
    """Keys whose lowest level is not 0."""
    population: Any = INTEGER[NODE.inputs[1]]
    return with_fields(INTEGER, population, neuron=replace(population.neuron, base=base))


def with_currents() -> Graph:
    """Queries without neurons."""
    first, *others = TRAINED.inputs
    graph = with_fields(REAL, TRAINED, inputs=("body_q", *others))
    return Graph(graph.name, tuple(node for node in graph.layers if node.name != first))


BROKEN: dict[str, tuple[Graph, str, str]] = {
    "four layers": (
        with_fields(INTEGER, NODE, inputs=(*NODE.inputs, NODE.inputs[0])),
        "attention_reads_three_layers",
        "what is read must be queries, keys and values, not 4 layers",
    ),
    "another size": (
        with_fields(INTEGER, NODE, size=8),
        "attention_reads_three_layers",
        "elements of queries, keys and values must be 8, not 6",
    ),
    "levels below 0": (
        neurons_from(-1),
        "attention_reads_three_layers",
        "levels of queries, keys and values must begin at 0, not at -1, which all elements would send at "
        "every time step; train with alpha 0 (learn_alpha=False)",
    ),
    "heads": (
        with_fields(INTEGER, NODE, heads=4),
        "heads_divide",
        "heads must divide the 6 elements, not be 4",
    ),
    "four trained layers": (
        with_fields(REAL, TRAINED, inputs=(*TRAINED.inputs, TRAINED.inputs[0])),
        "vectors_of_one_size_are_read",
        "attention must read queries, keys and values, not 4 layers",
    ),
    "currents": (
        with_currents(),
        "vectors_of_one_size_are_read",
        "queries, keys and values must be what neurons send, not currents (body.q); put a neuron there",
    ),
    "trained heads": (
        with_fields(REAL, TRAINED, heads=5),
        "vectors_of_one_size_are_read",
        "heads must divide the 6 channels of keys, not be 5",
    ),
}
