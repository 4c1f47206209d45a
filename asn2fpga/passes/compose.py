"""Convolutions in a row, without neurons between them, become one: W (V x + a) + b = (W V) x + (W a + b).

Separable convolutions, and those of several branches that were merged before; Linear layers likewise.
"""

from __future__ import annotations

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import trained_synapses
from asn2fpga.kinds.trained import TrainedSynapse


def compose(graph: Graph) -> Graph:
    """The same function where convolutions read events; UnsupportedError for two that do not become one."""
    while (pair := _pair_of(graph)) is not None:
        graph = _composed(graph, *pair)
    return graph


def _pair_of(graph: Graph) -> tuple[TrainedSynapse | None, TrainedSynapse] | None:
    """The first synapses that read a current, and what computes that, if those are synapses."""
    synapses = {synapse.name: synapse for synapse in trained_synapses(graph)}
    for second in synapses.values():
        if (second.gathers or second.may_follow) and graph.edges[second.inputs[0]].carries == "currents":
            return synapses.get(second.inputs[0]), second
    return None


def _composed(graph: Graph, first: TrainedSynapse | None, second: TrainedSynapse) -> Graph:
    if first is None:
        before = graph[second.inputs[0]]
        raise UnsupportedError(
            f"{second.place}: a convolution must read neurons, the input or another convolution, not "
            f"{before.place} ({type(before).__name__}); put a neuron between them."
        )
    found = first.followed_by(second)
    if isinstance(found, str):
        raise UnsupportedError(
            f"{second.place}: convolutions without a neuron between them must become one, and with "
            f"{first.place} before it {found}; put a neuron between them, or "
            "padding into the first one alone."
        )
    graph = graph.replace(second.name, found)
    if graph.consumers(first.name):
        return graph
    return graph.with_layers(node for node in graph.layers if node.name != first.name)
