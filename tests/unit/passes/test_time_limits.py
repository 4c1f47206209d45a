"""Limits follow from the design: what is slower may take longer, whatever is watched."""

from __future__ import annotations

import typing

import pytest
from dense_graphs import dense_graph

from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.time_limits import (
    PATIENCE,
    QUIET_CYCLES,
    Seen,
    predicted_cycles,
    time_limits,
)

ALL: tuple[Seen, ...] = typing.get_args(Seen)


def test_a_prediction_holds_for_any_input() -> None:
    """At least every weight row of every event; frames are integrated once, events at every step."""
    assert predicted_cycles(dense_graph(20, 12, 5)) >= 20 * 12 + 12 * 5
    assert predicted_cycles(dense_graph(20, 12, 5, time_steps=3)) >= 20 * 12 + 3 * 12 * 5
    assert predicted_cycles(dense_graph(20, 12, 5, time_steps=3, frames=False)) >= 3 * (20 * 12 + 12 * 5)


@pytest.mark.parametrize("seen", ALL)
def test_more_work_may_take_longer(seen: Seen) -> None:
    small, large = dense_graph(20, 12, 5), dense_graph(20, 120, 5)
    assert QUIET_CYCLES < time_limits(small, seen).quiet_cycles < time_limits(large, seen).quiet_cycles
    assert time_limits(small, seen).answer_cycles < time_limits(large, seen).answer_cycles


@pytest.mark.parametrize("seen", ALL)
def test_lanes_save_patience(seen: Seen) -> None:
    graph = dense_graph(20, 120, 5)
    assert (
        time_limits(with_lanes(graph, {"fc1": 8}), seen).quiet_cycles < time_limits(graph, seen).quiet_cycles
    )


def test_a_word_of_a_layer_of_one_lane_takes_a_cycle_for_each_neuron() -> None:
    assert time_limits(dense_graph(4, 30_000, 2), "streams").quiet_cycles == QUIET_CYCLES + PATIENCE * 30_000


def test_who_sees_less_waits_longer() -> None:
    graph = dense_graph(784, 128, 10, time_steps=4)
    by_streams, by_events, by_ports = (time_limits(graph, seen).quiet_cycles for seen in ALL)
    assert by_streams < by_events < by_ports
    assert by_ports == time_limits(graph, "streams").answer_cycles


def test_a_message_may_take_as_long_as_its_inferences() -> None:
    limits = time_limits(dense_graph(20, 12, 5), "ports")
    assert limits.answers(6) == 6 * limits.answer_cycles
    assert limits.answers(0) == limits.answer_cycles
