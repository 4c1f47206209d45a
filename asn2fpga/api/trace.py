"""What a network computed, as the user sees it: scores, spikes with their places, and cycles where known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from asn2fpga.errors import InputError, MismatchError
from asn2fpga.graph import trace as inner
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.verify.compare import compare


@dataclass(frozen=True, eq=False)
class Spikes:
    """The events of one layer, in order of inference, time step and address; all arrays have n elements.

    vector: number of the inference. step: time step. neuron: address in the layer. position (n, axes): its
    coordinates, those of `shape` (of torch: channel, row, column). count: what was sent, never 0. cycle:
    the clock cycle in which it moved, 0 is that of the first input word; None where nothing has a clock.
    """

    layer: str
    shape: tuple[int, ...]
    vector: IntArray
    step: IntArray
    neuron: IntArray
    position: IntArray
    count: IntArray
    cycle: IntArray | None

    def __len__(self) -> int:
        return len(self.count)


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two traces beside each other. values: compared counts and scores; difference: the first one as a
    sentence, empty if all are equal.
    """

    values: int
    difference: str

    @property
    def equal(self) -> bool:
        """Whether every value is the same."""
        return not self.difference

    def __bool__(self) -> bool:
        return self.equal


@dataclass(frozen=True, eq=False)
class Trace:
    """Of B inferences, by golden, C++ or RTL: what each layer sent, and the scores.

    scores: (B, classes) int64. counts: (B, T, N) by layer, by address; T is 1 for a layer that sends once
    per inference. step_scores: (B, T, classes) if they are sent after every time step; steps_used: (B,) if
    the network may answer early. latency_cycles: (B,)
    from the first input word to the last score; moments: as counts, the cycle in which each event moved, -1
    where none did. Both are None for what has no clock.
    """

    source: str
    graph: Graph = field(repr=False)
    scores: IntArray
    counts: Mapping[str, Array]
    latency_cycles: IntArray | None = None
    moments: Mapping[str, IntArray] | None = None
    step_scores: IntArray | None = None
    steps_used: IntArray | None = None

    @classmethod
    def of(
        cls,
        source: str,
        graph: Graph,
        found: inner.Trace,
        latency_cycles: IntArray | None = None,
        moments: Mapping[str, IntArray] | None = None,
    ) -> Trace:
        """What `source` found."""
        rows, used = found.step_scores, found.steps_used
        return cls(source, graph, found.scores, found.counts, latency_cycles, moments, rows, used)

    def __len__(self) -> int:
        return len(self.scores)

    @property
    def layers(self) -> tuple[str, ...]:
        """Layers whose events are known, in the order of the network."""
        return tuple(self.counts)

    @property
    def classes(self) -> IntArray:
        """(B,) the class of the largest score."""
        classes: IntArray = self.scores.argmax(axis=1)
        return classes

    def spikes(self, layer: str) -> Spikes:
        """The events of a layer. InputError if there is no such layer."""
        if layer not in self.counts:
            known = ", ".join(self.counts)
            raise InputError(f"spikes: the layer must be one of {known}, not '{layer}'.")
        counts = self.counts[layer]
        vector, step, neuron = np.nonzero(counts)
        edge = self.graph.edges[layer]
        position = np.stack(np.unravel_index(edge.torch_index[neuron], edge.shape), axis=1)
        cycle = None if self.moments is None else self.moments[layer][vector, step, neuron]
        count = counts[vector, step, neuron].astype(np.int64)
        return Spikes(layer, edge.shape, vector, step, neuron, position, count, cycle)

    def compare(self, other: Trace, build: str = "BUILD") -> Comparison:
        """This trace is what is expected; every value that `other` has must be the same."""
        if len(self) != len(other):
            raise InputError(
                f"compare: both must be of as many inferences, not {len(self)} and {len(other)}."
            )
        try:
            values = compare(self.graph, self.inner, other.inner, build)
        except MismatchError as error:
            return Comparison(0, str(error))
        return Comparison(values, "")

    @property
    def inner(self) -> inner.Trace:
        """The same without clock and source."""
        return inner.Trace(self.scores, self.counts, self.step_scores, self.steps_used)
