"""Constants around a map become padding of the convolutions that read it."""

from __future__ import annotations

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.trained import RealNode


def fold_pads(graph: Graph) -> Graph:
    """The same function without Pad; UnsupportedError where something else than a convolution reads one."""
    for node in real_nodes(graph):
        if node.surroundings is not None:
            graph = _folded(graph, node, *node.surroundings)
    return graph


def _folded(graph: Graph, pad: RealNode, padding: tuple[int, ...], values: RealArray) -> Graph:
    synapses = {synapse.name: synapse for synapse in trained_synapses(graph)}
    places = {node.name: node.place for node in real_nodes(graph)}
    found = graph
    for reader in graph.consumers(pad.name):
        conv = synapses.get(reader.name)
        padded = None if conv is None else conv.padded(padding, values)
        if padded is None:
            raise UnsupportedError(
                f"{pad.place}: constants around a map must be read by convolutions without padding of their "
                f"own, not by {places[reader.name]} ({type(reader).__name__}); put padding=0 into the "
                "convolution, or the padding into a layer before it."
            )
        found = found.replace(reader.name, padded)
    return found.without(pad.name)
