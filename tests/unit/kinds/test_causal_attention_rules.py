"""Causal attention: a graph that breaks each rule and what is said; widths; FIFOs that hold a step; words."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from broken_causal import ATTENTION, BROKEN, INTEGER, NODE, TERNARY
from kinds.test_cases import quantised

from asn2fpga.dataflow.dataflow import Dataflow
from asn2fpga.dataflow.lower import lower
from asn2fpga.dataflow.verify import check_dataflow
from asn2fpga.errors import RuleError, UnsupportedError
from asn2fpga.graph.rules import check, first_complaint
from asn2fpga.kinds.event_attention import EventAttention


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
