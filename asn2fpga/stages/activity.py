"""Events, operations and bounds on cycles, counted in traces of the golden model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from asn2fpga.figures.activity import ActivityFigures, TotalFigures
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.trace import Trace
from asn2fpga.kinds.contract import IntegerNode
from asn2fpga.kinds.nodes import integer_nodes
from asn2fpga.kinds.timing import Operations, Work
from asn2fpga.passes.accounting import lower_bound_cycles, operations, resource_work
from asn2fpga.passes.demand import demands


@dataclass(frozen=True)
class Activity:
    """Sums over inferences: events and their counts by layer that sends any; what each layer does, and its
    work by resource.
    """

    inferences: int
    events: dict[str, int]
    spikes: dict[str, int]
    done: dict[str, Operations]
    work: dict[str, Work]

    def plus(self, other: Activity) -> Activity:
        """The activity of both."""
        return Activity(
            self.inferences + other.inferences,
            _sum(self.events, other.events),
            _sum(self.spikes, other.spikes),
            {name: done.plus(other.done[name]) for name, done in self.done.items()},
            {name: _sum(work, other.work[name]) for name, work in self.work.items()},
        )

    def mean_events(self, name: str) -> float:
        """Mean number of events that layer `name` sends per inference."""
        return self.events[name] / self.inferences

    def mean_spikes(self, name: str) -> float:
        """Mean sum of the counts of these events per inference."""
        return self.spikes[name] / self.inferences

    def bound(self, name: str) -> float:
        """Lower bound on the cycles of layer `name` per inference, on average."""
        return lower_bound_cycles(self.work[name], self.inferences)


def _sum(first: Mapping[str, int], second: Mapping[str, int]) -> dict[str, int]:
    return {name: value + second[name] for name, value in first.items()}


def activity(graph: Graph, trace: Trace) -> Activity:
    """Count one trace."""
    found = demands(graph, trace.counts)
    spikes = {name: np.abs(counts.astype(np.int64)).sum(axis=(0, 2)) for name, counts in trace.counts.items()}
    return Activity(
        len(trace),
        {name: int(np.count_nonzero(counts)) for name, counts in trace.counts.items()},
        {name: int(steps.sum()) for name, steps in spikes.items()},
        {node.name: operations(graph, node, found, spikes) for node in integer_nodes(graph)},
        resource_work(graph, found, len(trace)),
    )


def layer_rows(graph: Graph, counted: Activity) -> dict[str, ActivityFigures]:
    """Events in and out, operations and the bound on cycles, by layer, per inference (mean).

    What a layer without weights takes in is counted as the events it makes of it. SynOps are counted where
    spikes arrive; a frame's pixels are none, so there they are None, and accumulates say what was done.
    """
    return {node.name: _row(node, counted) for node in integer_nodes(graph)}


def _row(node: IntegerNode, counted: Activity) -> ActivityFigures:
    sent = counted.mean_events(node.name) if node.name in counted.events else None
    done, count = counted.done[node.name], counted.inferences
    accumulates = done.accumulates / count
    return {
        "events_in_per_inference": sent if node.is_source else done.arriving / count,
        "events_out_per_inference": sent,
        "synops_per_inference": None if done.synops is None else done.synops / count,
        "accumulates_per_inference": accumulates,
        "dense_macs_per_inference": done.dense_macs,
        "skipped_share": skipped_share(accumulates, done.dense_macs),
        "lower_bound_cycles": counted.bound(node.name),
    }


def skipped_share(accumulates: float, dense: float) -> float | None:
    """Part of a dense layer's multiply-accumulates that are not executed, because the input is zero."""
    return 1 - accumulates / dense if dense else None


def network_totals(rows: Mapping[str, ActivityFigures]) -> TotalFigures:
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
