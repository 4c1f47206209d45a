"""The layer graph: an ordered tuple of layers, each naming its inputs. Immutable; passes return a new one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from asn2fpga.graph.layers import DenseReadout, Encode, Input, Layer, Linear, ReceiveEvents

AnyLayer = TypeVar("AnyLayer", bound=Layer)


@dataclass(frozen=True, eq=False)
class Graph:
    """A network: `name` (a C identifier) and layers in topological order."""

    name: str
    layers: tuple[Layer, ...]

    def __getitem__(self, name: str) -> Layer:
        for layer in self.layers:
            if layer.name == name:
                return layer
        raise KeyError(name)

    @property
    def input(self) -> Input:
        """The input of a real-valued graph; ValueError if it is an integer one."""
        return self._only(Input)

    @property
    def source(self) -> Encode | ReceiveEvents:
        """The first layer of an integer graph; ValueError if it is a real-valued one."""
        first = self.layers[0]
        if isinstance(first, Encode | ReceiveEvents):
            return first
        raise ValueError(f"{self.name}: {first.name} is no input of an integer graph")

    @property
    def readout(self) -> DenseReadout:
        """The last layer of an integer graph; ValueError if it is a real-valued one."""
        return self._only(DenseReadout)

    @property
    def classes(self) -> int:
        """Scores of an inference."""
        layers = [layer for layer in self.layers if isinstance(layer, Linear | DenseReadout)]
        return int(layers[-1].weight.shape[0])

    def _only(self, kind: type[AnyLayer]) -> AnyLayer:
        found = self.of_type(kind)
        if len(found) != 1:
            raise ValueError(f"{self.name}: the graph must have one {kind.__name__}, not {len(found)}")
        return found[0]

    def of_type(self, kind: type[AnyLayer]) -> tuple[AnyLayer, ...]:
        """All layers of one class, in order."""
        return tuple(layer for layer in self.layers if isinstance(layer, kind))

    def consumers(self, name: str) -> tuple[Layer, ...]:
        """Layers that read the output of `name`."""
        return tuple(layer for layer in self.layers if name in layer.inputs)

    def with_layers(self, layers: Iterable[Layer]) -> Graph:
        """The same graph with other layers."""
        return Graph(self.name, tuple(layers))

    def replace(self, name: str, layer: Layer) -> Graph:
        """Put `layer` where `name` was; consumers of `name` now read `layer`."""
        renamed = (layer if old.name == name else rewire(old, name, layer.name) for old in self.layers)
        return self.with_layers(renamed)

    def without(self, name: str) -> Graph:
        """Remove a layer with one input; its consumers read that input instead."""
        (source,) = self[name].inputs
        return self.with_layers(rewire(layer, name, source) for layer in self.layers if layer.name != name)


def rewire(layer: Layer, old: str, new: str) -> Layer:
    """`layer` reading `new` wherever it read `old`."""
    if old not in layer.inputs:
        return layer
    return dataclasses.replace(layer, inputs=tuple(new if name == old else name for name in layer.inputs))
