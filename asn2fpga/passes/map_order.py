"""In which order the counts of maps over time travel: pixel by pixel, all time steps of a word one after the
other, or step by step, the whole map once for each.

Pixel by pixel, membranes are registers, but windows hold rows of all time steps, and see a bit for each; step
by step, windows hold rows of one, and membranes of all pixels lie in a memory. Many time steps ask for that.
"""

from __future__ import annotations

import dataclasses

from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import integer_nodes
from asn2fpga.kinds.sources.maps import ReceiveMap


def comes_by_step(graph: Graph) -> bool:
    """Whether its maps come step by step."""
    return any(edge.by_step for edge in graph.edges.values())


def by_step(graph: Graph) -> Graph:
    """The graph with its maps step by step. InputError if it has none over time, or a layer cannot."""
    complaint = by_step_complaint(graph)
    if complaint:
        raise InputError(f"--form steps: {complaint}; leave --form out.")
    return graph.with_layers(
        dataclasses.replace(node, by_step=True) if isinstance(node, ReceiveMap) else node
        for node in graph.layers
    )


def by_step_complaint(graph: Graph) -> str:
    """Why maps cannot come step by step; empty if they can."""
    nodes = list(integer_nodes(graph))
    if not any(isinstance(node, ReceiveMap) and node.time_steps > 1 for node in nodes):
        return "the input must be maps of events at several time steps, not anything else"
    cannot = next((node for node in nodes if _reads_maps(graph, node) and not node.works_by_step), None)
    return "" if cannot is None else f"every layer must work step by step, not {cannot.name} ({cannot.kind})"


def _reads_maps(graph: Graph, node: IntegerNode) -> bool:
    return any(edge.lanes for edge in graph.edges_into(node))
