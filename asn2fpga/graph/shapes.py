"""The type of every layer's output: shape without time and batch, and element type."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import (
    BatchNorm,
    DensePopulation,
    DenseReadout,
    Encode,
    Flatten,
    Input,
    Layer,
    Linear,
    Neuron,
    Output,
    ReceiveEvents,
    Scale,
)
from asn2fpga.graph.types import TensorType
from asn2fpga.graph.words import SCORE_TYPE

Inference = Callable[[Any, tuple[TensorType, ...]], TensorType]
AnyLayer = TypeVar("AnyLayer", bound=Layer)


def infer_types(graph: Graph) -> dict[str, TensorType]:
    """Output type by layer name; `fixed` is None for real-valued layers, 32-bit scores for the read-out."""
    types: dict[str, TensorType] = {}
    for layer in graph.layers:
        types[layer.name] = INFERENCES[type(layer)](layer, tuple(types[name] for name in layer.inputs))
    return types


def _input(layer: Input, _: tuple[TensorType, ...]) -> TensorType:
    return TensorType(layer.shape)


def _unchanged(_: Layer, inputs: tuple[TensorType, ...]) -> TensorType:
    return inputs[0]


def _flatten(_: Flatten, inputs: tuple[TensorType, ...]) -> TensorType:
    return TensorType((inputs[0].size,), inputs[0].fixed)


def _linear(layer: Linear, _: tuple[TensorType, ...]) -> TensorType:
    return TensorType((layer.weight.shape[0],))


def _source(layer: Encode | ReceiveEvents, _: tuple[TensorType, ...]) -> TensorType:
    return TensorType((TensorType(layer.shape).size,), layer.count_type)


def _population(layer: DensePopulation, _: tuple[TensorType, ...]) -> TensorType:
    return TensorType((layer.weight.shape[0],), layer.neuron.count_type)


def _readout(layer: DenseReadout, _: tuple[TensorType, ...]) -> TensorType:
    return TensorType((layer.weight.shape[0],), SCORE_TYPE)


INFERENCES: dict[type[Layer], Inference] = {
    Input: _input,
    Flatten: _flatten,
    Scale: _unchanged,
    Linear: _linear,
    BatchNorm: _unchanged,
    Neuron: _unchanged,
    Output: _unchanged,
    Encode: _source,
    ReceiveEvents: _source,
    DensePopulation: _population,
    DenseReadout: _readout,
}
