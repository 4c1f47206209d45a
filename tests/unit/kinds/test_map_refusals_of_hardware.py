"""Maps that are understood and have no kernel: refused by name."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from kinds.map_networks import PerStep, conv
from torch import nn

from asn2fpga.dataflow.lower import lower
from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.neurons.relay import Relay
from asn2fpga.loader.save import read_module
from asn2fpga.nn import ASN, LIF, RepeatTime, TimeMean
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


def test_sums_under_a_max_pool_that_are_too_wide() -> None:
    module = nn.Sequential(
        RepeatTime(2),
        PerStep(nn.Sequential(nn.Conv2d(32, 1, 7), nn.MaxPool2d(2))),
        LIF(0.5, time_steps=2),
        nn.Flatten(2),
        nn.Linear(1, 3),
        TimeMean(),
    )
    with pytest.raises(UnsupportedError) as caught:
        quantise(read_module(module, "net", torch.zeros(1, 32, 8, 8)))
    assert str(caught.value) == (
        "layer_1_inner_1: sums under a pool before neurons must have at most 24 bits, not 25; use fewer "
        "weight bits or fewer channels."
    )


def test_sums_of_a_mean_that_are_too_wide() -> None:
    pool = nn.AvgPool2d(16)
    module = nn.Sequential(nn.Conv2d(8, 1, 3), pool, ASN(4), nn.Flatten(), nn.Linear(1, 3))
    with pytest.raises(UnsupportedError) as caught:
        quantise(read_module(module, "net", torch.zeros(1, 8, 20, 20)))
    assert str(caught.value) == (
        "layer_1: sums that a pool adds up before neurons must have at most 24 bits, not 29; use fewer "
        "weight bits, fewer channels or smaller windows."
    )


def test_sums_as_they_are_do_not_differ_by_pixel() -> None:
    with pytest.raises(TypeError, match=r"^Relay does not differ by pixel$"):
        Relay(count_type=FixedType(8, signed=True)).part(np.arange(2))
