"""What a rule is given and what it says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import Layer
from asn2fpga.graph.types import TensorType


@dataclass(frozen=True)
class Context:
    """The graph, the layer's position in it, and the output types of the layers before it."""

    graph: Graph
    position: int
    types: Mapping[str, TensorType]

    def producer(self, layer: Layer) -> Layer:
        """The layer that `layer` reads."""
        return self.graph[layer.inputs[0]]

    def input_type(self, layer: Layer) -> TensorType:
        """The type of what `layer` reads."""
        return self.types[layer.inputs[0]]


Rule = Callable[[Context, Any], str]
"""A rule returns what is wrong ("subject must be X, not Y"), or nothing. Its docstring is the rule."""


def outside(what: str, value: float, low: float, high: float) -> str:
    """The complaint that `value` is not in low..high, if so."""
    return "" if low <= value <= high else f"{what} must be in {low:g}..{high:g}, not {value:g}"


def differs(what: str, value: object, expected: object) -> str:
    """The complaint that `value` is not `expected`, if so."""
    return "" if value == expected else f"{what} must be {expected}, not {value}"
