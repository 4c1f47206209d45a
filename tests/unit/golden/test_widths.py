"""What accumulators and membranes held: the extremes of golden, and never more than is provided."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from strategies import small_integer_graph
from torch import nn

from asn2fpga.golden.simulate import simulate, values_of
from asn2fpga.golden.widths import held_by
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array, FixedType
from asn2fpga.kinds.contract import Values
from asn2fpga.kinds.held import Held
from asn2fpga.loader.save import convert
from asn2fpga.nn import LIF, CubaLIF, RepeatTime, TimeSum
from asn2fpga.quantise.apply import quantise


@pytest.mark.parametrize(
    ("low", "high", "given", "used"),
    [
        (0, 5, "u8", 3),
        (-3, 4, "s16", 4),
        (0, 7, "s16", 4),
        (0, 0, "u4", 1),
        (-1, 0, "s9", 1),
        (0, 0, "s9", 1),
    ],
)
def test_bits_that_were_used(low: int, high: int, given: str, used: int) -> None:
    assert Held("sums", FixedType.parse(given), low, high).used_bits == used


def test_sums_of_a_dense_network_are_those_of_numpy() -> None:
    graph = small_integer_graph(3, (12, 8, 4))
    x = np.random.default_rng(1).integers(0, 2, (20, 12), dtype=np.uint8)
    found = held_by(graph, x)
    values = values_of(graph, x)
    for name, (sums, *_) in found.items():
        computed = values[name]
        added = computed.sums if name == graph.readout.name else computed.currents
        assert added is not None and sums.what == "sums"
        assert (sums.low, sums.high) == (added.min(), added.max())
    assert graph.readout.name in found and len(found) == 2


def test_inputs_are_computed_in_parts_that_fit_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    graph = small_integer_graph(3, (12, 8, 4), time_steps=3)
    x = np.random.default_rng(1).integers(0, 2, (20, 12), dtype=np.uint8)
    whole, sizes = held_by(graph, x), list[int]()

    def counted(graph: Graph, x: Array) -> dict[str, Values]:
        sizes.append(len(x))
        return values_of(graph, x)

    monkeypatch.setattr("asn2fpga.golden.widths.values_of", counted)
    monkeypatch.setattr("asn2fpga.golden.simulate.BLOCK_ELEMENTS", 12 * 3 * 3)
    assert held_by(graph, x) == whole and len(whole) == 2
    assert len(sizes) > 2 and sum(sizes) == 20 and max(sizes) <= 9


@pytest.mark.parametrize(
    ("neuron", "kinds"),
    [
        (LIF(0.9, time_steps=5), ("sums", "membranes")),
        (CubaLIF(0.75, 0.5, time_steps=5), ("sums", "membranes", "currents")),
    ],
)
def test_membranes_stay_within_their_types(neuron: nn.Module, kinds: tuple[str, ...]) -> None:
    torch.manual_seed(1)
    module = nn.Sequential(nn.Flatten(), RepeatTime(5), nn.Linear(10, 6), neuron, nn.Linear(6, 3), TimeSum())
    x = np.random.default_rng(2).integers(0, 256, (30, 10)).astype(np.uint8)
    real = convert(module, "net", torch.zeros(1, 10), input_scale=1 / 255).graph
    graph = quantise(real, None, x).graph
    held = held_by(graph, x)
    hidden, end = (held[name] for name in held)
    assert tuple(one.what for one in hidden) == kinds and tuple(one.what for one in end) == ("sums",)
    for one in (*hidden, *end):
        assert one.type.min <= one.low < one.high <= one.type.max
        assert 1 < one.used_bits <= one.type.width_bits
    assert simulate(graph, x).scores.shape == (30, 3)
