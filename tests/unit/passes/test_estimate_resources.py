"""The cheap estimate: geometry of memories, what grows with what, the text when a network does not fit."""

from __future__ import annotations

import pytest
from dense_graphs import dense_graph

from asn2fpga.errors import DoesNotFitError
from asn2fpga.passes.estimate_resources import (
    Memory,
    Resources,
    check_fit,
    estimate,
    estimate_layer,
    memory_resources,
)
from asn2fpga.passes.fold_lanes import with_lanes

PYNQ_Z2 = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)


@pytest.mark.parametrize(
    ("depth", "width_bits", "bram36"),
    [
        (512, 36, 0.5),
        (1024, 36, 1.0),
        (513, 36, 1.0),
        (2048, 9, 0.5),
        (16_384, 1, 0.5),
        (100_352, 8, 24.5),
        (1568, 512, 28.5),
    ],
)
def test_block_rams_follow_the_geometry_of_the_device(depth: int, width_bits: int, bram36: float) -> None:
    assert memory_resources(Memory(depth, width_bits, rom=True)) == Resources(bram36=bram36)


def test_small_memories_become_look_up_tables() -> None:
    assert memory_resources(Memory(16, 20, rom=True)).bram36 == 0
    assert memory_resources(Memory(16, 20, rom=True)).lut > 0


def test_more_lanes_need_more_of_the_fabric() -> None:
    graph = dense_graph(64, 32, 10)
    wide = with_lanes(graph, {"fc1": 8})
    assert estimate_layer(wide["fc1"]).lut > estimate_layer(graph["fc1"]).lut
    assert estimate_layer(wide["fc1"]).ff > estimate_layer(graph["fc1"]).ff


def test_the_estimate_of_a_graph_is_the_sum_of_its_layers() -> None:
    graph = dense_graph(64, 32, 10)
    parts = [estimate_layer(layer) for layer in graph.layers]
    assert estimate(graph).lut == sum(part.lut for part in parts)


def test_a_network_that_fits_is_accepted() -> None:
    check_fit(dense_graph(784, 128, 10), PYNQ_Z2)


def test_too_much_block_ram_names_the_layer_and_what_to_change() -> None:
    with pytest.raises(
        DoesNotFitError,
        match=(
            r"^fc1: the network must fit 140 block RAMs of 36 Kb, "
            r"not need about [\d,]+, [\d,]+ of them here; "
            r"use fewer than 8 weight bits \(--weight-bits\), make fc1 smaller than 2000 x 1000, "
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
