"""Synapses of the trained network, layer by layer of those whose events they read."""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.quantise.delays import Layer, Read, by_element, layers_of
from asn2fpga.quantise.network import Origin
from asn2fpga.quantise.weights import QuantisedWeights


def part_of_origin(
    trained: TrainedSynapse, integer: IntArray, origin: Origin, edge: Edge
) -> tuple[TrainedSynapse, IntArray]:
    """The synapses that read one origin, and their integers (N, columns) in the order of its addresses."""
    first, count = origin.columns.start, origin.columns.stop - origin.columns.start
    if trained.gathers:
        pixels = edge.size // edge.shape[0]
        first, count = first // pixels, count // pixels
    columns = trained.columns_of(first, count)
    if edge.is_map and not trained.gathers:
        columns = columns[edge.torch_index]
    return trained.part(first, count), np.ascontiguousarray(integer[:, columns])


def layers_of_origins(
    trained: TrainedSynapse, weights: QuantisedWeights, origins: tuple[Origin, ...], edge: Edge
) -> list[Layer]:
    """The projections of origins that are one layer, their weights in the order of its addresses."""
    if not trained.has_columns:
        return [Layer(weights.weight, origin.delays) for origin in origins]
    parts = [part_of_origin(trained, weights.weight, origin, edge)[1] for origin in origins]
    order = edge.torch_index
    reads = [Read(part, origin.delays[order]) for part, origin in zip(parts, origins, strict=True)]
    if origins[0].in_loop:  # events wait: sums would be those of the step that is being computed
        return [Layer(one.weight, np.maximum(one.delays, 1)) for one in by_element(reads)]
    return layers_of(reads, weights.bits, edge)


def sent_as(trained: TrainedSynapse, edge: Edge) -> Edge:
    """Events of a map as they are where synapses read them: of one element each, in torch's order."""
    if trained.has_columns or not edge.is_map:
        return dataclasses.replace(edge, lanes=0)
    return dataclasses.replace(edge, lanes=0, is_map=False, shape=(edge.size,))
