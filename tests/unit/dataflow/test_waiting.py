"""FIFOs of maps hold much before layers that work for long, and little before all others."""

from __future__ import annotations

import functools

import numpy as np
import torch
from torch import nn

from asn2fpga.dataflow.dataflow import Dataflow
from asn2fpga.dataflow.lower import lower
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.maps.raster import MAP_DEPTH, waiting_depth
from asn2fpga.loader.save import convert
from asn2fpga.nn import NASN
from asn2fpga.quantise.apply import quantise


@functools.cache
def flow() -> Dataflow:
    torch.manual_seed(1)
    module = nn.Sequential(
        nn.Conv2d(1, 3, 3, padding=1),
        NASN(3),
        nn.MaxPool2d(2),
        nn.Conv2d(3, 3, 3),
        NASN(3),
        nn.Flatten(),
        nn.Linear(3 * 4 * 4, 2),
    ).eval()
    real = convert(module, "net", torch.zeros(1, 1, 12, 12), max_count=255, input_scale=1 / 255).graph
    return lower(quantise(real, x=np.ones((2, 1, 12, 12), np.uint8)).graph)


def test_maps_wait_before_convolutions_and_dense_layers() -> None:
    """All of a map, as a power of two: 144 pixels, 36 with 3 words each, and 16 with 3."""
    depths = {stream.raster.shape: stream.depth for stream in flow().streams.values() if stream.raster}
    assert depths == {(1, 12, 12): 256, (3, 12, 12): MAP_DEPTH, (3, 6, 6): 128, (3, 4, 4): 64}


def test_what_waits_is_at_most_what_block_ram_holds_at_its_widest() -> None:
    large, small = (Edge((8, size, size), "events", FixedType(2, False), lanes=8) for size in (64, 2))
    assert waiting_depth(large) == 512
    assert waiting_depth(small) == MAP_DEPTH
