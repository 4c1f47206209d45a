"""Exact comparison of two traces of one network. The first difference stops it, named by layer and neuron."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.errors import MismatchError
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.loops import parts_of
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array


@dataclass(frozen=True)
class VectorNames:
    """How messages number the vectors of a trace: from `first` on, in the `order` in which they were sent."""

    first: int = 0
    order: tuple[int, ...] | None = None

    def number(self, vector: int) -> int:
        """The number of vector 0, 1, .. of the trace."""
        return self.first + (vector if self.order is None else self.order[vector])


PLAIN_NAMES = VectorNames()


@dataclass(frozen=True)
class Difference:
    """The first element that differs; `edge` is what the layer sends, to show `neuron` as coordinates."""

    layer: str
    edge: Edge
    vector: int
    step: int
    neuron: int
    expected: int
    got: int

    def sentence(self, build: str) -> str:
        """What the user reads, with the line that shows the difference again."""
        return (
            f"layer {self.layer}, vector {self.vector}, time step {self.step}, "
            f"neuron {self.neuron}{self.edge.place(self.neuron)}: "
            f"expected {self.expected}, got {self.got}; "
            f"rerun with: asn2fpga verify {build} --vector {self.vector} --layer {self.layer}"
        )


def compare(
    graph: Graph,
    expected: Trace,
    actual: Trace,
    build: str,
    *,
    layer: str | None = None,
    names: VectorNames = PLAIN_NAMES,
) -> int:
    """Number of values compared (counts and scores), all of them equal.

    Compares every layer that `actual` has, or only `layer`, in the order of the network. Raises MismatchError
    for the lowest vector that differs, there for the first layer, time step and neuron; of layers that form a
    loop for the first time step, since a wrong one makes those before it wrong later. `names` numbers the
    vectors in the message; `build` is the folder to name in it.
    """
    differences, compared = [], 0
    for name, edge, want, have in _pairs(graph, expected, actual, layer):
        if want.shape != have.shape:
            raise MismatchError(f"layer {name}: values must have shape {want.shape}, not {have.shape}.")
        compared += want.size
        found = first_difference(name, edge, want, have, names)
        if found:
            differences.append(found)
    if differences:
        raise MismatchError(_first(graph, differences).sentence(build))
    return compared


def _first(graph: Graph, differences: Sequence[Difference]) -> Difference:
    place = {name: i for i, part in enumerate(parts_of(graph.layers)) for name in part.names}
    return min(differences, key=lambda item: (item.vector, place[item.layer], item.step))


def first_difference(
    layer: str, edge: Edge, expected: Array, actual: Array, names: VectorNames = PLAIN_NAMES
) -> Difference | None:
    """First element of (B, T, N) arrays that differs, vector by vector, or None."""
    unequal = expected != actual
    if not unequal.any():
        return None
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(unequal)), unequal.shape))
    vector, step, neuron = index
    return Difference(
        layer, edge, names.number(vector), step, neuron, int(expected[index]), int(actual[index])
    )


def _pairs(
    graph: Graph, expected: Trace, actual: Trace, only: str | None
) -> Sequence[tuple[str, Edge, Array, Array]]:
    """Name, edge, expected and actual values (B, T, N) of every layer that is compared."""
    pairs = []
    for layer in graph.layers:
        if layer.name in actual.counts:
            pairs.append(
                (layer.name, graph.edges[layer.name], expected.counts[layer.name], actual.counts[layer.name])
            )
    readout = graph.readout.name
    pairs.append((readout, graph.edges[readout], expected.answers, actual.answers))
    return [pair for pair in pairs if only in (None, pair[0])]
