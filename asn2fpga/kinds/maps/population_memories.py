"""Memories of a map's population that begin empty and are written at run time: membranes, rows of counts.

Why neither needs first values: at the first time step of an inference a membrane that is read is not used
(hw/hls/neurons/membrane.h), and of rows only the words that came are found by their occupancy, or lie within
the map (hw/hls/maps/window.h, frame.h).
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

from asn2fpga.device.parts import Memory
from asn2fpga.graph.edge import Edge
from asn2fpga.kinds.contract import RunTimeMemory
from asn2fpga.kinds.maps.unit_hardware import gathered_of, kept_words, numbered
from asn2fpga.kinds.neurons.contract import FiringNeurons
from asn2fpga.kinds.synapses.convolution import Convolution

if TYPE_CHECKING:
    from asn2fpga.kinds.maps.population import MapPopulation, MapProjection

MEMBRANES = "membranes"


def memories(node: MapPopulation, edges: Sequence[Edge]) -> Mapping[str, Memory]:
    """By name; all of them as one of `parallel_pixels` units has them, estimated."""
    states = zip((MEMBRANES,), membranes(node, edges), strict=False)
    return dict([*states, *_rows(node, edges)])


def membranes(node: MapPopulation, edges: Sequence[Edge]) -> tuple[Memory, ...]:
    """Where maps come time step by time step: a word for each pixel of a unit and group; as many for synaptic
    currents or filters, which lie where their size says.
    """
    neuron = node.neuron
    if not isinstance(neuron, FiringNeurons) or not neuron.stateful or not node.output(edges).by_step:
        return ()
    words = kept_words(node)
    in_ultra = node.membranes == "ultra"
    current = neuron.inflow_bits
    states = Memory(words, node.lanes * (neuron.state_bits - current), rom=False, in_ultra=in_ultra)
    return (states, Memory(words, node.lanes * current, rom=False)) if current else (states,)


def sums(node: MapPopulation) -> Memory:
    """Of frames, kept for every time step where what they give goes on step by step; of a unit."""
    return Memory(kept_words(node), node.lanes * node.acc_type.width_bits, rom=False)


def _rows(node: MapPopulation, edges: Sequence[Edge]) -> Iterator[tuple[str, Memory]]:
    for position, one in numbered(node, list(gathered_of(node, edges))):
        windowed = dataclasses.replace(one.windowed, units=node.parallel_pixels)
        yield rows_name(node, position), windowed.held


def rows_name(node: MapPopulation, position: int) -> str:
    """Of the rows of counts that an input's windows reach."""
    earlier = node.inputs[:position].count(node.inputs[position])
    return f"rows of {node.inputs[position]}" + (f", again {earlier}" if earlier else "")


def placed(
    node: MapPopulation, memories: Mapping[str, RunTimeMemory]
) -> tuple[tuple[MapProjection, ...], RunTimeMemory]:
    """Its projections and its membranes, with the memories of these names held so."""
    projections = list(node.projections)
    for position, projection in enumerate(projections):
        synapse = projection.synapse
        kind = memories.get(rows_name(node, position))
        if kind is not None and isinstance(synapse, Convolution) and synapse.rows != kind:
            moved = dataclasses.replace(synapse, rows=kind)
            projections[position] = dataclasses.replace(projection, synapse=moved)
    return tuple(projections), memories.get(MEMBRANES, node.membranes)
