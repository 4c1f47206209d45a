"""Add: the sum of branches, of events or of currents."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Carries, Edge
from asn2fpga.graph.node import Node
from asn2fpga.graph.rule import Context, unsupported
from asn2fpga.kinds.trained import RealNode, TrainedSynapse

MAX_TERMS = 256


def branches_have_one_shape(context: Context, node: Add) -> str:
    """Add: there are two branches or more, of equal shapes."""
    edges = context.edges_into(node)
    if len(node.inputs) < 2:
        return f"an add must read two branches or more, not {len(node.inputs)}"
    for name, edge in zip(node.inputs, edges, strict=True):
        if edge.shape != edges[0].shape:
            first, other = (context.graph[read].place for read in (node.inputs[0], name))
            return (
                f"branches of an add must have equal shapes, not {edges[0].shape} ({first}) and "
                f"{edge.shape} ({other})"
            )
    return ""


def terms_are_few(context: Context, node: Add) -> str:
    """Add: sums of sums do not grow beyond measure; each counts all that it adds, as often as it does."""
    terms: dict[str, int] = {}
    for earlier in (*context.before.layers, node):
        read = sum(terms.get(name, 1) for name in earlier.inputs)  # a delay may read what comes later
        terms[earlier.name] = read if _is_operator(earlier) else 1
    if terms[node.name] <= MAX_TERMS:
        return ""
    return (
        f"an add must have at most {MAX_TERMS} terms, those of the adds it reads too, not {terms[node.name]}"
    )


def current_is_read_by_neurons(context: Context, node: Add) -> str:
    """Add: the sum of events and currents goes to neurons, to adds or out as scores, not to synapses."""
    kinds = {edge.carries for edge in context.edges_into(node)}
    readers = [reader.place for reader in context.graph.consumers(node.name) if _reads_events(reader)]
    if len(kinds) == 1 or not readers:
        return ""
    return unsupported(
        f"the sum of neurons and a Linear layer must be read by a neuron, not by {', '.join(readers)}; "
        "put a neuron after the add"
    )


def _is_operator(node: Node) -> bool:
    is_layer = node.is_source or isinstance(node, TrainedSynapse)
    return not is_layer and isinstance(node, RealNode) and not node.fires


def _reads_events(reader: Node) -> bool:
    """Convolutions may become one with those before the add."""
    if isinstance(reader, TrainedSynapse):
        return not reader.gathers
    return getattr(reader, "is_concatenation", False)


@dataclass(frozen=True, eq=False, kw_only=True)
class Add(RealNode):
    """The sum of all inputs: events if all of them are, else currents."""

    has_branches = True
    rules = (branches_have_one_shape, terms_are_few, current_is_read_by_neurons)

    @property
    def is_sum(self) -> bool:
        return True

    def output(self, inputs: Sequence[Edge]) -> Edge:
        carries: Carries = "currents" if any(edge.carries == "currents" for edge in inputs) else "events"
        is_frame = all(edge.is_frame for edge in inputs)
        steps = max(edge.time_steps for edge in inputs)
        return dataclasses.replace(inputs[0], carries=carries, is_frame=is_frame, time_steps=steps)

    def evaluate(self, inputs: Sequence[RealArray]) -> RealArray:
        total = inputs[0]
        for values in inputs[1:]:
            total = total + values
        return total
