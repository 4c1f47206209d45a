"""What a real-valued network must be to be built: order of layers, sizes, ranges of every number.

Run on every graph at the door, traced or read from a file (which is untrusted data).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable
from typing import Any

import numpy as np

from asn2fpga.errors import InputError, UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import BatchNorm, Flatten, Input, Layer, Linear, Neuron, Output, Scale
from asn2fpga.graph.limits import MAX_ALPHA, MAX_COUNT, MAX_LEVELS, MAX_TIME_STEPS
from asn2fpga.graph.types import Array, Shape
from asn2fpga.loader.names import to_identifier

MAX_MAGNITUDE = 1e9  # of weights and scales; beyond it a network is broken, and thresholds get absurdly wide
MIN_SCALE = 1e-9
MAX_INPUTS = 1 << 20
OWN_NAMES = ("pixels", "events", "output", "network")  # reserved for what is not a module


def check_graph(graph: Graph) -> Graph:
    """`graph` itself. Raises InputError or UnsupportedError naming the layer by its place in the model."""
    _check_names(graph)
    _check_chain(graph)
    _check_order(graph)
    shape: Shape = ()
    for layer in graph.layers:
        shape = CHECKS[type(layer)](layer, shape)
    return graph


def _place(layer: Layer) -> str:
    """Path of the layer's module, on one line: it comes from the file. Its name where that is a number."""
    source = " ".join(layer.source.split())[:100]
    return layer.name if not source or source[0].isdigit() else source


def _check_names(graph: Graph) -> None:
    for name in (graph.name, *(layer.name for layer in graph.layers)):
        if to_identifier(name) != name and name not in OWN_NAMES:
            raise InputError(
                f"model: layer names must be identifiers as asn2fpga.save makes them, not {name[:60]!r}."
            )


def _check_chain(graph: Graph) -> None:
    """Every layer reads the one before it."""
    layers = graph.layers
    if not layers or not isinstance(layers[0], Input) or layers[0].inputs:
        raise InputError("model: the network must start with an Input layer.")
    if not isinstance(layers[-1], Output):
        raise InputError("model: the network must end with an Output layer.")
    for before, layer in itertools.pairwise(layers):
        if type(layer) not in CHECKS or isinstance(layer, Input) or isinstance(before, Output):
            raise InputError(f"{_place(layer)}: {type(layer).__name__} must not stand here in a model.")
        if layer.inputs != (before.name,):
            raise UnsupportedError(
                f"{_place(layer)}: the layer must read the one before it ({_place(before)}), "
                f"not {', '.join(layer.inputs) or 'nothing'}; branches are not built yet."
            )


def _check_order(graph: Graph) -> None:
    """Linear, then perhaps BatchNorm, then a neuron; the last Linear has none."""
    state: Layer = graph.layers[0]
    if not graph.of_type(Linear):
        raise UnsupportedError("model: the network must have Linear layers, not none; it is empty.")
    if not graph.of_type(Neuron):
        raise UnsupportedError(
            "model: the network must have a neuron layer, not none; put ASN, NASN or ILIF between Linears."
        )
    for layer in graph.layers[1:]:
        if isinstance(layer, Linear | Neuron | Output):
            _check_follows(state, layer)
            state = layer


def _check_follows(before: Layer, layer: Layer) -> None:
    if isinstance(layer, Linear) and isinstance(before, Linear):
        raise UnsupportedError(
            f"{_place(layer)}: Linear must read neurons or the input, not {_place(before)} (Linear); "
            "put a neuron between them or merge the two."
        )
    if isinstance(layer, Neuron) and not isinstance(before, Linear):
        raise UnsupportedError(
            f"{_place(layer)}: a neuron must read a Linear layer, not {_place(before)} "
            f"({type(before).__name__})."
        )
    if isinstance(layer, Output) and not isinstance(before, Linear):
        raise UnsupportedError(
            f"{_place(before)}: the network must end with a Linear layer (the scores), not with a neuron; "
            "add a Linear layer behind it."
        )


