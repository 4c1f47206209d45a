"""Memories in UltraRAM: where the board has it, and what they take of it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from kinds.test_maps import built
from kinds.test_maps_by_step import case_of, stepwise

from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.lanes import with_parallel_pixels
from asn2fpga.passes.place_memories import place_memories, ultra_moves

PLENTY = Resources(lut=10**6, ff=10**6, bram36=10**3, dsp=10**4, uram=400)


@pytest.fixture(scope="module")
def graph() -> Graph:
    """Two maps over time of 32 x 32 pixels, whose membranes are deep."""
    case = case_of("events over time")
    return stepwise(built(replace(case, shape=(case.shape[0], 32, 32)), lanes=3).graph)


def named(graph: Graph) -> list[tuple[str, str]]:
    return [(move.layer, move.memory) for move in ultra_moves(graph)]


@pytest.mark.parametrize(
    ("depth", "width_bits", "uram"),
    [(4096, 72, 1), (4097, 72, 2), (4096, 73, 2), (10_000, 200, 9), (5, 1, 1)],
)
def test_ultra_rams_are_4096_words_of_72_bits(depth: int, width_bits: int, uram: int) -> None:
    memory = Memory(depth, width_bits, rom=False, in_ultra=True)
    assert memory_resources(memory) == Resources(uram=uram)


def test_nothing_lies_there_where_the_board_has_none(graph: Graph) -> None:
    assert named(place_memories(graph, replace(PLENTY, uram=0))) == []
    assert named(place_memories(graph, replace(PLENTY, uram=0, bram36=0))) == []


def test_what_frees_block_ram_while_that_is_short(graph: Graph) -> None:
    """One UltraRAM of many is cheaper anyway; where it is dear, it is taken for what block RAM lacks."""
    dear = replace(PLENTY, uram=2)
    assert named(place_memories(graph, dear)) == []
    short = replace(dear, bram36=estimate(graph).bram36 - 0.5)
    placed = place_memories(graph, short)
    (move,) = ultra_moves(placed)
    need, before = estimate(placed), estimate(graph)
    assert (need.uram, need.bram36) == (move.uram, before.bram36 - move.frees_bram36)
    assert need.bram36 <= short.bram36 and move.frees_bram36 > 0
    assert named(place_memories(placed, dear)) == []  # earlier choices are forgotten


def test_what_takes_a_smaller_part_of_the_board_there(graph: Graph) -> None:
    placed = place_memories(graph, PLENTY)
    moves = ultra_moves(placed)
    assert moves and all(move.uram / 400 < move.frees_bram36 / 1000 for move in moves)
    rest = estimate(placed)
    assert rest.uram == sum(move.uram for move in moves)
    assert rest.bram36 == estimate(graph).bram36 - sum(move.frees_bram36 for move in moves)
    assert (rest.lut, rest.ff, rest.dsp) == (estimate(graph).lut, estimate(graph).ff, estimate(graph).dsp)


def test_no_more_than_there_are(graph: Graph) -> None:
    short = replace(PLENTY, bram36=0, uram=1)
    assert estimate(place_memories(graph, short)).uram <= 1


def test_each_unit_of_a_map_has_its_own(graph: Graph) -> None:
    pixels = {node.name: 2 for node in foldable_nodes(graph)}
    placed = place_memories(with_parallel_pixels(graph, pixels), replace(PLENTY, uram=1000))
    assert all(move.uram % 2 == 0 for move in ultra_moves(placed))
    assert estimate(placed).uram == sum(move.uram for move in ultra_moves(placed)) > 0
