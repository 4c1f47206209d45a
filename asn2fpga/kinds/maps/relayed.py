"""Counts of maps that are added up by synapses of weight 1 and sent as they are: a map of sums."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.maps.population import MapPopulation, MapProjection
from asn2fpga.kinds.maps.window import Window, image_of, like
from asn2fpga.kinds.neurons.relay import Relay
from asn2fpga.kinds.ranges import checked_type, hull
from asn2fpga.kinds.synapses.convolution import Convolution


def ones(edge: Edge, window: Window) -> Convolution:
    """The sum of the counts in a window of each channel; in padding of those that stand for 0."""
    channels = edge.shape[0]
    return Convolution(
        weight=np.ones((channels, *window.kernel, 1), np.int64),
        weight_bits=2,
        window=window,
        groups=channels,
        image=image_of(edge.shape),
    )


def relayed(
    name: str, source: str, sources: Sequence[str], edges: Sequence[Edge], window: Window
) -> MapPopulation:
    """The sum of what windows of several maps hold. Counts stand for sums of what theirs do."""
    finest = max(edge.frac_bits for edge in edges)
    projections = tuple(
        MapProjection(name=read, synapse=ones(edge, window), shift=finest - edge.frac_bits, trained=False)
        for read, edge in zip(sources, edges, strict=True)
    )
    low = high = base = 0
    for projection, edge in zip(projections, edges, strict=True):
        least, most = hull(*projection.synapse.sum_range(edge))
        low, high = low + (least << projection.shift), high + (most << projection.shift)
        base += window.taps * edge.base << projection.shift
    acc_type = checked_type(name, "the sum", low, high)
    shape = edges[0].shape
    return MapPopulation(
        name=name,
        inputs=tuple(sources),
        source=source,
        shape=like(shape, shape[0], *window.outputs(shape)),
        projections=projections,
        neuron=Relay(count_type=acc_type, base=base, frac_bits=finest),
        acc_type=acc_type,
        time_steps=edges[0].time_steps,
    )
