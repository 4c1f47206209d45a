"""The golden model as a whole: traces, chunks, inputs it refuses."""

from __future__ import annotations

import numpy as np
import pytest
from mixed_graphs import mixed_graph
from strategies import random_inputs, small_integer_graph

from asn2fpga.errors import InputError
from asn2fpga.golden.simulate import accuracy, simulate
from asn2fpga.graph.types import Array

FRAMES = small_integer_graph(0, (6, 4, 3), time_steps=2)
EVENTS = small_integer_graph(0, (6, 4, 3), encoding="events", time_steps=2, max_count=3)
MIXED = mixed_graph()


def test_a_trace_holds_every_layers_events() -> None:
    trace = simulate(FRAMES, random_inputs(FRAMES, 5))
    assert {name: counts.shape for name, counts in trace.counts.items()} == {
        "encode": (5, 1, 6),
        "fc1": (5, 2, 4),
    }
    assert trace.scores.shape == (5, 3)
    assert trace.scores.dtype == np.int64


def test_chunks_do_not_matter() -> None:
    x = random_inputs(EVENTS, 1203)
    whole, part = simulate(EVENTS, x), simulate(EVENTS, x[1100:1103])
    assert np.array_equal(whole.scores[1100:1103], part.scores)
    assert np.array_equal(whole.counts["fc1"][1100:1103], part.counts["fc1"])


def test_chunks_do_not_matter_where_a_layer_reads_itself() -> None:
    x = random_inputs(MIXED, 510)
    whole, part = simulate(MIXED, x), simulate(MIXED, x[495:505])
    assert np.array_equal(whole.scores[495:505], part.scores)
    assert np.array_equal(whole.counts["both"][495:505], part.counts["both"])


def test_no_inputs_give_no_scores() -> None:
    assert simulate(MIXED, random_inputs(MIXED, 0)).counts["both"].shape == (0, 3, 5)
    assert simulate(FRAMES, random_inputs(FRAMES, 0)).scores.shape == (0, 3)
    assert simulate(EVENTS, random_inputs(EVENTS, 0)).counts["fc1"].shape == (0, 2, 4)


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (np.zeros((5, 6), dtype=np.uint8), "x: the shape must be frames (B, 2, 3), not (5, 6)."),
        (np.zeros((2, 3), dtype=np.uint8), "x: the shape must be frames (B, 2, 3), not (2, 3)."),
        (
            np.zeros((5, 2, 3)),
            "x: frames must be uint8, not float64; scale pixels to 0..255 and convert.",
        ),
    ],
)
def test_frames_of_another_form_are_refused(x: Array, message: str) -> None:
    with pytest.raises(InputError) as error:
        simulate(FRAMES, x)
    assert str(error.value) == message


def test_pixels_above_the_largest_promised_are_refused() -> None:
    graph = small_integer_graph(1, (6, 4, 3), max_pixel=16)
    assert simulate(graph, np.full((5, 2, 3), 16, np.uint8)).scores.shape == (5, 3)
    with pytest.raises(InputError) as error:
        simulate(graph, np.full((1, 2, 3), 17, np.uint8))
    assert str(error.value) == "x: pixels must be 0..16, not 17..17."


@pytest.mark.parametrize(
    ("x", "message"),
    [
        (
            np.zeros((5, 3, 2, 3), dtype=np.uint8),
            "x: the shape must be event counts (B, 2, 2, 3), not (5, 3, 2, 3).",
        ),
        (np.zeros((5, 2, 2, 3)), "x: event counts must be integers, not float64."),
        (np.full((1, 2, 2, 3), 4), "x: event counts must be 0..3, not 4..4."),
        (np.full((1, 2, 2, 3), -1), "x: event counts must be 0..3, not -1..-1."),
    ],
)
def test_events_of_another_form_are_refused(x: Array, message: str) -> None:
    with pytest.raises(InputError) as error:
        simulate(EVENTS, x)
    assert str(error.value) == message


def test_accuracy_takes_the_first_of_equal_scores() -> None:
    scores = np.array([[1, 5, 5], [2, 0, 1]])
    assert accuracy(scores, np.array([1, 0])) == 1.0
    assert accuracy(scores, np.array([2, 0])) == 0.5
