"""The layer graph: an ordered tuple of layers, each naming its inputs. Immutable; passes return a new one."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from asn2fpga.ir.layers import Layer

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
