"""What is said of a network that does not fit: the layer, and a change with which it does."""

from __future__ import annotations

import re

import pytest
from broken_graphs import changed
from dense_graphs import dense_graph
from mixed_graphs import mixed_graph

from asn2fpga.device.resources import Resources
from asn2fpga.errors import DoesNotFitError
from asn2fpga.graph.graph import Graph
from asn2fpga.passes.check_fit import bits_that_fit, check_fit
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.place_weights import place_weights

PYNQ_Z2 = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)


def with_bits(graph: Graph, bits: dict[str, int]) -> Graph:
    return graph.with_layers(
        changed(graph, layer.name, synapse0__weight_bits=bits[layer.name])[layer.name]
        if layer.name in bits
        else layer
        for layer in graph.layers
    )


def fits(graph: Graph, available: Resources) -> bool:
    need = estimate(place_weights(graph, available))
    return need.bram36 <= available.bram36 and need.lut <= available.lut


def test_a_network_that_fits_is_accepted() -> None:
    check_fit(dense_graph(784, 128, 10), PYNQ_Z2)


def test_too_much_block_ram_names_the_layer_and_what_to_change() -> None:
    with pytest.raises(
        DoesNotFitError,
        match=(
            r"^fc1: the network must fit 140 block RAMs of 36 Kb, "
            r"not need about [\d,]+, [\d,]+ of them here; "
            r"it fits with --weight-bits fc1=2,fc2=8, make fc1 smaller than 2000 x 1000, "
            r"or choose a larger board\.$"
        ),
    ):
        check_fit(dense_graph(2000, 1000, 10), PYNQ_Z2)


def test_two_bit_weights_cannot_get_narrower() -> None:
    with pytest.raises(
        DoesNotFitError,
        match=r"; make fc1 smaller than 4000 x 2000, or choose a larger board\.$",
    ):
        check_fit(dense_graph(4000, 2000, 10, bits=2), PYNQ_Z2)


def test_too_many_lanes_are_named_as_what_to_change() -> None:
    graph = with_lanes(dense_graph(64, 2000, 10, levels=15), {"fc1": 500})
    with pytest.raises(
        DoesNotFitError,
        match=r"^fc1: .*; use fewer than 500 lanes \(--lanes\), or choose a larger board\.$",
    ):
        check_fit(graph, Resources(lut=53_200, ff=106_400, bram36=1000, dsp=220))


def test_a_layer_without_lanes_can_only_get_a_larger_board() -> None:
    with pytest.raises(DoesNotFitError, match=r"; choose a larger board\.$"):
        check_fit(dense_graph(4, 2), Resources(lut=10, ff=10**6, bram36=10, dsp=10))


@pytest.mark.parametrize("sizes", [(1500, 800, 10), (784, 800, 400, 10), (1000, 500, 500, 500, 10)])
def test_the_bits_it_names_fit_and_no_layer_could_have_one_more(sizes: tuple[int, ...]) -> None:
    graph = dense_graph(*sizes)
    assert not fits(graph, PYNQ_Z2)
    bits = bits_that_fit(graph, PYNQ_Z2)
    assert bits is not None
    assert fits(with_bits(graph, bits), PYNQ_Z2)
    for layer, count in bits.items():
        assert count == 8 or not fits(with_bits(graph, bits | {layer: count + 1}), PYNQ_Z2)
    named = re.escape(",".join(f"{layer}={count}" for layer, count in bits.items()))
    with pytest.raises(DoesNotFitError, match=f"; it fits with --weight-bits {named}, "):
        check_fit(graph, PYNQ_Z2)


def test_no_bits_are_named_where_none_are_few_enough() -> None:
    assert bits_that_fit(dense_graph(4000, 2000, 10), PYNQ_Z2) is None


def test_a_network_that_fits_keeps_its_bits() -> None:
    assert bits_that_fit(dense_graph(784, 128, 10), PYNQ_Z2) == {"fc1": 8, "fc2": 8}


def test_weights_that_two_layers_share_get_one_width() -> None:
    graph = dense_graph(1500, 800, 800, 10)
    shared = changed(graph, "fc2", projection0__name="fc1")
    bits = bits_that_fit(shared, PYNQ_Z2)
    assert bits is not None and list(bits) == ["fc1", "fc3"]
    narrow = {"synapse0__weight_bits": bits["fc1"]}
    assert fits(changed(changed(shared, "fc1", **narrow), "fc2", **narrow), PYNQ_Z2)


def test_the_layers_of_a_branched_network_are_named_by_what_was_trained() -> None:
    graph = mixed_graph()
    assert bits_that_fit(graph, PYNQ_Z2) == {
        name: 4 for name in ("loop_0", "loop_1", "both_0", "both_2", "scores_0", "scores_1", "scores_2")
    }


def test_a_budget_can_be_larger_as_well() -> None:
    room = Resources(lut=10, ff=10**6, bram36=10, dsp=10)
    message = r"must fit 10 look-up tables \(1% of the board\), .*; choose a larger --budget or board\.$"
    with pytest.raises(DoesNotFitError, match=message):
        check_fit(dense_graph(4, 2), room, 0.01)
