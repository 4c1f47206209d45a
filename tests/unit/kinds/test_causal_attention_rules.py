"""Causal attention: a graph that breaks each rule and what is said; widths; FIFOs that hold a step; words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from kinds.cases import CASES
from kinds.test_cases import graph_of, quantised

from asn2fpga.dataflow.dataflow import Dataflow
from asn2fpga.dataflow.lower import lower
from asn2fpga.dataflow.verify import check_dataflow
from asn2fpga.errors import RuleError, UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.rules import check, first_complaint
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


@pytest.mark.parametrize("case", BROKEN)
def test_a_broken_rule_is_said_in_one_sentence(case: str) -> None:
    graph, rule, message = BROKEN[case]
    complaint = first_complaint(graph)
    assert complaint is not None and (complaint.rule, complaint.text) == (rule, message)
    with pytest.raises((RuleError, UnsupportedError)):
        check(graph)


def test_what_the_memory_and_the_sums_can_hold() -> None:
    edges = INTEGER.edges_into(NODE)
    assert [(edge.low, edge.high) for edge in edges] == 3 * [(0, 4)]
    assert NODE.memory_range(edges) == (0, 4 * 4 * 4)  # time steps, key, value
    assert NODE.sum_range(edges) == (0, 3 * 4 * 64)  # elements of a head, query
    ternary = quantised(TERNARY).graph
    (node,) = ternary.of_type(EventAttention)
    edges = ternary.edges_into(node)
    assert node.memory_range(edges) == (-3, 3) and node.sum_range(edges) == (-15, 15)


def test_golden_is_the_sum_over_earlier_tokens() -> None:
    random, (batch, steps) = np.random.default_rng(4), (3, ATTENTION.time_steps)
    q, k, v = (random.integers(0, 5, (batch, steps, 6)) for _ in "qkv")
    found = NODE.run(INTEGER.edges_into(NODE), (q, k, v)).sent.reshape(batch, steps, 2, 3)
    for t in range(steps):
        for head in range(2):
            own = slice(3 * head, 3 * head + 3)
            memory = sum(k[:, s, own, None] * v[:, s, None, own] for s in range(t + 1))
            assert np.array_equal(found[:, t, head], (q[:, t, own, None] * memory).sum(axis=1))


def flow() -> Dataflow:
    return lower(INTEGER)


def test_queries_and_keys_have_room_for_a_step() -> None:
    streams = flow().streams
    (process,) = (found for found in flow().processes if found.in_any_order)
    assert process.name.endswith("_attend")
    for name in process.reads[1:]:
        assert streams[name].depth >= INTEGER[NODE.inputs[0]].neurons + 1  # type: ignore[attr-defined]


def test_a_fifo_of_keys_that_holds_no_step_is_refused() -> None:
    found = flow()
    (process,) = (one for one in found.processes if one.in_any_order)
    keys = process.reads[2]
    blocks = tuple(
        replace(
            block,
            streams=tuple(replace(s, depth=4) if s.name == keys else s for s in block.streams),
        )
        for block in found.blocks
    )
    with pytest.raises(RuleError) as error:
        check_dataflow(replace(found, blocks=blocks))
    assert str(error.value) == f"net: stream {keys} must hold 8 words, all of a time step, not 4."


def test_words_that_no_tool_takes_are_refused() -> None:
    edges = [replace(edge, shape=(4096,)) for edge in INTEGER.edges_into(NODE)]
    wide = replace(NODE, size=4096, heads=1)
    with pytest.raises(UnsupportedError) as error:
        wide.block(edges, object())  # type: ignore[arg-type]
    assert str(error.value) == (
        f"{NODE.name}: a packed word must have at most 8192 bits, not 86016; use more heads than 1, or fewer "
        "elements than 4096."
    )
