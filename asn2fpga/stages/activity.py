"""Events, operations and bounds on cycles, counted in traces of the golden model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from asn2fpga.graph.events import sends_events
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import DensePopulation, DenseReadout, Encode, Layer
from asn2fpga.graph.trace import Trace
from asn2fpga.passes.accounting import Work, dense_macs, lower_bound_cycles, resource_work
from asn2fpga.passes.demand import demands

Row = dict[str, Any]


@dataclass(frozen=True)
class Activity:
    """Sums over inferences: events and their counts by layer that sends any; work by layer and resource."""

    inferences: int
    events: dict[str, int]
    spikes: dict[str, int]
    work: dict[str, Work]

    def plus(self, other: Activity) -> Activity:
        """The activity of both."""
        return Activity(
            self.inferences + other.inferences,
            _sum(self.events, other.events),
            _sum(self.spikes, other.spikes),
            {name: _sum(work, other.work[name]) for name, work in self.work.items()},
        )

    def mean_events(self, name: str) -> float:
        """Mean number of events that layer `name` sends per inference."""
        return self.events[name] / self.inferences

    def mean_spikes(self, name: str) -> float:
        """Mean sum of the counts of these events per inference."""
        return self.spikes[name] / self.inferences

    def bound(self, name: str) -> float:
        """Lower bound on the cycles of layer `name` in a mean inference."""
        return lower_bound_cycles(self.work[name], self.inferences)


def _sum(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    return {name: value + second[name] for name, value in first.items()}


def activity(graph: Graph, trace: Trace) -> Activity:
    """Count one trace."""
    counts = {layer.name: trace.counts[layer.name] for layer in graph.layers if sends_events(layer)}
    return Activity(
        len(trace),
        {name: int(np.count_nonzero(values)) for name, values in counts.items()},
        {name: int(values.sum(dtype=np.int64)) for name, values in counts.items()},
        resource_work(graph, demands(graph, counts)),
    )


def layer_rows(graph: Graph, counted: Activity) -> dict[str, Row]:
    """Events in and out, operations and the bound on cycles, by layer, of a mean inference.

    What a layer without weights takes in is counted as the events it makes of it. SynOps are counted where
    spikes arrive; a frame's pixels are none, so there they are None, and accumulates say what was done.
    """
    return {layer.name: _row(graph, layer, counted) for layer in graph.layers}


def _row(graph: Graph, layer: Layer, counted: Activity) -> Row:
    sent = counted.mean_events(layer.name) if sends_events(layer) else None
    row: Row = {
        "events_in_per_inference": sent,
        "events_out_per_inference": sent,
        "synops_per_inference": None,
        "accumulates_per_inference": 0.0,
        "dense_macs_per_inference": 0,
        "skipped_share": None,
        "lower_bound_cycles": counted.bound(layer.name),
    }
    if not isinstance(layer, DensePopulation | DenseReadout):
        return row
    source, fanout = layer.inputs[0], len(layer.weight)
    arriving, dense = counted.mean_events(source), dense_macs(graph, layer)
    is_frame = isinstance(graph[source], Encode)
    return row | {
        "events_in_per_inference": arriving,
        "synops_per_inference": None if is_frame else counted.mean_spikes(source) * fanout,
        "accumulates_per_inference": arriving * fanout,
        "dense_macs_per_inference": dense,
        "skipped_share": skipped_share(arriving * fanout, dense),
    }


def skipped_share(accumulates: float, dense: float) -> float | None:
    """Part of a dense layer's multiply-accumulates that are not executed, because the input is zero."""
    return 1 - accumulates / dense if dense else None


def network_totals(rows: Mapping[str, Row]) -> Row:
    """Operations and events of the whole network, of the rows of its layers."""
    accumulates = sum(row["accumulates_per_inference"] for row in rows.values())
    dense = sum(row["dense_macs_per_inference"] for row in rows.values())
    return {
        "synops_per_inference": sum(row["synops_per_inference"] or 0.0 for row in rows.values()),
        "accumulates_per_inference": accumulates,
        "dense_macs_per_inference": dense,
        "skipped_share": skipped_share(accumulates, dense),
        "events_per_inference": sum(row["events_out_per_inference"] or 0 for row in rows.values()),
    }
