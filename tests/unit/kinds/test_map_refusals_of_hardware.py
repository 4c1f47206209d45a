"""Maps that are understood and have no kernel: refused by name."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from kinds.map_bodies import PerStep, conv
from torch import Tensor, nn

from asn2fpga.dataflow.lower import lower
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.relay import Relay
from asn2fpga.loader.save import convert, read_module
from asn2fpga.nn import ASN, AdaptiveNeuron, RepeatTime, TimeMean
from asn2fpga.quantise.apply import quantise


def test_means_over_padding_of_an_offset_whose_windows_count_differently() -> None:
    pool = nn.AvgPool2d(3, 2, 1, ceil_mode=True)
    module = nn.Sequential(conv(2, 3), ASN(4, alpha=-1.0), pool, nn.Flatten(), nn.Linear(48, 3))
    graph = quantise(read_module(module, "net", torch.zeros(1, 2, 6, 6))).graph
    with pytest.raises(UnsupportedError) as caught:
        lower(graph)
    assert str(caught.value) == (
        "layer_2: a mean over padding of neurons whose lowest level is not 0 is not built in hardware yet, "
        "where windows count differently (ceil_mode) or are larger than 7 x 7; use count_include_pad=False, "
        "or no padding."
    )


class Averaged(nn.Module):
    """Neurons that read a current, and others that read its mean over all pixels."""

    def __init__(self) -> None:
        super().__init__()
        self.conv, self.fired, self.last = nn.Conv2d(32, 1, 7), ASN(4), ASN(4)
        self.inner, self.head = nn.Conv2d(1, 1, 1), nn.Linear(1, 3)

    def forward(self, x: Tensor) -> Tensor:
        x = self.conv(x)
        x = self.last((x + self.inner(self.fired(x))).mean((2, 3)))
        found: Tensor = self.head(x)
        return found


def test_sums_under_a_pool_that_are_too_wide() -> None:
    graph = convert(Averaged(), "net", torch.zeros(1, 32, 38, 38), encoding="frames").graph
    with pytest.raises(UnsupportedError) as caught:
        quantise(graph)
    assert str(caught.value) == (
        "model: sums under a pool must have at most 32 bits with it, not 36; use fewer weight bits, fewer "
        "channels or smaller windows."
    )


def test_sums_as_they_are_do_not_differ_by_pixel() -> None:
    with pytest.raises(TypeError, match=r"^Relay does not differ by pixel$"):
        Relay(count_type=FixedType(8, signed=True)).part(np.arange(2))


def test_adaptive_neurons_under_an_average_that_counts_padding() -> None:
    """Its pixels add up other numbers of sums, and adaptive neurons have one bias for each channel."""
    pool = nn.AvgPool2d(3, 2, 1)
    neurons = AdaptiveNeuron(2, spatial_axes=2, time_steps=2)
    steps = PerStep(nn.Sequential(nn.Conv2d(2, 2, 3), pool))
    module = nn.Sequential(RepeatTime(2), steps, neurons, nn.Flatten(2), nn.Linear(8, 3), TimeMean())
    with pytest.raises(UnsupportedError) as caught:
        quantise(read_module(module, "net", torch.zeros(1, 2, 6, 6)))
    assert str(caught.value) == (
        "layer_2: neurons (adaptive, m_f 0.1) must not read an average whose windows add up other numbers of "
        "sums; put count_include_pad=False, or the pool after the neuron."
    )
