"""Automatic lanes: requests first, then balance within the board and the speed of the input."""

from __future__ import annotations

from dense_graphs import dense_graph

from asn2fpga.ir.graph import Graph
from asn2fpga.passes.accounting import lower_bound_cycles, weighted_layers
from asn2fpga.passes.estimate_resources import Resources, estimate
from asn2fpga.passes.fold_lanes import SHARE_OF_BOARD, fold_lanes, next_lanes, with_lanes

PLENTY = Resources(lut=10**7, ff=10**7, bram36=10**5, dsp=10**5)
PYNQ_Z2 = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)
EVENTS = {"fc1": 150.0, "fc2": 60.0}


def lanes_of(graph: Graph) -> dict[str, int]:
    return {layer.name: layer.lanes for layer in weighted_layers(graph)}


def test_requested_lanes_are_taken_as_they_are() -> None:
    assert lanes_of(fold_lanes(dense_graph(784, 128, 10), EVENTS, PLENTY, {"fc1": 16, "fc2": 5})) == {
        "fc1": 16,
        "fc2": 5,
    }


def test_one_number_is_for_all_layers_and_at_most_one_lane_a_neuron() -> None:
    assert lanes_of(fold_lanes(dense_graph(784, 128, 10), EVENTS, PLENTY, 32)) == {"fc1": 32, "fc2": 10}


def test_layers_that_were_not_requested_are_still_balanced() -> None:
    folded = fold_lanes(dense_graph(784, 128, 10), EVENTS, PLENTY, {"fc2": 5})
    assert folded["fc2"].lanes == 5  # type: ignore[attr-defined]
    assert folded["fc1"].lanes > 1  # type: ignore[attr-defined]


def test_lanes_grow_until_the_input_is_the_slowest() -> None:
    folded = fold_lanes(dense_graph(784, 64, 10), EVENTS, PLENTY)
    encode = lower_bound_cycles(folded["source"], EVENTS["fc1"])
    assert all(lower_bound_cycles(folded[name], EVENTS[name]) <= encode for name in EVENTS)


def test_a_layer_that_is_fast_enough_gets_no_more() -> None:
    folded = fold_lanes(dense_graph(784, 128, 10), {"fc1": 150.0, "fc2": 1.0}, PLENTY)
    assert lanes_of(folded)["fc2"] == 1


def test_lanes_stay_within_their_share_of_the_board() -> None:
    small = Resources(lut=4000, ff=8000, bram36=60, dsp=20)
    folded = fold_lanes(dense_graph(784, 128, 10), EVENTS, small)
    need, budget = estimate(folded), small.times(SHARE_OF_BOARD)
    assert (
        1 < lanes_of(folded)["fc1"] < lanes_of(fold_lanes(dense_graph(784, 128, 10), EVENTS, PLENTY))["fc1"]
    )
    assert need.lut <= budget.lut and need.dsp <= budget.dsp and need.bram36 <= budget.bram36


def test_a_network_that_does_not_fit_keeps_one_lane() -> None:
    none = Resources(lut=1, ff=1, bram36=1, dsp=1)
    assert lanes_of(fold_lanes(dense_graph(784, 128, 10), EVENTS, none)) == {"fc1": 1, "fc2": 1}


def test_no_layer_has_more_than_64_lanes() -> None:
    folded = fold_lanes(dense_graph(784, 1000, 10), {"fc1": 700.0, "fc2": 900.0}, PLENTY)
    assert max(lanes_of(folded).values()) <= 64


def test_steps_skip_lanes_that_would_be_wasted() -> None:
    graph = dense_graph(4, 10, 2)
    steps = [1]
    while (lanes := next_lanes(with_lanes(graph, {"fc1": steps[-1]})["fc1"])) is not None:  # type: ignore[arg-type]
        steps.append(lanes)
    assert steps == [1, 2, 3, 4, 5, 10]


def test_events_from_outside_bound_the_speed_as_well() -> None:
    folded = fold_lanes(
        dense_graph(64, 32, 10, frames=False, time_steps=2), {"fc1": 40.0, "fc2": 10.0}, PLENTY
    )
    assert lower_bound_cycles(folded["fc1"], 40.0) <= 2 * lower_bound_cycles(folded["source"], 40.0)


def test_the_argument_is_not_changed() -> None:
    graph = dense_graph(784, 128, 10)
    fold_lanes(graph, EVENTS, PYNQ_Z2)
    assert lanes_of(graph) == {"fc1": 1, "fc2": 1}
