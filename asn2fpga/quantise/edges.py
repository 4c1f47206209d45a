"""What every node sends once it is integers: known as soon as alphas are snapped, before any weight is
chosen.
"""

from __future__ import annotations

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.contract import Source
from asn2fpga.kinds.neurons.levels import levels_of
from asn2fpga.kinds.sources.events import ReceiveEvents
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.quantise.network import Network


def edges_of(network: Network, alpha_frac_bits: int) -> dict[str, Edge]:
    """The integer edges of the input and of all neuron nodes, by their names in the trained network."""
    source = build_source(network)
    found = {network.input.name: source.output(())}
    for population in network.spiking:
        assert population.neuron is not None
        levels = levels_of(population.neuron.semantics, alpha_frac_bits)
        found[population.neuron.name] = Edge(
            shape=network.graph.edges[population.neuron.name].shape,
            carries="events",
            type=FixedType.for_range(levels.values[0], levels.values[-1]),
            low=min(0, levels.values[0]),
            high=levels.values[-1],
            time_steps=source.time_steps,
            base=levels.base,
            frac_bits=levels.frac_bits,
        )
    return found


def build_source(network: Network) -> Source:
    """`encode` for frames, `receive` for events, renamed if the model has a layer of that name."""
    source = network.input
    taken = {population.name for population in network.populations}
    kind = Encode if source.is_frame else ReceiveEvents
    return kind(
        name=_free_name("encode" if source.is_frame else "receive", taken),
        source=source.source or source.name,
        shape=source.shape,
        max_count=source.max_count,
        time_steps=source.time_steps,
    )


def _free_name(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_input"
    return name
