"""EventSum: an add of maps of events that is added up before anything reads it, as a max-pool must."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context
from asn2fpga.kinds.maps.population import MapPopulation
from asn2fpga.kinds.maps.relayed import relayed
from asn2fpga.kinds.maps.window import Window
from asn2fpga.kinds.operators.add import Add, branches_have_one_shape, terms_are_few
from asn2fpga.kinds.trained import RealNode


def operands_are_maps_of_events(context: Context, node: Add) -> str:
    """EventSum: all that is added are events with channels and pixels."""
    for name, edge in zip(node.inputs, context.edges_into(node), strict=True):
        if edge.carries != "events" or len(edge.shape) < 2:
            return f"what is added must be maps of events, not {name} ({edge.carries} of shape {edge.shape})"
    return ""


@dataclass(frozen=True, eq=False, kw_only=True)
class EventSum(Add):
    """The sum of maps of events, as counts of its own."""

    pools: ClassVar[Literal["sum"]] = "sum"
    rules = (branches_have_one_shape, terms_are_few, operands_are_maps_of_events)

    def integer_pool(self, sources: Sequence[str], edges: Sequence[Edge]) -> MapPopulation:
        return relayed(self.name, self.source, sources, edges, Window(kernel=(1, 1), stride=(1, 1)))


def event_sum(node: RealNode) -> EventSum:
    """The same add, added up by itself."""
    fields = {field.name: getattr(node, field.name) for field in dataclasses.fields(node)}
    return EventSum(**fields)
