"""Spikes of golden as the framework has them."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array


def spikes_of(graph: Graph, layer: str, counts: Array) -> RealArray:
    """S (B, T, *shape) in the order of torch, for counts that the layer sent."""
    edge = graph.edges[layer]
    return as_real(edge.in_torch_order(np.ldexp(edge.base + as_real(counts), -edge.frac_bits)))
