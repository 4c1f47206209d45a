"""The estimate of adaptive neurons beside what Yosys counted of their processes (synth_xilinx, xc7)."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from torch import nn

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.loader.save import convert
from asn2fpga.nn import AdaptiveNeuron, RepeatTime, TimeMean
from asn2fpga.passes.estimate_resources import estimate_layer
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme

STEPS = 16
COUNTED = {
    (8, 2): (390, 511),
    (8, 4): (1211, 1503),
    (32, 4): (1315, 1539),
    (8, 8): (1410, 2283),
    (32, 8): (1432, 2748),
}
"""By neurons and lanes, flip-flops of the direct layer and of the other one."""


def network(neurons: int, lanes: int) -> Graph:
    """Two layers of adaptive neurons, the first of them direct."""
    torch.manual_seed(0)
    module = nn.Sequential(
        nn.Flatten(),
        RepeatTime(STEPS),
        nn.Linear(16, neurons, bias=False),
        AdaptiveNeuron(neurons, m_f=0.1, direct=True, time_steps=STEPS),
        nn.Linear(neurons, neurons, bias=False),
        AdaptiveNeuron(neurons, m_f=0.1, time_steps=STEPS),
        nn.Linear(neurons, 3, bias=False),
        TimeMean(),
    ).eval()
    x = np.random.default_rng(0).integers(0, 17, (8, 4, 4)).astype(np.uint8)
    real = convert(module, "adaptive", torch.zeros(1, 4, 4), input_scale=1 / 16, max_count=16).graph
    graph = quantise(real, Scheme(weight_bits=8), x).graph
    first, second = [node.name for node in foldable_nodes(graph)][:2]
    return with_lanes(graph, {first: lanes, second: lanes})


@pytest.mark.parametrize(("neurons", "lanes"), COUNTED)
def test_flip_flops_are_near_what_was_counted(neurons: int, lanes: int) -> None:
    """Where stages fall is the engine's choice, which no estimate knows: 188 to 348 flip-flops a lane."""
    graph = network(neurons, lanes)
    layers = [node for node in foldable_nodes(graph)][:2]
    for node, counted in zip(layers, COUNTED[neurons, lanes], strict=True):
        assert 0.58 < estimate_layer(graph, node).ff / counted < 1.42
