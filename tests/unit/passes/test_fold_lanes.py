"""Automatic lanes: requests first, then what pays within the board."""

from __future__ import annotations

import dataclasses
import math

import numpy as np
import pytest
from dense_graphs import dense_graph
from mixed_graphs import mixed_graph

from asn2fpga.config import Optimise
from asn2fpga.device.resources import Resources
from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check
from asn2fpga.graph.types import Array
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import foldable_nodes, integer_nodes, senders
from asn2fpga.kinds.population import population_named
from asn2fpga.passes.accounting import lower_bound_cycles, resource_work
from asn2fpga.passes.demand import demands
from asn2fpga.passes.estimate_resources import estimate, estimate_layer
from asn2fpga.passes.fold_firing import fold_firing, with_fire_lanes
from asn2fpga.passes.fold_lanes import SHARE_OF_BOARD, Aims, Folding, fold_lanes
from asn2fpga.passes.lanes import lane_groups, more_lanes, next_lanes, with_lanes
from asn2fpga.passes.place_products import place_products
from asn2fpga.passes.predict_cycles import predict_busy
from asn2fpga.passes.predictions import Predictions
from asn2fpga.passes.speed import Speed, speed_of

PLENTY = Resources(lut=10**7, ff=10**7, bram36=10**5, dsp=10**5)
PYNQ_Z2 = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)
NETWORK = dense_graph(784, 128, 10)


def lanes_of(graph: Graph) -> dict[str, int]:
    return {layer.name: layer.lanes for layer in foldable_nodes(graph)}


def counts(graph: Graph, share: float = 0.2) -> dict[str, Array]:
    """Counts of four inferences in which `share` of all neurons fire."""
    random, result = np.random.default_rng(3), {}
    for layer in senders(graph):
        edge = graph.edges[layer.name]
        result[layer.name] = (random.random((4, edge.steps, edge.size)) < share).astype(np.uint8)
    return result


def fold(graph: Graph, available: Resources = PLENTY, **aims: object) -> Folding:
    return fold_lanes(graph, counts(graph), available, Aims(**aims))  # type: ignore[arg-type]


def speed(graph: Graph) -> Speed:
    return speed_of(graph, demands(graph, counts(graph)))


def test_requested_lanes_are_taken_as_they_are() -> None:
    folding = fold(NETWORK, lanes={"fc1": 16, "fc2": 5})
    assert lanes_of(folding.graph) == {"fc1": 16, "fc2": 5}


def test_one_number_is_for_all_layers_and_at_most_one_lane_a_neuron() -> None:
    assert lanes_of(fold(NETWORK, lanes=32).graph) == {"fc1": 32, "fc2": 10}


def test_layers_that_were_not_requested_are_still_chosen() -> None:
    folding = fold(NETWORK, lanes={"fc2": 5})
    assert lanes_of(folding.graph)["fc2"] == 5 and lanes_of(folding.graph)["fc1"] > 1


def test_the_last_layer_gets_the_lanes_that_save_latency() -> None:
    """It does not limit the interval, so a search for the interval alone would leave it slow."""
    assert lanes_of(fold(NETWORK, PYNQ_Z2).graph)["fc2"] == 10


@pytest.mark.parametrize("optimise", ["latency", "interval", "balance"])
def test_what_is_optimised_is_at_least_as_good_as_by_the_other_choices(optimise: Optimise) -> None:
    """But for two events in one cycle, which are for latency alone."""
    best = fold(NETWORK, PYNQ_Z2, optimise=optimise).speed.figure(optimise)
    others: tuple[Optimise, ...] = (
        ("interval", "area") if optimise != "latency" else ("interval", "balance", "area")
    )
    assert all(
        best <= 1.01 * fold(NETWORK, PYNQ_Z2, optimise=other).speed.figure(optimise) for other in others
    )


def test_area_is_the_smallest_product_of_look_up_tables_squared_and_latency() -> None:
    small, others = fold(NETWORK, PYNQ_Z2, optimise="area"), ("latency", "interval", "balance")
    figures = [fold(NETWORK, PYNQ_Z2, optimise=other) for other in others]  # type: ignore[arg-type]
    assert all(area_time(small) <= area_time(other) for other in figures)
    assert estimate(small.graph).lut < max(estimate(other.graph).lut for other in figures)


def area_time(folding: Folding) -> float:
    return float(estimate(folding.graph).lut ** 2 * folding.speed.latency)


