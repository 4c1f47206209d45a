"""Packing of ROM rows against shifts of plain Python integers."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.roms import Rom, group_lanes, lane_rom, level_rom, packed_words, rom
from asn2fpga.kinds.synapses.dense import Dense
from asn2fpga.kinds.synapses.diagonal import OneToOne

EDGE = Edge((2,), "events", FixedType(2, False), 0, 3)


def row_value(memory: Rom, row: int) -> int:
    return sum(int(words[row]) << (64 * index) for index, words in enumerate(memory.words))


@pytest.mark.parametrize("bits", [1, 3, 8, 13, 31, 33, 63, 64])
@pytest.mark.parametrize("lanes", [1, 2, 5, 16])
def test_rows_hold_lanes_in_twos_complement_lane_0_low(bits: int, lanes: int) -> None:
    random = np.random.default_rng(bits * 100 + lanes)
    values = random.integers(-(2 ** (bits - 1)), 2 ** (bits - 1), (4, lanes))
    memory = rom("name", "comment", values, bits)
    for row in range(4):
        expected = sum(
            (int(value) & (1 << bits) - 1) << bits * lane for lane, value in enumerate(values[row])
        )
        assert row_value(memory, row) == expected
    assert (memory.width_bits, memory.rows) == (bits * lanes, 4)
    assert memory.slices == -(-bits * lanes // 64)


def test_last_group_is_padded() -> None:
    grouped = group_lanes(np.arange(5), 3, padding=9)
    assert grouped.tolist() == [[0, 1, 2], [3, 4, 9]]
    assert group_lanes(np.ones((5, 2), np.int64), 3).shape == (2, 3, 2)


def test_weight_rows_are_input_major_and_padding_weights_zero() -> None:
    weight = np.array([[1, 2], [3, 4], [5, 6]])  # 3 neurons, 2 inputs
    (memory,) = Dense(weight=weight, weight_bits=8).roms("fc", lanes=2)
    assert (memory.name, memory.comment) == ("fc_weights", "2 inputs x 2 groups of 2 weights")
    assert memory.words.tolist() == [[0x0301, 0x05, 0x0402, 0x06]]


def test_weights_one_to_one_are_a_row_each_whatever_the_lanes() -> None:
    (memory,) = OneToOne(weight=np.array([1, -2, 3]), weight_bits=4).roms("fc", lanes=2)
    assert (memory.name, memory.comment, memory.width_bits) == ("fc_weights", "one weight a neuron", 4)
    assert memory.words.tolist() == [[0x1, 0xE, 0x3]]


@pytest.mark.parametrize(
    "synapse",
    [
        Dense(weight=np.ones((3, 2), np.int64), weight_bits=8),
        OneToOne(weight=np.ones(3, np.int64), weight_bits=8),
    ],
)
def test_weights_lie_in_look_up_tables_if_the_synapses_say_so(synapse: Dense | OneToOne) -> None:
    in_tables = replace(synapse, memory="lut")
    assert [memory.in_luts for memory in synapse.roms("fc", 1)] == [False]
    assert [memory.in_luts for memory in in_tables.roms("fc", 1)] == [True]
    assert (synapse.weight_memory(EDGE, 1).in_luts, in_tables.weight_memory(EDGE, 1).in_luts) == (False, True)


def test_memories_are_the_same_if_all_their_words_are_and_they_lie_alike() -> None:
    values = np.array([[1, 2], [3, 4]])
    memory = rom("a", "any", values, 4)
    assert memory.holds_the_same_as(rom("b", "other", values.copy(), 4))
    assert not memory.holds_the_same_as(rom("a", "any", values, 5))
    assert not memory.holds_the_same_as(rom("a", "any", values + 1, 4))
    assert not memory.holds_the_same_as(rom("a", "any", values[:1], 4))
    assert not memory.holds_the_same_as(replace(memory, in_luts=True))


def test_one_value_a_neuron_in_the_narrowest_type_that_holds_zero_too() -> None:
    memory = lane_rom("b", np.array([-3, 2, 1]), 2)
    assert (memory.width_bits, memory.words.tolist()) == (2 * 3, [[0b010_101, 0b001]])
    assert lane_rom("b", np.array([5, 6, 7]), 2).width_bits == 2 * 3  # unsigned


def test_levels_start_at_whole_slices() -> None:
    random = np.random.default_rng(2)
    values = random.integers(-(2**16), 2**16, (3, 5, 2))  # 5 lanes of 17 bits: two slices a level
    memory = level_rom("t", "c", values, 17)
    assert (memory.slices, memory.width_bits) == (4, 256)
    for level in range(2):
        assert (memory.words[2 * level : 2 * level + 2] == packed_words(values[:, :, level], 17)).all()


def test_packed_words_does_not_change_its_argument() -> None:
    values = np.array([[-1, 1]])
    packed_words(values, 4)
    assert values.tolist() == [[-1, 1]]
