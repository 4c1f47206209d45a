"""The real-valued network, vectorised in float64: what the integer network is compared with."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import BatchNorm, Flatten, Input, Layer, Linear, Neuron, Output, Scale
from asn2fpga.graph.neuron import NeuronSemantics
from asn2fpga.graph.types import Array
from asn2fpga.quantise.alpha import effective_alpha

CHUNK = 1000


@dataclass(frozen=True)
class FloatTrace:
    """scores: (B, C) float64; spikes: S (B, T, *shape) of each Neuron, before its output scale."""

    scores: RealArray
    spikes: dict[str, RealArray]


def simulate(graph: Graph, x: Array) -> FloatTrace:
    """Run a real-valued graph. x: frames (B, *shape) or events (B, T, *shape), integers; batch first."""
    parts = [_simulate_chunk(graph, x[start : start + CHUNK]) for start in range(0, max(1, len(x)), CHUNK)]
    spikes = {name: np.concatenate([part.spikes[name] for part in parts]) for name in parts[0].spikes}
    return FloatTrace(np.concatenate([part.scores for part in parts]), spikes)


def _simulate_chunk(graph: Graph, x: Array) -> FloatTrace:
    """Values are (B, time, ..); time is 1 while nothing has changed a static frame."""
    source = graph.input
    values: dict[str, RealArray] = {}
    spikes: dict[str, RealArray] = {}
    for layer in graph.layers:
        if isinstance(layer, Input):
            values[layer.name] = input_values(layer, x)
        elif isinstance(layer, Neuron):
            drive = repeat_time(values[layer.inputs[0]], source.time_steps)
            spikes[layer.name] = fire(layer.semantics, drive)
            values[layer.name] = spikes[layer.name] * layer.semantics.output_scale
        elif isinstance(layer, Output):
            values[layer.name] = _reduce(layer, values[layer.inputs[0]], source.time_steps)
        else:
            values[layer.name] = OPERATIONS[type(layer)](layer, values[layer.inputs[0]])
    return FloatTrace(values[graph.layers[-1].name], spikes)


def input_values(layer: Input, x: Array) -> RealArray:
    """Real input (B, time, *shape); time is 1 for frames."""
    steps = x[:, None] if layer.encoding == "frames" else x
    return as_real(steps) * layer.scale


def repeat_time(values: RealArray, time_steps: int) -> RealArray:
    """A static value (time axis 1) presented `time_steps` times; others unchanged."""
    if values.shape[1] == time_steps:
        return values
    return np.broadcast_to(values, (values.shape[0], time_steps, *values.shape[2:]))


def fire(semantics: NeuronSemantics, drive: RealArray) -> RealArray:
    """Spikes S (B, T, ..) of neurons driven by X (B, T, ..); see NeuronSemantics for the equations."""
    spikes = np.empty(drive.shape)
    state = np.zeros((drive.shape[0], *drive.shape[2:]))
    for step in range(drive.shape[1]):
        potential = state + drive[:, step]
        spikes[:, step] = level_of(semantics, potential)
        rest = potential - spikes[:, step] * (semantics.threshold * semantics.reset_gain)
        state = semantics.beta * rest
    return spikes


def level_of(semantics: NeuronSemantics, potential: RealArray) -> RealArray:
    """clip(round(U / threshold), alpha, alpha + D)."""
    ratio = potential / semantics.threshold
    rounded = np.rint(ratio) if semantics.round_mode == "half_even" else np.floor(ratio + 0.5)
    alpha = effective_alpha(semantics)
    return np.clip(rounded, alpha, alpha + semantics.levels)


def _flatten(_: Flatten, values: RealArray) -> RealArray:
    return values.reshape(*values.shape[:2], math.prod(values.shape[2:]))


def _scale(layer: Scale, values: RealArray) -> RealArray:
    return values * layer.factor


def _linear(layer: Linear, values: RealArray) -> RealArray:
    """The last axes are read flattened, so that this holds after drop_flatten too."""
    rows = values.reshape(*values.shape[:2], math.prod(values.shape[2:]))
    return rows @ as_real(layer.weight).T + as_real(layer.bias)


def _batch_norm(layer: BatchNorm, values: RealArray) -> RealArray:
    return values * as_real(layer.gain) + as_real(layer.shift)


def _reduce(layer: Output, values: RealArray, time_steps: int) -> RealArray:
    """Sum or mean over time; a static score counts `time_steps` times."""
    total: RealArray = repeat_time(values, time_steps).sum(axis=1)
    return total / time_steps if layer.reduce == "mean" else total


Operation = Callable[[Any, RealArray], RealArray]
OPERATIONS: dict[type[Layer], Operation] = {
    Flatten: _flatten,
    Scale: _scale,
    Linear: _linear,
    BatchNorm: _batch_norm,
}