def _check_input(layer: Any, shape: Shape) -> Shape:
    if not layer.shape or min(layer.shape) < 1 or math.prod(layer.shape) > MAX_INPUTS:
        raise InputError(
            f"{_place(layer)}: the input's shape must have 1..{MAX_INPUTS} elements, not {layer.shape}."
        )
    _check_range(layer, "time_steps (T)", layer.time_steps, 1, MAX_TIME_STEPS)
    _check_range(layer, "max_count", layer.max_count, 1, MAX_COUNT)
    _check_range(layer, "scale", layer.scale, MIN_SCALE, MAX_MAGNITUDE)
    result: Shape = layer.shape
    return result


def _check_flatten(layer: Any, shape: Shape) -> Shape:
    return (math.prod(shape),)


def _check_scale(layer: Any, shape: Shape) -> Shape:
    _check_range(layer, "factor", layer.factor, MIN_SCALE, MAX_MAGNITUDE)
    return shape


def _check_linear(layer: Any, shape: Shape) -> Shape:
    if layer.weight.ndim != 2 or layer.weight.shape[0] < 1:
        raise InputError(f"{_place(layer)}: weight must have shape (out, in), not {layer.weight.shape}.")
    outputs, inputs = layer.weight.shape
    if shape != (inputs,):
        raise InputError(
            f"{_place(layer)}: Linear must get ({inputs},) features, not {shape}; put Flatten before it."
        )
    _check_array(layer, "weight", layer.weight, (outputs, inputs))
    _check_array(layer, "bias", layer.bias, (outputs,))
    return (outputs,)


def _check_batchnorm(layer: Any, shape: Shape) -> Shape:
    _check_array(layer, "gain", layer.gain, shape)
    _check_array(layer, "shift", layer.shift, shape)
    return shape


def _check_neuron(layer: Any, shape: Shape) -> Shape:
    semantics = layer.semantics
    _check_range(layer, "levels (D)", semantics.levels, 1, MAX_LEVELS)
    _check_range(layer, "alpha", semantics.alpha, -MAX_ALPHA, MAX_ALPHA)
    _check_range(layer, "beta", semantics.beta, 0, 1)
    for name in ("threshold", "output_scale", "reset_gain"):
        _check_range(layer, name, getattr(semantics, name), MIN_SCALE, MAX_MAGNITUDE)
    return shape


def _check_output(layer: Any, shape: Shape) -> Shape:
    return shape


def _check_range(layer: Layer, name: str, value: float, low: float, high: float) -> None:
    if not low <= value <= high:
        raise InputError(f"{_place(layer)}: {name} must be in {low:g}..{high:g}, not {_as_float(value):g}.")


def _as_float(value: float) -> float:
    """Integers of a file can be beyond every float."""
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _check_array(layer: Layer, name: str, array: Array, shape: Shape) -> None:
    where = _place(layer)
    if array.shape != shape or len(shape) == 0:
        raise InputError(f"{where}: {name} must have shape {shape}, not {array.shape}.")
    if array.dtype != np.float64:
        raise InputError(f"{where}: {name} must be float64, not {array.dtype}.")
    if not np.isfinite(array).all():
        raise InputError(
            f"{where}: {name} must hold finite numbers, not NaN or infinity; the training has diverged."
        )
    largest = float(np.abs(array).max(initial=0.0))
    if largest > MAX_MAGNITUDE:
        raise InputError(f"{where}: {name} must be within +-{MAX_MAGNITUDE:g}, not as large as {largest:g}.")


CHECKS: dict[type[Layer], Callable[[Any, Shape], Shape]] = {
    Input: _check_input,
    Flatten: _check_flatten,
    Scale: _check_scale,
    Linear: _check_linear,
    BatchNorm: _check_batchnorm,
    Neuron: _check_neuron,
    Output: _check_output,
}
