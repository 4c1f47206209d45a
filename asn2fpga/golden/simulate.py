"""The golden model: run an integer graph, exactly, and keep every layer's events."""

from __future__ import annotations

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.golden.ops import OPS
from asn2fpga.graph.arrays import as_integer
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import Encode, ReceiveEvents
from asn2fpga.graph.trace import Trace, concatenate
from asn2fpga.graph.types import Array

CHUNK = 500


def simulate(graph: Graph, x: Array) -> Trace:
    """Run an integer graph. x: frames (B, *shape) uint8, or event counts (B, T, *shape), else InputError."""
    check_inputs(graph, x)
    parts = [_simulate_chunk(graph, x[start : start + CHUNK]) for start in range(0, max(1, len(x)), CHUNK)]
    return concatenate(parts)


def _simulate_chunk(graph: Graph, x: Array) -> Trace:
    values: dict[str, Array] = {}
    for layer in graph.layers:
        values[layer.name] = OPS[type(layer)](layer, values[layer.inputs[0]] if layer.inputs else x)
    scores = values.pop(graph.readout.name)
    return Trace(as_integer(scores), values)


def check_inputs(graph: Graph, x: Array) -> None:
    """InputError if x is not a batch of what the graph's first layer takes."""
    source = graph.source
    if isinstance(source, Encode):
        _check_shape(x, source.shape, "frames (B, {})")
        if x.dtype != np.uint8:
            raise InputError(f"x: frames must be uint8, not {x.dtype}; scale pixels to 0..255 and convert.")
        _check_range(x, "pixels", source.max_count)
    elif isinstance(source, ReceiveEvents):
        _check_shape(x, (source.time_steps, *source.shape), "event counts (B, {})")
        if not np.issubdtype(x.dtype, np.integer):
            raise InputError(f"x: event counts must be integers, not {x.dtype}.")
        _check_range(x, "event counts", source.max_count)


def _check_shape(x: Array, shape: tuple[int, ...], form: str) -> None:
    if x.shape[1:] != shape or x.ndim != len(shape) + 1:
        wanted = form.format(", ".join(map(str, shape)))
        raise InputError(f"x: the shape must be {wanted}, not {x.shape}.")


def _check_range(x: Array, what: str, largest: int) -> None:
    low, high = (int(x.min()), int(x.max())) if x.size else (0, 0)
    if low < 0 or high > largest:
        raise InputError(f"x: {what} must be 0..{largest}, not {low}..{high}.")


def accuracy(scores: Array, y: Array) -> float:
    """Part of the samples whose largest score (the first of equal ones) is at class y (B,)."""
    return float(np.mean(scores.argmax(axis=1) == y))
