"""Widths of packed words and the hardware's threshold type."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from asn2fpga.graph.layers import DensePopulation, DenseReadout
from asn2fpga.passes.packed_words import threshold_type, widest_word_bits
from strategies import small_integer_graph

from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.roms import rom_bits, value_type_of


def population(threshold: FixedType, acc: FixedType, **fields: object) -> DensePopulation:
    """A layer of 8 neurons with these types."""
    layer = small_integer_graph(1, (16, 8, 4), **fields)["fc1"]  # type: ignore[arg-type]
    assert isinstance(layer, DensePopulation)
    neuron = dataclasses.replace(layer.neuron, threshold_type=threshold, potential_type=acc)
    return dataclasses.replace(layer, neuron=neuron, acc_type=acc)


@pytest.mark.parametrize(
    ("threshold", "acc", "expected"),
    [
        ("s12", "s14", "s12"),
        ("u12", "s14", "s13"),
        ("u12", "u14", "u12"),
        ("s12", "u14", "u11"),
        ("s1", "u3", "u1"),
    ],
)
def test_thresholds_have_the_sign_of_the_potential(threshold: str, acc: str, expected: str) -> None:
    layer = population(FixedType.parse(threshold), FixedType.parse(acc))
    assert str(threshold_type(layer, lanes=8)) == expected


@pytest.mark.parametrize(("lanes", "expected"), [(8, "s1"), (3, "s2")])
def test_padding_lanes_need_a_positive_threshold(lanes: int, expected: str) -> None:
    layer = population(FixedType(1, True), FixedType(9, True))
    assert str(threshold_type(layer, lanes)) == expected


@pytest.mark.parametrize(("bits", "expected"), [(1, 64), (64, 64), (65, 128)])
def test_rom_rows_are_whole_slices(bits: int, expected: int) -> None:
    assert rom_bits(bits) == expected


@pytest.mark.parametrize(("values", "expected"), [([5], "u3"), ([-5], "s4"), ([-1, 200], "s9"), ([0], "u1")])
def test_values_with_the_zero_of_padding(values: list[int], expected: str) -> None:
    assert str(value_type_of(np.array(values))) == expected


def test_widest_word_of_neurons_without_membranes_is_sums_weights_or_thresholds() -> None:
    assert widest_word_bits(population(FixedType(12, True), FixedType(30, True)), 8) == 8 * 30
    assert (
        widest_word_bits(population(FixedType(12, True), FixedType(14, True)), 8) == 128
    )  # 96 bits, two slices
    assert widest_word_bits(population(FixedType(40, True), FixedType(14, True)), 8) == 8 * 40


def test_widest_word_counts_membranes() -> None:
    layer = population(FixedType(12, True), FixedType(14, True), time_steps=2)
    wide = dataclasses.replace(layer.neuron, state_type=FixedType(50, True))
    assert widest_word_bits(dataclasses.replace(layer, neuron=wide), 8) == 400


def test_widest_word_of_the_readout() -> None:
    layer = small_integer_graph(1, (16, 8, 4))["fc2"]
    assert isinstance(layer, DenseReadout)
    assert widest_word_bits(layer, 1) == 64
    assert widest_word_bits(dataclasses.replace(layer, acc_type=FixedType(20, True)), 4) == 80
