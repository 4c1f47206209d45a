"""What a real-valued network must be to be built: the rules of its kinds, said in the words of the user's
model.

Run on every graph at the door, traced or read from a file (which is untrusted data).
"""

from __future__ import annotations

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rule import Unsupported
from asn2fpga.graph.rules import first_complaint
from asn2fpga.kinds.nodes import real_nodes, trained_synapses
from asn2fpga.kinds.trained import RealNode
from asn2fpga.loader.names import to_identifier

OWN_NAMES = ("pixels", "events", "output", "network")  # reserved for what is not a module


def check_graph(graph: Graph) -> Graph:
    """`graph` itself. Raises InputError or UnsupportedError naming the layer by its place in the model."""
    _check_names(graph)
    _check_ends(graph)
    complaint = first_complaint(graph)
    if complaint is not None:
        kind = UnsupportedError if isinstance(complaint.text, Unsupported) else InputError
        raise kind(f"{complaint.node.place}: {complaint.text}.")
    _check_contents(graph)
    return graph


def _check_names(graph: Graph) -> None:
    for name in (graph.name, *(layer.name for layer in graph.layers)):
        if to_identifier(name) != name and name not in OWN_NAMES:
            raise InputError(
                f"model: layer names must be identifiers as asn2fpga.save makes them, not {name[:60]!r}."
            )


def _check_ends(graph: Graph) -> None:
    layers = graph.layers
    if not layers or not layers[0].is_source or layers[0].inputs:
        raise InputError("model: the network must start with an Input layer.")
    if not layers[-1].is_end:
        raise InputError("model: the network must end with an Output layer.")
    for node in layers:
        if not isinstance(node, RealNode) or node.is_source != (node is layers[0]):
            raise InputError(f"{node.place}: {type(node).__name__} must not stand here in a model.")
    for node in layers[1:-1]:
        if node.is_end:
            raise InputError(f"{node.place}: {type(node).__name__} must not stand here in a model.")


def _check_contents(graph: Graph) -> None:
    """There is something to be trained, something that spikes, and scores at the end."""
    nodes = real_nodes(graph)
    if not trained_synapses(graph):
        raise UnsupportedError("model: the network must have Linear layers, not none; it is empty.")
    if not any(node.fires for node in nodes):
        raise UnsupportedError(
            "model: the network must have a neuron layer, not none; put ASN or LIF between Linears."
        )
