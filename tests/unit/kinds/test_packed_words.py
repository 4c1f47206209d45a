"""Widths of packed words and the hardware's threshold type."""

from __future__ import annotations

import numpy as np
import pytest
from broken_graphs import changed
from mixed_graphs import mixed_graph
from strategies import small_integer_graph

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.graded_hardware import threshold_type
from asn2fpga.kinds.population import Population, population_named
from asn2fpga.kinds.roms import rom_bits, value_type_of


def widest(graph: Graph, name: str, lanes: int, **fields: object) -> int:
    """Of the widest word of a layer with these fields and lanes."""
    return population_named(changed(graph, name, **fields), name).widest_word(lanes)


def population(threshold: str, acc: str, **fields: object) -> Population:
    """A layer of 8 neurons with these types."""
    graph = small_integer_graph(1, (16, 8, 4), **fields)  # type: ignore[arg-type]
    types = {"neuron__threshold_type": threshold, "neuron__potential_type": acc, "acc_type": acc}
    parsed = {key: FixedType.parse(text) for key, text in types.items()}
    return population_named(changed(graph, "fc1", **parsed), "fc1")


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
    assert str(threshold_type(population(threshold, acc).graded, channels=8, lanes=8)) == expected


@pytest.mark.parametrize(("lanes", "expected"), [(8, "s1"), (3, "s2")])
def test_padding_lanes_need_a_positive_threshold(lanes: int, expected: str) -> None:
    assert str(threshold_type(population("s1", "s9").graded, 8, lanes)) == expected


@pytest.mark.parametrize(("bits", "expected"), [(1, 64), (64, 64), (65, 128)])
def test_rom_rows_are_whole_slices(bits: int, expected: int) -> None:
    assert rom_bits(bits) == expected


@pytest.mark.parametrize(("values", "expected"), [([5], "u3"), ([-5], "s4"), ([-1, 200], "s9"), ([0], "u1")])
def test_values_with_the_zero_of_padding(values: list[int], expected: str) -> None:
    assert str(value_type_of(np.array(values))) == expected


def test_widest_word_of_neurons_without_membranes_is_sums_weights_or_thresholds() -> None:
    assert population("s12", "s30").widest_word(8) == 8 * 30
    assert population("s12", "s14").widest_word(8) == 128  # 96 bits, two slices
    assert population("s40", "s14").widest_word(8) == 8 * 40


def test_widest_word_counts_membranes() -> None:
    graph = small_integer_graph(1, (16, 8, 4), time_steps=2)
    assert widest(graph, "fc1", 8, membrane__state_type=FixedType(50, True)) == 400


def test_widest_word_counts_what_only_some_membranes_have() -> None:
    graph = small_integer_graph(1, (16, 8, 4), time_steps=2)
    values = np.full(8, -(2**40) + 1)
    for field in ("leaks", "floors", "bias", "resets"):
        assert widest(graph, "fc1", 8, **{f"membrane__{field}": values}) == rom_bits(8 * 41)


def test_widest_word_counts_the_weights_of_every_projection() -> None:
    graph = mixed_graph()
    assert widest(graph, "both", 1) == 64
    assert widest(graph, "both", 40, acc_type=FixedType(2, True)) == rom_bits(40 * 4)
    wide = widest(
        graph,
        "both",
        400,
        acc_type=FixedType(2, True),
        neuron__threshold_type=FixedType(2, True),
        membrane__state_type=FixedType(2, True),
        membrane__bias=np.zeros(5, np.int64),
        membrane__resets=np.zeros(5, np.int64),
        synapse0__weight_bits=8,
    )
    assert wide == 400 * 8


def test_widest_word_of_the_readout() -> None:
    graph = small_integer_graph(1, (16, 8, 4))
    assert widest(graph, "fc2", 1) == 64
    assert widest(graph, "fc2", 4, acc_type=FixedType(20, True)) == 80
