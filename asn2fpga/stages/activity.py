"""Events and operations counted in traces of the golden model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from asn2fpga.ir.events import sends_events
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import DensePopulation, DenseReadout
from asn2fpga.ir.types import Array


class Counts(Protocol):
    """A trace: event counts (B, T, N) by layer name."""

    @property
    def counts(self) -> dict[str, Array]: ...


@dataclass(frozen=True)
class Activity:
    """Sums over inferences, by layer that sends events: events sent, and their counts added up."""

    inferences: int
    events: dict[str, int]
    spikes: dict[str, int]

    def plus(self, other: Activity) -> Activity:
        """The activity of both."""
        return Activity(
            self.inferences + other.inferences,
            {name: count + other.events.get(name, 0) for name, count in self.events.items()},
            {name: count + other.spikes.get(name, 0) for name, count in self.spikes.items()},
        )

    def mean_events(self, name: str) -> float:
        """Mean number of events that layer `name` sends an inference."""
        return self.events[name] / self.inferences

    def mean_spikes(self, name: str) -> float:
        """Mean sum of the counts of these events an inference."""
        return self.spikes[name] / self.inferences


def activity(graph: Graph, trace: Counts) -> Activity:
    """Count the events of one trace."""
    names = [layer.name for layer in graph.layers if sends_events(layer)]
    counts = {name: trace.counts[name] for name in names}
    return Activity(
        len(next(iter(counts.values()))),
        {name: int(np.count_nonzero(values)) for name, values in counts.items()},
        {name: int(values.sum(dtype=np.int64)) for name, values in counts.items()},
    )


def events_in(graph: Graph, trace: Counts) -> dict[str, float]:
    """Mean number of events that reach each layer with weights in one inference."""
    counted = activity(graph, trace)
    layers = (layer for layer in graph.layers if isinstance(layer, DensePopulation | DenseReadout))
    return {layer.name: counted.mean_events(layer.inputs[0]) for layer in layers}
