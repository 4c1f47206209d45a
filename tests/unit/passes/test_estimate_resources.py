"""The cheap estimate: geometry of memories, what grows with what."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from asn2fpga.graph.layers import DenseReadout
from dense_graphs import dense_graph

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources
from asn2fpga.passes.estimate_resources import estimate, estimate_layer
from asn2fpga.passes.fold_lanes import with_lanes


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


def test_classes_of_different_scales_need_a_shifter() -> None:
    layer = dense_graph(64, 10)["fc1"]
    assert isinstance(layer, DenseReadout)
    shifted = dataclasses.replace(layer, shift=np.array([0] * 9 + [3]))
    assert estimate_layer(shifted).lut > estimate_layer(layer).lut


def test_the_estimate_of_a_graph_is_the_sum_of_its_layers() -> None:
    graph = dense_graph(64, 32, 10)
    parts = [estimate_layer(layer) for layer in graph.layers]
    assert estimate(graph).lut == sum(part.lut for part in parts)


@pytest.mark.parametrize(
    ("depth", "width_bits", "lut"),
    [(64, 40, 40), (200, 8, 32), (256, 8, 32), (257, 8, 70.4), (131_072, 8, 18_022.4)],
)
def test_a_large_rom_in_look_up_tables_needs_its_bits_and_a_choice(
    depth: int, width_bits: int, lut: float
) -> None:
    needed = memory_resources(Memory(depth, width_bits, rom=True, in_luts=True))
    assert (needed.bram36, round(needed.lut, 1)) == (0, lut)
