"""Several output pixels at a time: unit u of U is a population that has the columns u, u + U, ... of the map.

Each unit has windows of its own on the whole input, so that units share nothing but their input and output:
hw/hls/maps/columns.h.
"""

from __future__ import annotations

import dataclasses
import math
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.maps.pace import Reads
from asn2fpga.kinds.neurons.contract import SendingNeurons

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.population import MapPopulation
    from asn2fpga.kinds.maps.synapse import MapSynapse


def units_of(node: MapPopulation) -> list[MapPopulation]:
    """The units as populations of their own; the node itself if it is the only one."""
    count = node.parallel_pixels
    return [node] if count == 1 else [_unit(node, unit) for unit in range(count)]


def _unit(node: MapPopulation, unit: int) -> MapPopulation:
    columns = range(unit, node.pixels[1], node.parallel_pixels)
    projections = tuple(
        dataclasses.replace(p, synapse=p.synapse.of_columns(unit, node.parallel_pixels))
        for p in node.projections
    )
    return dataclasses.replace(
        node,
        name=f"{node.name}_unit{unit}",
        shape=(*node.shape[:-1], len(columns)),
        projections=projections,
        neuron=neurons_of(node, columns),
        parallel_pixels=1,
    )


def neurons_of(node: MapPopulation, columns: range) -> SendingNeurons:
    """The neurons of some columns of the map: those of all, where these do not differ."""
    if not node.by_pixel:
        return node.neuron
    rows, width = node.pixels
    numbers = np.arange(node.neurons).reshape(rows, width, node.channels)
    return node.neuron.part(numbers[:, columns.start : columns.stop : columns.step].reshape(-1))


def columns_of(edge: Edge, unit: int, units: int) -> Edge:
    """What arrives at a unit of currents, of which it takes its own columns alone."""
    columns = len(range(unit, edge.shape[-1], units))
    return dataclasses.replace(edge, shape=(*edge.shape[:-1], columns))


def map_reads(node: MapPopulation, position: int, pixel: int) -> Reads:
    """Pixels of an input that are read once pixel number `pixel` has left.

    Each unit then may already be on the next pixel of its own, and what one of them reads all others take.
    """
    synapse, units = node.projections[position].synapse, node.parallel_pixels
    alone = synapse.map_reads(pixel)
    if units == 1:
        return alone
    pixels = math.prod(synapse.image[1:])
    if synapse.reads == "currents":
        return Reads(alone.least, min(alone.most + units, pixels))
    own = [_next_own(pixel, node.pixels[1], unit, units) for unit in range(units)]
    most = (_most_read(synapse, number, unit, units) for unit, number in enumerate(own))
    return Reads(alone.least, max(alone.most, *most))


def _next_own(pixel: int, columns: int, unit: int, units: int) -> int:
    """The number among a unit's pixels of its first one that does not come before `pixel`."""
    y, x = divmod(pixel, columns)
    own = len(range(unit, columns, units))
    return y * own + min(max(0, -(-(x - unit) // units)), own)


def _most_read(synapse: MapSynapse, own: int, unit: int, units: int) -> int:
    """Pixels that a unit may have read when it sends its pixel number `own`; all, if it has no such pixel."""
    part = synapse.of_columns(unit, units)
    if own >= math.prod(part.pixels):
        return math.prod(synapse.image[1:])
    return part.map_reads(own).most
