"""The numbers of a node, checked: arrays of real numbers, integers, pairs of them, shapes."""

from __future__ import annotations

import numpy as np

from asn2fpga.errors import shown
from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Array, Shape
from asn2fpga.loader.nir.content import NirNode

MAX_AXES = 8
LARGEST_INTEGER = 1 << 31
DIVERGED = "the training or the export has diverged"
NO_LEAK = (
    "neurons without a leak are IF nodes, and snnTorch exports a beta or alpha of 1 so: train with less, "
    "or build the code, my_model.py:Net"
)
TIME_CONSTANTS = ("tau", "tau_mem", "tau_syn")


def real(node: NirNode, name: str) -> RealArray:
    """A field as finite float64 numbers, of any shape; InputError."""
    values = _numbers(node, name).astype(np.float64)
    if not np.isfinite(values).all():
        bad = "NaN" if np.isnan(values).any() else "infinity"
        why = NO_LEAK if bad == "infinity" and name in TIME_CONSTANTS else DIVERGED
        raise node.wrong(f"{name} must hold finite numbers, not {bad}; {why}")
    return as_real(values)


def weights(node: NirNode, name: str, axes: int, form: str) -> RealArray:
    """A field of real numbers with that many axes, none of them empty; form: what they are."""
    values = real(node, name)
    if values.ndim != axes or values.size == 0:
        raise node.refuse(f"{name} of {node.kind} must have shape {form}, not {values.shape}")
    return values


def bias(node: NirNode, size: int) -> RealArray:
    """(size,) the bias; zeros where a file has none."""
    values = real(node, "bias") if "bias" in node.fields else np.zeros(0)
    if values.size == 0:
        return np.zeros(size)
    if values.shape not in ((size,), (), (1,)):
        raise node.wrong(f"bias must have shape ({size},), one for each output, not {values.shape}")
    return as_real(np.broadcast_to(values, (size,)).copy())


def broadcast(node: NirNode, name: str, shape: Shape, missing: float | None = None) -> RealArray:
    """A parameter of neurons of that shape: a number, or an array that fits them; `missing`: what it is where
    the file has none.
    """
    if missing is not None and name not in node.fields:
        return np.full(shape, missing)
    values = real(node, name)
    if values.size == 1:
        return np.full(shape, float(values.reshape(-1)[0]))
    while values.ndim > len(shape) and values.shape[0] == 1:
        values = values[0]
    if values.ndim != len(shape) or any(a not in (1, b) for a, b in zip(values.shape, shape, strict=True)):
        raise node.wrong(
            f"{name} must be one number, or have the shape {shape} of what the node reads, not {values.shape}"
        )
    return as_real(np.broadcast_to(values, shape).copy())


def integers(node: NirNode, name: str, count: int, least: int) -> tuple[int, ...]:
    """`count` integers of at least `least`; one number stands for all."""
    values = _numbers(node, name).reshape(-1)
    found = [int(value) for value in values.tolist() if abs(value) < LARGEST_INTEGER and value == int(value)]
    if len(found) != values.size or len(found) not in (1, count) or min(found) < least:
        raise node.wrong(
            f"{name} must be {_count(count)} of at least {least}, not {shown(_as_list(node.fields[name]))}"
        )
    return tuple(found * count if len(found) == 1 else found)


def shape_of(node: NirNode, name: str) -> Shape:
    """A shape: sizes of axes, without batch and time."""
    values = _numbers(node, name).reshape(-1).tolist()
    good = [int(value) for value in values if 0 < value < LARGEST_INTEGER and value == int(value)]
    if len(good) != len(values) or not 1 <= len(values) <= MAX_AXES:
        raise node.wrong(
            f"{name} must be the sizes of 1..{MAX_AXES} axes, not {shown(_as_list(node.fields[name]))}"
        )
    return tuple(good)


def _numbers(node: NirNode, name: str) -> Array:
    values = node.fields[name]
    if isinstance(values, str):
        raise node.wrong(f"{name} must be numbers, not the text {shown(values)}")
    return values


def _count(count: int) -> str:
    return "an integer" if count == 1 else f"{count} integers"


def _as_list(value: Array | str) -> object:
    return value if isinstance(value, str) else value.tolist()