@pytest.mark.parametrize("optimise", ["balance", "interval", "latency"])
def test_firing_is_no_bottleneck_of_its_own(optimise: Optimise) -> None:
    """A part of the lanes fires, as long as the layer's interval stays near its bound."""
    graph = fold(NETWORK, PYNQ_Z2, optimise=optimise).graph
    layer = population_named(graph, "fc1")
    assert layer.fire_lanes < layer.lanes and layer.lanes % layer.fire_lanes == 0
    found = demands(graph, counts(graph))
    busy = predict_busy(graph, found)["fc1"]
    bound = lower_bound_cycles(resource_work(graph, found, len(busy))["fc1"], len(busy))
    assert busy.mean() <= 1.05 * bound + 12


def test_of_equally_fast_parts_the_smallest_fires() -> None:
    graph = with_lanes(NETWORK, {"fc1": 64, "fc2": 10})
    choices = population_named(graph, "fc1").fire_choices
    latencies = {lanes: speed(with_fire_lanes(graph, "fc1", lanes)).latency for lanes in choices}
    fastest = [lanes for lanes, latency in latencies.items() if latency == min(latencies.values())]
    assert len(fastest) > 1
    folded = fold_firing(graph, Predictions(counts(graph)), "latency")
    assert population_named(folded, "fc1").fire_lanes == min(fastest)


def test_lanes_that_are_given_fire_in_parts_too() -> None:
    layer = population_named(fold(NETWORK, PYNQ_Z2, lanes={"fc1": 64}).graph, "fc1")
    assert layer.lanes == 64 and layer.fire_lanes < 64


def test_products_are_made_by_slices_while_there_are_some() -> None:
    made = fold(NETWORK, PYNQ_Z2).graph
    assert population_named(made, "fc2").products == {"fc2": "dsp"}
    none = dataclasses.replace(PYNQ_Z2, dsp=0)
    assert population_named(place_products(made, none), "fc2").products == {"fc2": "auto"}


def test_products_take_no_more_slices_than_the_budget_has() -> None:
    made = fold(NETWORK, PYNQ_Z2).graph
    need = math.ceil(estimate(made).dsp)
    for slices, kept in ((need, True), (need - 1, False)):
        placed = place_products(made, dataclasses.replace(PYNQ_Z2, dsp=slices))
        assert (products_of(placed) == products_of(made)) is kept


def test_slices_go_first_where_each_saves_most() -> None:
    """Of fc2, which would take 32 of them, and fc3, which would take 5 for its pairs, one finds some left."""
    graph = with_lanes(dense_graph(784, 128, 64, 10), {"fc1": 128, "fc2": 32, "fc3": 10})
    placed = place_products(graph, dataclasses.replace(PYNQ_Z2, dsp=128 + 32))
    assert products_of(placed) == {"fc1": "auto", "fc2": "auto", "fc3": "paired"}


def test_slices_that_save_nothing_stay_free(monkeypatch: pytest.MonkeyPatch) -> None:
    """As of a kind of synapse that needs as many look-up tables beside its slices."""
    graph = with_lanes(dense_graph(784, 128, 10), {"fc1": 128, "fc2": 10})

    def without_savings(graph: Graph, node: IntegerNode) -> Resources:
        return dataclasses.replace(estimate_layer(graph, node), lut=1000.0)

    def all_without(graph: Graph) -> dict[str, Resources]:
        return {node.name: without_savings(graph, node) for node in integer_nodes(graph)}

    assert "dsp" in products_of(place_products(graph, PYNQ_Z2)).values()
    monkeypatch.setattr("asn2fpga.passes.place_products.estimate_layer", without_savings)
    monkeypatch.setattr("asn2fpga.passes.place_products.estimate_layers", all_without)
    assert "dsp" not in products_of(place_products(graph, PYNQ_Z2)).values()


def products_of(graph: Graph) -> dict[str, str]:
    """Synapse -> what makes its products."""
    return {name: by for layer in foldable_nodes(graph) for name, by in layer.products.items()}


def test_lanes_stay_within_their_share_of_the_board() -> None:
    small = Resources(lut=4000, ff=8000, bram36=60, dsp=20)
    folded = fold(NETWORK, small).graph
    need, budget = estimate(folded), small.times(SHARE_OF_BOARD)
    assert 1 < lanes_of(folded)["fc1"] < lanes_of(fold(NETWORK).graph)["fc1"]
    assert need.lut <= budget.lut and need.dsp <= budget.dsp and need.bram36 <= budget.bram36


