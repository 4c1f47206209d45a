"""The exact comparison and its sentence."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass, field

import numpy as np
import pytest
from loop_graphs import LOOPS, T
from strategies import random_inputs, small_integer_graph

from asn2fpga.errors import MismatchError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.quantise.apply import quantise
from asn2fpga.verify.compare import Difference, VectorNames, compare, first_difference

GRAPH = small_integer_graph(1, (16, 8, 4), time_steps=2)


@dataclass
class Copy:
    """A trace that may be changed."""

    scores: Array
    counts: dict[str, Array] = field(default_factory=dict)

    @property
    def answers(self) -> Array:
        """One row of scores for each inference."""
        return self.scores[:, None]

    @classmethod
    def of(cls, trace: Trace) -> Copy:
        return cls(trace.scores.copy(), {name: counts.copy() for name, counts in trace.counts.items()})


@pytest.fixture
def golden_trace() -> Trace:
    return simulate(GRAPH, random_inputs(GRAPH, 5))


def expect(message: str) -> object:
    return pytest.raises(MismatchError, match=f"^{re.escape(message)}$")


def test_equal_traces_count_their_values(golden_trace: Trace) -> None:
    assert compare(GRAPH, golden_trace, Copy.of(golden_trace), "B") == 5 * (16 + 2 * 8 + 4)


def test_one_layer_only(golden_trace: Trace) -> None:
    assert compare(GRAPH, golden_trace, Copy.of(golden_trace), "B", layer="fc1") == 5 * 2 * 8


def test_difference_names_layer_vector_step_and_neuron(golden_trace: Trace) -> None:
    actual = Copy.of(golden_trace)
    expected = int(actual.counts["fc1"][3, 1, 6])
    actual.counts["fc1"][3, 1, 6] += 1
    with expect(
        f"layer fc1, vector 13, time step 1, neuron 6: expected {expected}, got {expected + 1}; "
        "rerun with: asn2fpga verify build/x --vector 13 --layer fc1"
    ):
        compare(GRAPH, golden_trace, actual, "build/x", names=VectorNames(10))


def test_lowest_vector_then_first_layer_wins(golden_trace: Trace) -> None:
    actual = Copy.of(golden_trace)
    actual.scores[1, 2] += 5
    actual.counts["fc1"][4] += 1
    expected = int(golden_trace.scores[1, 2])
    with expect(
        f"layer fc2, vector 1, time step 0, neuron 2: expected {expected}, got {expected + 5}; "
        "rerun with: asn2fpga verify B --vector 1 --layer fc2"
    ):
        compare(GRAPH, golden_trace, actual, "B")
    actual.counts["fc1"][1, 0, 0] += 1
    with pytest.raises(MismatchError, match=r"^layer fc1, vector 1, time step 0, neuron 0: "):
        compare(GRAPH, golden_trace, actual, "B")


def test_layers_of_two_or_three_axes_show_coordinates() -> None:
    expected = np.zeros((4, 2, 54), np.int64)
    expected[3, 1, 53] = 2
    actual = expected.copy()
    actual[3, 1, 53] = 1
    edge = Edge((3, 6, 3), "events", FixedType(2, False))
    found = first_difference("conv1", edge, expected, actual)
    assert found == Difference("conv1", edge, 3, 1, 53, 2, 1)
    assert found.sentence("BUILD") == (
        "layer conv1, vector 3, time step 1, neuron 53 (c=2,y=5,x=2): expected 2, got 1; "
        "rerun with: asn2fpga verify BUILD --vector 3 --layer conv1"
    )
    flat = first_difference("image", dataclasses.replace(edge, shape=(9, 6)), expected, actual)
    assert flat is not None and "neuron 53 (y=8,x=5): " in flat.sentence("BUILD")


def test_other_shapes_are_refused(golden_trace: Trace) -> None:
    actual = Copy.of(golden_trace)
    actual.counts["fc1"] = actual.counts["fc1"][:, :1]
    with expect("layer fc1: values must have shape (5, 2, 8), not (5, 1, 8)."):
        compare(GRAPH, golden_trace, actual, "B")


def test_vectors_that_are_sent_again_keep_their_numbers() -> None:
    names = VectorNames(first=100, order=(0, 1, 2, 0, 1))
    assert [names.number(vector) for vector in range(5)] == [100, 101, 102, 100, 101]


def test_of_a_loop_the_first_time_step_is_named() -> None:
    """What is wrong in a later layer makes one before it wrong, a time step after that."""
    graph = quantise(LOOPS["over two layers"][0]).graph
    x = np.full((2, T, 4), 2, np.uint8)
    expected = simulate(graph, x)
    counts = {name: values.copy() for name, values in expected.counts.items()}
    counts["fc2"][1, 2, 3] ^= 1
    counts["fc2_before"][1, 3, 3] ^= 1
    with pytest.raises(
        MismatchError, match=r"^layer fc2, vector 1, time step 2, neuron 3: expected \d, got \d; "
    ):
        compare(graph, expected, Trace(expected.scores, counts), "B")
