"""Graphs as plain data (dicts, lists, numbers, strings) and a table of arrays: model files, saved stages.

`from_plain` trusts nothing it reads: every field is checked against the type the layer's dataclass declares.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Mapping
from typing import Any

import numpy as np

from asn2fpga.errors import InputError, shown
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import LAYERS, Layer
from asn2fpga.graph.types import Array

Plain = dict[str, Any]
LAYER_CLASSES: dict[str, type[Layer]] = {kind.__name__: kind for kind in LAYERS}
ARRAY_DTYPES = ("float64", "int64")
SCALARS: tuple[type, ...] = (bool, int, float, str)


def to_plain(graph: Graph) -> tuple[Plain, dict[str, Array]]:
    """The graph as a plain dict and its arrays by name `layer.field` (`layer.field.field` when nested)."""
    tensors: dict[str, Array] = {}
    layers = [
        {"class": type(layer).__name__} | _fields_to_plain(layer, layer.name, tensors)
        for layer in graph.layers
    ]
    return {"name": graph.name, "layers": layers}, tensors


def _fields_to_plain(value: Any, path: str, tensors: dict[str, Array]) -> Plain:
    names = (field.name for field in dataclasses.fields(value))
    return {name: _to_plain(getattr(value, name), f"{path}.{name}", tensors) for name in names}


def _to_plain(value: Any, path: str, tensors: dict[str, Array]) -> Any:
    if isinstance(value, np.ndarray):
        tensors[path] = value
        return {"tensor": path}
    if dataclasses.is_dataclass(value):
        return _fields_to_plain(value, path, tensors)
    if isinstance(value, tuple):
        return [_to_plain(item, f"{path}[{index}]", tensors) for index, item in enumerate(value)]
    return value


def from_plain(plain: object, tensors: Mapping[str, Array], where: str = "graph") -> Graph:
    """Inverse of `to_plain`. Raises InputError starting with `where` for anything that is not as written.

    Checked: keys, types, finite numbers, known classes, unique names, inputs that name an earlier layer.
    """
    top = _expect(plain, dict, where, "the graph")
    _check_keys(top, {"name", "layers"}, where, "the graph")
    name = _expect(top["name"], str, where, "the graph's name")
    layers: list[Layer] = []
    for index, item in enumerate(_expect(top["layers"], list, where, "'layers'")):
        layer = _layer(item, tensors, f"{where}: layer {index}")
        _check_place(layer, layers, f"{where}: layer {index}")
        layers.append(layer)
    return Graph(name, tuple(layers))


def _check_place(layer: Layer, earlier: list[Layer], where: str) -> None:
    names = {other.name for other in earlier}
    if layer.name in names:
        raise InputError(f"{where}: the name must be unique, not {shown(layer.name)} again.")
    for source in layer.inputs:
        if source not in names:
            raise InputError(f"{where}: inputs must name earlier layers, not {shown(source)}.")


def _layer(plain: object, tensors: Mapping[str, Array], where: str) -> Layer:
    fields = dict(_expect(plain, dict, where, "a layer"))
    kind = fields.pop("class", None)
    if not isinstance(kind, str) or kind not in LAYER_CLASSES:
        raise InputError(f"{where}: the class must be one of {', '.join(LAYER_CLASSES)}, not {shown(kind)}.")
    layer: Layer = _dataclass(LAYER_CLASSES[kind], fields, tensors, f"{where} ({kind})")
    return layer


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)


def _dataclass(kind: type, fields: Plain, tensors: Mapping[str, Array], where: str) -> Any:
    hints = _hints(kind)
    _check_keys(fields, {field.name for field in dataclasses.fields(kind)}, where, kind.__name__)
    return kind(**{name: _value(hints[name], fields[name], tensors, where, name) for name in fields})


def _value(hint: Any, value: object, tensors: Mapping[str, Array], where: str, field: str) -> Any:
    """`value` as a value of type `hint`, or InputError.

    An array's hint is our own name `Array`, compared whole: what numpy makes of it differs by its version.
    """
    if hint == Array:
        return _array(value, tensors, where, field)
    origin = typing.get_origin(hint)
    if origin in (typing.Union, types.UnionType):
        return None if value is None else _value(_not_none(hint), value, tensors, where, field)
    if origin is typing.Literal:
        return _choice(typing.get_args(hint), value, where, field)
    if origin is tuple:
        items = _expect(value, list, where, f"field {field!r}")
        return tuple(_value(typing.get_args(hint)[0], item, tensors, where, field) for item in items)
    if dataclasses.is_dataclass(hint):
        fields = _expect(value, dict, where, f"field {field!r}")
        return _dataclass(typing.cast(type, hint), fields, tensors, f"{where}: field {field!r}")
    return _scalar(hint, value, where, field)


def _not_none(hint: Any) -> Any:
    (kind,) = (kind for kind in typing.get_args(hint) if kind is not type(None))
    return kind


def _choice(choices: tuple[Any, ...], value: object, where: str, field: str) -> object:
    if not isinstance(value, str) or value not in choices:
        raise InputError(f"{where}: field {field!r} must be one of {', '.join(choices)}, not {shown(value)}.")
    return value


def _array(value: object, tensors: Mapping[str, Array], where: str, field: str) -> Array:
    reference = value.get("tensor") if isinstance(value, dict) else None
    if not isinstance(reference, str) or reference not in tensors:
        raise InputError(f"{where}: field {field!r} must name a tensor of the file, not {shown(value)}.")
    array = tensors[reference]
    if str(array.dtype) not in ARRAY_DTYPES:
        raise InputError(f"{where}: field {field!r} must be {' or '.join(ARRAY_DTYPES)}, not {array.dtype}.")
    if not np.isfinite(array).all():
        raise InputError(f"{where}: field {field!r} must hold finite numbers, not NaN or infinity.")
    return array


def _scalar(kind: type, value: object, where: str, field: str) -> object:
    """int, float (an int is taken too), str and bool; a bool is never a number."""
    assert kind in SCALARS, f"no rule reads a field of type {kind}"
    if kind is float and isinstance(value, int | float) and not isinstance(value, bool):
        number = _as_float(value)
        if math.isfinite(number):
            return number
        raise InputError(f"{where}: field {field!r} must be a finite number, not {shown(value)}.")
    if type(value) is not kind:
        raise InputError(f"{where}: field {field!r} must be {kind.__name__}, not {shown(value)}.")
    return value


def _as_float(value: int | float) -> float:
    try:
        return float(value)
    except OverflowError:
        return math.inf


def _expect(value: object, kind: type, where: str, what: str) -> Any:
    if type(value) is not kind:
        raise InputError(f"{where}: {what} must be a {kind.__name__}, not {shown(value)}.")
    return value


def _check_keys(plain: Plain, expected: set[str], where: str, what: str) -> None:
    missing = sorted(expected - plain.keys())
    unknown = sorted(map(str, plain.keys() - expected))
    if missing or unknown:
        found = f"missing {', '.join(missing)}" if missing else f"unknown {', '.join(map(shown, unknown))}"
        raise InputError(f"{where}: {what} must have exactly its own fields, not {found}.")
