"""Some channels of a layer: queries, keys and values that one convolution makes, and that are taken apart.

Each channel of a layer of synapses, of a BatchNorm and of neurons is computed by itself. So a part of them is
a layer of its own, and the layer of all of them is gone once every reader reads a part.
"""

from __future__ import annotations

import dataclasses
import math

import torch

from asn2fpga.loader.builder import GraphBuilder, Value
from asn2fpga.loader.description import TRACE_BATCH
from asn2fpga.loader.views.view import View, steps_of


def channels_of(builder: GraphBuilder, value: Value, view: View) -> tuple[Value, View] | None:
    """The layer of the channels that the view shows, and the view of it; None if that are all, or not whole
    ones side by side.
    """
    places, pixels = view.places, math.prod(view.shape[1:])
    first, last = (int(found) for found in torch.aminmax(places.channel))
    count = last - first + 1
    elements = steps_of(value) * TRACE_BATCH * count * pixels
    if count == view.shape[0] or view.index.numel() != elements or len(torch.unique(view.index)) != elements:
        return None
    layer = builder.channels(value.layer, first, count)
    if layer is None:
        return None
    shape = (count, *view.shape[1:])
    index = dataclasses.replace(places, channel=places.channel - first).index(shape)
    return dataclasses.replace(value, layer=layer), dataclasses.replace(view, index=index, shape=shape)
