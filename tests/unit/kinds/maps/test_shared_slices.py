"""Convolutions whose products are made in one loop are in DSP slices together, or not at all."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import torch
from made_rtl import make
from torch import Tensor, nn

from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.maps.population import MapPopulation
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.loader.save import convert
from asn2fpga.nn import NASN
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.place_products import place_products
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.synthesis.area import synthesise

BOARD = Resources(lut=1e6, ff=1e6, bram36=1e3, dsp=1e3)


class Joined(nn.Module):
    """Convolutions of two maps, added before a neuron."""

    def __init__(self) -> None:
        super().__init__()
        torch.manual_seed(0)
        self.first, self.fired = nn.Conv2d(1, 4, 3, padding=1), NASN(4)
        self.other, self.fired_too = nn.Conv2d(1, 4, 3, padding=1), NASN(4)
        self.second, self.beside = nn.Conv2d(4, 4, 3, padding=1), nn.Conv2d(4, 4, 1)
        self.joined, self.head = NASN(4), nn.Linear(64, 3)

    def forward(self, x: Tensor) -> Tensor:
        fired, other = self.fired(self.first(x)), self.fired_too(self.other(x))
        out: Tensor = self.head(self.joined(self.second(fired) + self.beside(other)).flatten(1))
        return out


def network() -> Graph:
    x = np.random.default_rng(0).integers(0, 16, (8, 1, 4, 4)).astype(np.uint8)
    real = convert(Joined().eval(), "net", torch.zeros(1, 1, 4, 4), input_scale=1 / 16, max_count=15).graph
    graph = quantise(real, Scheme(weight_bits=8), x).graph
    maps = [node.name for node in foldable_nodes(graph) if isinstance(node, MapPopulation)]
    return with_lanes(graph, dict.fromkeys(maps, 4))


def joined(graph: Graph) -> MapPopulation:
    (node,) = (n for n in foldable_nodes(graph) if isinstance(n, MapPopulation) and len(n.projections) == 2)
    return node


def test_both_are_in_slices_or_neither_is() -> None:
    graph = network()
    for slices in range(0, 40):
        placed = place_products(graph, dataclasses.replace(BOARD, dsp=float(slices)))
        assert len(set(joined(placed).products.values())) == 1
    assert set(joined(placed).products.values()) == {"dsp"}


def test_as_many_slices_are_counted_as_are_estimated(tmp_path: Path) -> None:
    graph = place_products(network(), BOARD)
    design = make(graph, tmp_path)
    module = synthesise(design, "xc7", tmp_path / "synth", tmp_path / "synth.log").modules
    node = joined(graph)
    estimated = node.product_slices(graph.edges_into(node))
    assert estimated is not None
    assert module[f"{node.name}_gather"].dsp == estimated[0] == 8
