"""Graphs as plain data (dicts, lists, numbers, strings) and a table of arrays: model files, saved stages.

`from_plain` trusts nothing it reads: every field is checked against the type that the kind's dataclass
declares.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import types
import typing
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from asn2fpga.errors import InputError, shown
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.types import Array

Plain = dict[str, Any]
ARRAY_DTYPES = ("float64", "int64")
SCALARS: tuple[type, ...] = (bool, int, float, str)


class Part:
    """A part of a node that has kinds of its own (synapses, neurons): its class is written beside its
    fields.
    """


@dataclass(frozen=True)
class Kinds:
    """The classes that a file may name: of nodes, and of parts of nodes."""

    nodes: Mapping[str, type[Node]]
    parts: Mapping[str, type[Part]]


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
    if isinstance(value, Part):
        return {"class": type(value).__name__} | _fields_to_plain(value, path, tensors)
    if dataclasses.is_dataclass(value):
        return _fields_to_plain(value, path, tensors)
    if isinstance(value, tuple):
        return [_to_plain(item, f"{path}[{index}]", tensors) for index, item in enumerate(value)]
    return value


def from_plain(
    plain: object, tensors: Mapping[str, Array], kinds: Kinds, where: str = "graph", *, earlier: bool = False
) -> Graph:
    """Inverse of `to_plain`. Raises InputError starting with `where` for anything that is not as written.

    Checked: keys, types, finite numbers, known classes, unique names. earlier: the data may be older than
    some fields, which then have their defaults.
    """
    top = _expect(plain, dict, where, "the graph")
    _check_keys(top, {"name", "layers"}, set(), where, "the graph")
    name = _expect(top["name"], str, where, "the graph's name")
    reader = _Reader(tensors, kinds, earlier)
    layers: list[Node] = []
    for index, item in enumerate(_expect(top["layers"], list, where, "'layers'")):
        layer = reader.node(item, f"{where}: layer {index}")
        if layer.name in (other.name for other in layers):
            raise InputError(
                f"{where}: layer {index}: the name must be unique, not {shown(layer.name)} again."
            )
        layers.append(layer)
    return Graph(name, tuple(layers))


@functools.cache
def _hints(kind: type) -> dict[str, Any]:
    return typing.get_type_hints(kind, include_extras=True)


@dataclass(frozen=True)
class _Reader:
    """Reads plain values as the types that fields declare."""

    tensors: Mapping[str, Array]
    kinds: Kinds
    earlier: bool

    def node(self, plain: object, where: str) -> Node:
        node: Node = self._named(self.kinds.nodes, plain, where, "a layer")
        return node

    def _named(self, classes: Mapping[str, type], plain: object, where: str, what: str) -> Any:
        fields = dict(_expect(plain, dict, where, what))
        kind = fields.pop("class", None)
        if not isinstance(kind, str) or kind not in classes:
            raise InputError(f"{where}: the class must be one of {', '.join(classes)}, not {shown(kind)}.")
        return self.dataclass(classes[kind], fields, f"{where} ({kind})")

    def dataclass(self, kind: type, fields: Plain, where: str) -> Any:
        hints, known = _hints(kind), dataclasses.fields(kind)
        optional = {field.name for field in known if self.earlier and _has_default(field)}
        _check_keys(fields, {field.name for field in known}, optional, where, kind.__name__)
        return kind(**{name: self.value(hints[name], fields[name], where, name) for name in fields})

    def value(self, hint: Any, value: object, where: str, field: str) -> Any:
        """`value` as a value of type `hint`, or InputError.

        An array's hint is our own name `Array`, compared whole: what numpy makes of it differs by its
        version.
        """
        if hint == Array:
            return self._array(value, where, field)
        origin = typing.get_origin(hint)
        if origin in (typing.Union, types.UnionType):
            return None if value is None else self.value(_not_none(hint), value, where, field)
        if origin is typing.Literal:
            return _choice(typing.get_args(hint), value, where, field)
        if origin is tuple:
            items = _expect(value, list, where, f"field {field!r}")
            return tuple(self.value(typing.get_args(hint)[0], item, where, field) for item in items)
        return self._object(hint, value, where, field)

    def _object(self, hint: Any, value: object, where: str, field: str) -> Any:
        if isinstance(hint, type) and issubclass(hint, Part):
            parts = {name: kind for name, kind in self.kinds.parts.items() if issubclass(kind, hint)}
            return self._named(parts, value, f"{where}: field {field!r}", f"field {field!r}")
        if dataclasses.is_dataclass(hint):
            fields = _expect(value, dict, where, f"field {field!r}")
            return self.dataclass(typing.cast(type, hint), fields, f"{where}: field {field!r}")
        return _scalar(hint, value, where, field)

    def _array(self, value: object, where: str, field: str) -> Array:
        reference = value.get("tensor") if isinstance(value, dict) else None
        if not isinstance(reference, str) or reference not in self.tensors:
            raise InputError(f"{where}: field {field!r} must name a tensor of the file, not {shown(value)}.")
        array = self.tensors[reference]
        if str(array.dtype) not in ARRAY_DTYPES:
            raise InputError(
                f"{where}: field {field!r} must be {' or '.join(ARRAY_DTYPES)}, not {array.dtype}."
            )
        if not np.isfinite(array).all():
            raise InputError(f"{where}: field {field!r} must hold finite numbers, not NaN or infinity.")
        return array


def _has_default(field: dataclasses.Field[Any]) -> bool:
    return field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING


def _not_none(hint: Any) -> Any:
    (kind,) = (kind for kind in typing.get_args(hint) if kind is not type(None))
    return kind


def _choice(choices: tuple[Any, ...], value: object, where: str, field: str) -> object:
    if not isinstance(value, str) or value not in choices:
        raise InputError(f"{where}: field {field!r} must be one of {', '.join(choices)}, not {shown(value)}.")
    return value


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


def _check_keys(plain: Plain, expected: set[str], optional: set[str], where: str, what: str) -> None:
    missing = sorted(expected - optional - plain.keys())
    unknown = sorted(map(str, plain.keys() - expected))
    if missing or unknown:
        found = f"missing {', '.join(missing)}" if missing else f"unknown {', '.join(map(shown, unknown))}"
        raise InputError(f"{where}: {what} must have exactly its own fields, not {found}.")
