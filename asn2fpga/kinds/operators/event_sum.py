"""EventSum: an add of maps of events that is added up before anything reads it, as a max-pool must."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np

from asn2fpga.graph.edge import Edge
from asn2fpga.graph.rule import Context
from asn2fpga.kinds.maps.population import MapPopulation, MapProjection
from asn2fpga.kinds.maps.window import Window, image_of
from asn2fpga.kinds.neurons.relay import Relay
from asn2fpga.kinds.operators.add import Add, branches_have_one_shape, terms_are_few
from asn2fpga.kinds.ranges import checked_type, hull
from asn2fpga.kinds.synapses.convolution import Convolution
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
        """A synapse of weight 1 for each count, and sums that are sent as they are."""
        finest = max(edge.frac_bits for edge in edges)
        projections = tuple(
            MapProjection(name=source, synapse=_identity(edge), shift=finest - edge.frac_bits)
            for source, edge in zip(sources, edges, strict=True)
        )
        low, high = (
            sum(
                bounds[side] << p.shift
                for p, bounds in zip(projections, _ranges(projections, edges), strict=True)
            )
            for side in (0, 1)
        )
        acc_type = checked_type(self.name, "the sum", low, high)
        base = sum(edge.base << p.shift for p, edge in zip(projections, edges, strict=True))
        return MapPopulation(
            name=self.name,
            inputs=tuple(sources),
            source=self.source,
            shape=edges[0].shape,
            projections=projections,
            neuron=Relay(count_type=acc_type, base=base, frac_bits=finest),
            acc_type=acc_type,
            time_steps=edges[0].time_steps,
        )


def _identity(edge: Edge) -> Convolution:
    channels = edge.shape[0]
    return Convolution(
        weight=np.ones((channels, 1, 1, 1), np.int64),
        weight_bits=2,
        window=Window(kernel=(1, 1), stride=(1, 1)),
        groups=channels,
        image=image_of(edge.shape),
    )


def _ranges(projections: Sequence[MapProjection], edges: Sequence[Edge]) -> list[tuple[int, int]]:
    return [hull(*p.synapse.sum_range(edge)) for p, edge in zip(projections, edges, strict=True)]


def event_sum(node: RealNode) -> EventSum:
    """The same add, added up by itself."""
    fields = {field.name: getattr(node, field.name) for field in dataclasses.fields(node)}
    return EventSum(**fields)
