"""Fold constant factors (pixels / 255, the 1/N of NASN, any Scale layer) into the weights beside them."""

from __future__ import annotations

import dataclasses

from asn2fpga.graph.arrays import as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import BatchNorm, Input, Layer, Linear, Neuron, Scale


def fold_scale(graph: Graph) -> Graph:
    """The same function without Scale layers, with input scale 1 and output scale 1 of every neuron.

    A factor goes into the next Linear or BatchNorm that reads it; behind a Linear or BatchNorm, with no other
    to come, into that one (a factor between Linear and Neuron). Takes a chain of layers.
    """
    layers: list[Layer] = []
    pending = 1.0
    for layer in graph.layers:
        if isinstance(layer, Scale):
            pending *= layer.factor
        elif isinstance(layer, Linear):
            layers.append(dataclasses.replace(layer, weight=as_real(layer.weight) * pending))
            pending = 1.0
        elif isinstance(layer, BatchNorm):
            layers.append(dataclasses.replace(layer, gain=as_real(layer.gain) * pending))
            pending = 1.0
        else:
            pending = _apply_backwards(layers, layer, pending)
            pending *= _own_scale(layer)
            layers.append(_without_scale(layer))
    return _without_scale_layers(graph, layers)


def _apply_backwards(layers: list[Layer], layer: Layer, pending: float) -> float:
    """Put a factor that reaches a Neuron or the Output into the Linear or BatchNorm before it."""
    if pending == 1.0 or not layers or not isinstance(layers[-1], Linear | BatchNorm):
        return pending
    layers[-1] = scaled(layers[-1], pending)
    return 1.0


def scaled(layer: Linear | BatchNorm, factor: float) -> Layer:
    """`layer` with its output multiplied by `factor`."""
    if isinstance(layer, Linear):
        weight, bias = as_real(layer.weight) * factor, as_real(layer.bias) * factor
        return dataclasses.replace(layer, weight=weight, bias=bias)
    gain, shift = as_real(layer.gain) * factor, as_real(layer.shift) * factor
    return dataclasses.replace(layer, gain=gain, shift=shift)


def _own_scale(layer: Layer) -> float:
    if isinstance(layer, Input):
        return layer.scale
    return layer.semantics.output_scale if isinstance(layer, Neuron) else 1.0


def _without_scale(layer: Layer) -> Layer:
    if isinstance(layer, Input):
        return dataclasses.replace(layer, scale=1.0)
    if isinstance(layer, Neuron):
        return dataclasses.replace(layer, semantics=dataclasses.replace(layer.semantics, output_scale=1.0))
    return layer


def _without_scale_layers(graph: Graph, folded: list[Layer]) -> Graph:
    by_name = {layer.name: layer for layer in folded}
    for layer in graph.of_type(Scale):
        graph = graph.without(layer.name)
    kept = (dataclasses.replace(by_name[layer.name], inputs=layer.inputs) for layer in graph.layers)
    return graph.with_layers(kept)
