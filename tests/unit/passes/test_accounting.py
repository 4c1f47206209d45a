"""Bounds on cycles and operations against numbers worked out by hand from docs/spec/numerics.md."""

from __future__ import annotations

import pytest
from dense_graphs import dense_graph

from asn2fpga.ir.layers import Flatten
from asn2fpga.passes.accounting import groups, lower_bound_cycles, synops, weighted_layers
from asn2fpga.passes.fold_lanes import with_lanes


@pytest.mark.parametrize(
    ("neurons", "lanes", "expected"), [(128, 1, 128), (128, 64, 2), (10, 4, 3), (1, 1, 1)]
)
def test_groups_round_up(neurons: int, lanes: int, expected: int) -> None:
    assert groups(neurons, lanes) == expected


def test_encode_needs_its_words_and_its_events() -> None:
    assert lower_bound_cycles(dense_graph(785, 4, 2)["source"], 100.5) == 197 + 100.5


def test_receive_events_needs_its_words() -> None:
    assert lower_bound_cycles(dense_graph(9, 4, 2, frames=False, time_steps=3)["source"], 20) == 23


def test_population_needs_a_pass_an_event_and_a_pass_a_time_step() -> None:
    graph = with_lanes(dense_graph(9, 10, 2, time_steps=3), {"fc1": 4})
    assert lower_bound_cycles(graph["fc1"], 7) == 7 * 3 + 3 * 3


def test_readout_needs_a_pass_an_event_and_a_cycle_a_class() -> None:
    graph = with_lanes(dense_graph(9, 10, 5), {"fc2": 2})
    assert lower_bound_cycles(graph["fc2"], 7) == 7 * 3 + 5


def test_other_layers_have_no_cycles() -> None:
    with pytest.raises(TypeError, match=r"^flat: Flatten is no layer of hardware$"):
        lower_bound_cycles(Flatten(name="flat"), 1)


def test_synops_count_each_unit_of_each_spike_once_a_target() -> None:
    graph = dense_graph(9, 10, 5)
    assert synops(graph["fc1"], 3.5) == 35.0
    assert synops(graph["source"], 3.5) == 0.0


def test_weighted_layers_are_those_with_lanes() -> None:
    assert [layer.name for layer in weighted_layers(dense_graph(9, 10, 5))] == ["fc1", "fc2"]
