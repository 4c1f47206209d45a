"""Packing of ROM rows against shifts of plain Python integers."""

from __future__ import annotations

import dataclasses
import re
import time
from typing import Any

import numpy as np
import pytest
from asn2fpga.codegen.population import weight_rom
from asn2fpga.graph.layers import DenseReadout
from dense_graphs import dense_graph

from asn2fpga.codegen.initialiser import initialiser
from asn2fpga.kinds.roms import Rom, group_lanes, level_rom, packed_words, rom


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
    memory = weight_rom(readout(weight=weight, lanes=2))
    assert memory.words.tolist() == [[0x0301, 0x05, 0x0402, 0x06]]


def test_weights_lie_in_look_up_tables_if_the_layer_says_so() -> None:
    assert not weight_rom(readout()).in_luts
    assert weight_rom(readout(weight_memory="lut")).in_luts


def readout(**fields: Any) -> DenseReadout:
    layer = dense_graph(2, 3)["fc1"]
    assert isinstance(layer, DenseReadout)
    return dataclasses.replace(layer, **fields)


def test_levels_start_at_whole_slices() -> None:
    random = np.random.default_rng(2)
    values = random.integers(-(2**16), 2**16, (3, 5, 2))  # 5 lanes of 17 bits: two slices a level
    memory = level_rom("t", "c", values, 17)
    assert (memory.slices, memory.width_bits) == (4, 256)
    for level in range(2):
        assert (memory.words[2 * level : 2 * level + 2] == packed_words(values[:, :, level], 17)).all()


def test_initialiser_is_read_back_and_narrow_enough() -> None:
    random = np.random.default_rng(1)
    memory = rom("name", "comment", random.integers(-(2**30), 2**30, (50, 3)), 31)
    text = initialiser(memory)
    found = [int(word, 16) for word in re.findall(r"0x[0-9a-f]+", text)]
    assert found == memory.words.ravel().tolist()
    assert max(map(len, text.splitlines())) <= 100
    assert text.count("{") == text.count("}") == memory.slices


def test_rows_shorter_than_a_digit() -> None:
    assert initialiser(rom("n", "c", np.array([[0], [1]]), 1)) == "    {\n      0x0, 0x1,\n    },\n"


def test_one_megabyte_is_written_in_about_a_second() -> None:
    values = np.random.default_rng(1).integers(-127, 128, (2**16, 16))
    started = time.process_time()
    text = initialiser(rom("name", "comment", values, 8))
    assert time.process_time() - started < 1.5
    assert len(text) > 2 * 2**20


def test_packed_words_does_not_change_its_argument() -> None:
    values = np.array([[-1, 1]])
    packed_words(values, 4)
    assert values.tolist() == [[-1, 1]]
