"""Convolutions whose weights are all one number: no memory and no DSP slice in the estimate, nor in RTL."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from made_rtl import make
from torch import nn

from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.maps.population import MapPopulation
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.synapses.convolution import Convolution
from asn2fpga.loader.save import convert
from asn2fpga.nn import NASN
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.place_products import place_products
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme

PLENTY = Resources(lut=1e6, ff=1e6, bram36=1e3, dsp=1e3)


def network(weights: torch.Tensor) -> Graph:
    """A convolution, one of each channel by itself with these weights, and scores; in DSP slices."""
    torch.manual_seed(0)
    each = nn.Conv2d(4, 4, 1, groups=4, bias=False)
    each.weight.data = weights.reshape(4, 1, 1, 1)
    first = nn.Conv2d(1, 4, 3, padding=1)
    module = nn.Sequential(first, NASN(15), each, NASN(4), nn.Flatten(), nn.Linear(64, 3)).eval()
    x = np.random.default_rng(0).integers(0, 16, (8, 1, 4, 4)).astype(np.uint8)
    real = convert(module, "net", torch.zeros(1, 1, 4, 4), input_scale=1 / 16, max_count=15).graph
    graph = quantise(real, Scheme(weight_bits=8), x).graph
    maps = [node.name for node in foldable_nodes(graph) if isinstance(node, MapPopulation)]
    return place_products(with_lanes(graph, dict.fromkeys(maps, 2)), PLENTY)


def found(graph: Graph) -> tuple[MapPopulation, int | None, int]:
    """The second convolution, its constant, and the DSP slices that multiply its weights."""
    node = [node for node in foldable_nodes(graph) if isinstance(node, MapPopulation)][1]
    synapse = node.projections[0].synapse
    assert isinstance(synapse, Convolution)
    edges = graph.edges_into(node)
    slices = node.product_slices(edges)
    assert slices is not None
    return node, synapse.constant(edges[0], node.lanes), slices[0]


def test_equal_weights_are_a_constant(tmp_path: Path) -> None:
    graph = network(torch.full((4,), 0.5))
    node, number, slices = found(graph)
    assert number is not None and slices == 0
    make(graph, tmp_path)
    (process,) = tmp_path.rglob(f"{node.name}_gather.sv")
    assert " * " not in process.read_text() and "weights" not in process.read_text()


def test_others_are_none() -> None:
    *_, number, _slices = found(network(torch.tensor([0.5, -0.5, 0.25, 0.1])))
    assert number is None


def test_lanes_without_a_channel_hold_zeros() -> None:
    graph = network(torch.full((4,), 0.5))
    node, *_ = found(graph)
    synapse = node.projections[0].synapse
    assert isinstance(synapse, Convolution)
    assert synapse.constant(graph.edges_into(node)[0], 3) is None