def test_weights_that_fill_the_block_ram_do_not_stop_lanes() -> None:
    """784-560-256-10 needs 95 % of the block RAM of a PYNQ-Z2, whatever its lanes."""
    network = dense_graph(784, 560, 256, 10)
    assert estimate(network).bram36 > 0.9 * PYNQ_Z2.bram36
    folded = fold(network, PYNQ_Z2).graph
    assert min(lanes_of(folded).values()) >= 10
    assert estimate(folded).bram36 <= PYNQ_Z2.bram36


def test_a_network_that_does_not_fit_keeps_one_lane() -> None:
    none = Resources(lut=1, ff=1, bram36=1, dsp=1)
    assert lanes_of(fold(NETWORK, none).graph) == {"fc1": 1, "fc2": 1}


def test_no_layer_has_more_than_128_lanes() -> None:
    assert max(lanes_of(fold(dense_graph(784, 1000, 10)).graph).values()) == 128


def test_the_layer_that_limits_is_named_with_its_next_step() -> None:
    folding = fold(NETWORK, dataclasses.replace(PYNQ_Z2, lut=4000), lanes={"fc1": 1})
    step = folding.next_step
    assert folding.limiting == "fc1" and step is not None
    assert (step.layer, step.lanes, step.refused) == ("fc1", 2, "its lanes are given")
    wider = with_lanes(folding.graph, {"fc1": 2})
    assert step.need == estimate(wider) and step.speed == speed(wider)
    assert step.speed.interval < folding.speed.interval


def test_a_step_that_does_not_fit_says_so() -> None:
    step = fold(NETWORK, dataclasses.replace(PLENTY, dsp=10)).next_step
    assert step is not None and step.refused == "it would take 120% of DSP, above 80%"


@pytest.mark.parametrize("optimise", ["balance", "interval", "latency", "area"])
def test_the_next_step_of_lanes_that_are_given(optimise: Optimise) -> None:
    step = fold(NETWORK, lanes=1, optimise=optimise).next_step
    assert step is not None
    assert (step.lanes, step.refused) == (2, "its lanes are given")


def test_a_layer_with_all_lanes_has_no_next_step() -> None:
    graph = dense_graph(64, 32, 10)
    assert fold(graph, lanes={"fc1": 32, "fc2": 10}).next_step is None


def test_steps_skip_lanes_that_would_be_wasted() -> None:
    graph = dense_graph(4, 10, 2)
    steps = [1]
    while (lanes := next_lanes(with_lanes(graph, {"fc1": steps[-1]})["fc1"])) is not None:  # type: ignore[arg-type]
        steps.append(lanes)
    assert steps == [1, 2, 3, 4, 5, 10]


def test_steps_up_to_twice_the_lanes_are_tried() -> None:
    graph = dense_graph(4, 10, 2)
    found = {lanes: list(more_lanes(with_lanes(graph, {"fc1": lanes})["fc1"])) for lanes in (1, 2, 4, 5, 10)}  # type: ignore[arg-type]
    assert found == {1: [2], 2: [3, 4], 4: [5], 5: [10], 10: []}


def test_events_from_outside_bound_the_speed_as_well() -> None:
    graph = dense_graph(64, 32, 10, frames=False, time_steps=2)
    folding = fold(graph)
    assert folding.limiting == "source" or folding.speed.interval <= 2 * speed(graph).interval


def test_the_argument_is_not_changed() -> None:
    graph = dense_graph(784, 128, 10)
    fold(graph, PYNQ_Z2)
    assert lanes_of(graph) == {"fc1": 1, "fc2": 1}


def test_layers_that_share_currents_have_the_same_lanes() -> None:
    graph = mixed_graph()
    assert lane_groups(graph) == (("loop", "both"), ("scores",))
    assert lanes_of(with_lanes(graph, {"both": 5})) == {"loop": 5, "both": 5, "scores": 2}
    folded = lanes_of(fold(graph).graph)
    assert folded["loop"] == folded["both"] > 1
    check(fold(graph).graph)


def test_lanes_that_are_asked_for_go_to_all_that_share_currents() -> None:
    assert lanes_of(fold(mixed_graph(), lanes={"both": 3}, optimise="area").graph) == {
        "loop": 3,
        "both": 3,
        "scores": 2,
    }
    with pytest.raises(InputError) as error:
        fold(mixed_graph(), lanes={"loop": 2, "both": 3})
    assert str(error.value) == "lanes: layers that share currents must have equal lanes, not loop 2, both 3."


def test_a_chain_of_currents_is_one_group() -> None:
    graph = mixed_graph()
    third = dataclasses.replace(graph["both"], name="third", inputs=("source", "both", "both"))
    chain = graph.with_layers((*graph.layers[:3], third, graph.layers[3]))
    assert lane_groups(chain) == (("loop", "both", "third"), ("scores",))
