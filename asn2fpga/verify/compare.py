"""Exact comparison of two traces of one network. The first difference stops it, named by layer and neuron."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from asn2fpga.errors import MismatchError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import Encode, ReceiveEvents
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array, Shape

_AXES = {2: "yx", 3: "cyx"}


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
    """The first element that differs; `shape` is the layer's, to show `neuron` as coordinates."""

    layer: str
    shape: Shape
    vector: int
    step: int
    neuron: int
    expected: int
    got: int

    def sentence(self, build: str) -> str:
        """What the user reads, with the line that shows the difference again."""
        return (
            f"layer {self.layer}, vector {self.vector}, time step {self.step}, "
            f"neuron {self.neuron}{_coordinates(self.neuron, self.shape)}: "
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
    for the lowest vector that differs, there for the first layer, time step and neuron. `names` numbers the
    vectors in the message; `build` is the folder to name in it.
    """
    differences, compared = [], 0
    for name, shape, want, have in _pairs(graph, expected, actual, layer):
        if want.shape != have.shape:
            raise MismatchError(f"layer {name}: values must have shape {want.shape}, not {have.shape}.")
        compared += want.size
        found = first_difference(name, shape, want, have, names)
        if found:
            differences.append(found)
    if differences:
        raise MismatchError(min(differences, key=lambda item: item.vector).sentence(build))
    return compared


def first_difference(
    layer: str, shape: Shape, expected: Array, actual: Array, names: VectorNames = PLAIN_NAMES
) -> Difference | None:
    """First element of (B, T, N) arrays that differs, vector by vector, or None."""
    unequal = expected != actual
    if not unequal.any():
        return None
    index = tuple(int(i) for i in np.unravel_index(int(np.argmax(unequal)), unequal.shape))
    vector, step, neuron = index
    return Difference(
        layer, shape, names.number(vector), step, neuron, int(expected[index]), int(actual[index])
    )


def _pairs(
    graph: Graph, expected: Trace, actual: Trace, only: str | None
) -> Sequence[tuple[str, Shape, Array, Array]]:
    """Name, shape, expected and actual values (B, T, N) of every layer that is compared."""
    pairs = []
    for layer in graph.layers:
        shape = layer.shape if isinstance(layer, (Encode, ReceiveEvents)) else ()
        if layer.name in actual.counts:
            pairs.append((layer.name, shape, expected.counts[layer.name], actual.counts[layer.name]))
    readout = graph.readout.name
    pairs.append((readout, (), expected.scores[:, None, :], actual.scores[:, None, :]))
    return [pair for pair in pairs if only in (None, pair[0])]


def _coordinates(neuron: int, shape: Shape) -> str:
    """` (c=2,y=5,x=2)` for layers of two or three axes of more than one element, else nothing."""
    axes = _AXES.get(len(shape))
    if axes is None:
        return ""
    index = np.unravel_index(neuron, shape)
    return " (" + ",".join(f"{axis}={int(i)}" for axis, i in zip(axes, index, strict=True)) + ")"
