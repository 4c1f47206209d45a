"""What every node sends once it is integers: known as soon as alphas are snapped, before any weight is
chosen.
"""

from __future__ import annotations

import dataclasses

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.contract import Source
from asn2fpga.kinds.neurons.event_gru import sent_edge
from asn2fpga.kinds.neurons.levels import levels_of
from asn2fpga.kinds.neurons.lookup import lookup_edge
from asn2fpga.kinds.nodes import real_nodes
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.kinds.sources.maps import EncodeMap, ReceiveMap
from asn2fpga.kinds.sources.precise import EncodePrecise
from asn2fpga.quantise.network import Network
from asn2fpga.quantise.precision import precisions_of


def edges_of(network: Network, alpha_frac_bits: int) -> dict[str, Edge]:
    """The integer edges of the input and of all neuron nodes, by their names in the trained network."""
    source = build_source(network)
    found = {network.input.name: source.output(())}
    for node in real_nodes(network.graph):
        if node.fires:
            found[node.name] = _fired(network, node.name, source.time_steps, alpha_frac_bits)
        elif node in network.pools:
            edges = [found[name] for name in node.inputs]
            found[node.name] = node.integer_pool(node.inputs, edges).output(edges)
    return found


def _fired(network: Network, neuron: str, time_steps: int, alpha_frac_bits: int) -> Edge:
    """What the neuron node of that name sends."""
    semantics, shape, is_map = (
        network.semantics_of(neuron),
        network.graph.edges[neuron].shape,
        neuron in network.maps,
    )
    if semantics.table is not None:
        looked_up = lookup_edge(semantics.table, shape, time_steps)
        return dataclasses.replace(looked_up, is_map=is_map, lanes=int(is_map))
    if semantics.gated is not None:
        return sent_edge(shape, time_steps)
    levels = levels_of(semantics, alpha_frac_bits)
    return Edge(
        shape=shape,
        carries="events",
        type=FixedType.for_range(*levels.sent),
        low=min(0, levels.sent[0]),
        high=levels.sent[1],
        time_steps=time_steps,
        base=levels.base,
        frac_bits=levels.frac_bits,
        is_map=is_map,
        lanes=int(is_map),
    )


def build_source(network: Network) -> Source:
    """`encode` for frames, `receive` for events, renamed if the model has a layer of that name."""
    source = network.input
    taken = {population.name for population in network.populations} | {pool.name for pool in network.pools}
    kinds = (EncodeMap, ReceiveMap) if source.name in network.maps else (Encode, ReceiveEvents)
    kind = kinds[0] if source.is_frame else kinds[1]
    found = kind(
        name=_free_name("encode" if source.is_frame else "receive", taken),
        source=source.source or source.name,
        shape=source.shape,
        max_count=source.max_count,
        time_steps=source.time_steps,
    )
    precisions = precisions_of(network)
    if precisions == 1:
        return found
    fields = {field.name: getattr(found, field.name) for field in dataclasses.fields(found)}
    return EncodePrecise(**fields, precisions=precisions)


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_input"
    return name
