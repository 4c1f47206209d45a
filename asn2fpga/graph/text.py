"""The printed form of a graph: stable, one field a line, arrays by name, shape and digest.

    graph net

    fc1 = Linear(flatten)
        source = "fc1"
        weight = @fc1.weight float64[8,16] #3f1c9a0be217
        bias = @fc1.bias float64[8] #90c1d2e3f405

Fields of nested values are written `neuron.base`; types as `u8` or `s20`; other values as JSON.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.node import Node
from asn2fpga.graph.serial import Kinds, Plain, from_plain, to_plain
from asn2fpga.graph.types import Array, FixedType

INDENT = "    "
DIGEST_LENGTH = 12
_HEAD = re.compile(r"graph (?P<name>\S+)")
_LAYER = re.compile(r"(?P<name>\S+) = (?P<kind>\w+)\((?P<inputs>[^()]*)\)")
_FIELD = re.compile(r" {4}(?P<path>[\w.\[\]]+) = (?P<value>.+)")
_STEP = re.compile(r"(?P<name>\w+)(?:\[(?P<index>\d{1,4})\])?")
_TENSOR = re.compile(r"@(?P<name>\S+) (?P<form>\w+\[[\d,]*\]) #(?P<digest>[0-9a-f]+)")
_TYPE = re.compile(r"[us]\d+")


def to_text(graph: Graph) -> str:
    """The graph as text; equal graphs give equal text, and a changed array shows as a changed digest."""
    return "".join(f"{line}\n" for line in graph_lines(graph))


def graph_lines(graph: Graph) -> Iterator[str]:
    """The lines of `to_text`."""
    yield f"graph {graph.name}"
    for layer in graph.layers:
        yield ""
        yield from layer_lines(layer)


def layer_lines(layer: Node) -> Iterator[str]:
    """The lines of one layer."""
    plain, tensors = to_plain(Graph("", (layer,)))
    (fields,) = plain["layers"]
    yield f"{layer.name} = {type(layer).__name__}({', '.join(layer.inputs)})"
    for key, value in fields.items():
        if key not in ("class", "name", "inputs"):
            yield from _field_lines(key, value, tensors)


def _field_lines(path: str, value: Any, tensors: Mapping[str, Array]) -> Iterator[str]:
    if isinstance(value, dict) and value.keys() not in ({"tensor"}, {"width_bits", "signed"}):
        for key, item in value.items():
            yield from _field_lines(f"{path}.{key}", item, tensors)
    elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
        for index, item in enumerate(value):
            yield from _field_lines(f"{path}[{index}]", item, tensors)
    else:
        yield f"{INDENT}{path} = {_value_text(value, tensors)}"


def _value_text(value: Any, tensors: Mapping[str, Array]) -> str:
    if not isinstance(value, dict):
        return json.dumps(value)
    if "tensor" not in value:
        return str(FixedType(**value))
    array = tensors[value["tensor"]]
    return f"@{value['tensor']} {_form(array)} #{digest(array)}"


def _form(array: Array) -> str:
    return f"{array.dtype}[{','.join(map(str, array.shape))}]"


def digest(array: Array) -> str:
    """Twelve hexadecimal digits of the SHA-256 of the array's element type, shape and little-endian bytes."""
    ordered = np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<"))
    return hashlib.sha256(_form(array).encode() + ordered.tobytes()).hexdigest()[:DIGEST_LENGTH]


def from_text(text: str, tensors: Mapping[str, Array], kinds: Kinds, where: str = "graph") -> Graph:
    """Inverse of `to_text`. tensors: the arrays by the names that the text gives them (`layer.field`).

    InputError `where: line N: ..` for a line that does not read, or an array that is missing or another one.
    """
    name, layers = "", []
    for number, line in enumerate(text.splitlines(), start=1):
        place = f"{where}: line {number}"
        if head := _HEAD.fullmatch(line):
            name = head["name"]
        elif layer := _LAYER.fullmatch(line):
            layers.append(_layer_of(layer))
        elif (field := _FIELD.fullmatch(line)) and layers:
            _insert(layers[-1], field["path"].split("."), _parse_value(field["value"], tensors, place), place)
        elif line:
            raise InputError(f"{place}: the line must be a graph, a layer or a field, not {line!r}.")
    return from_plain({"name": name, "layers": layers}, tensors, kinds, where)


def _layer_of(match: re.Match[str]) -> Plain:
    inputs = [name.strip() for name in match["inputs"].split(",") if name.strip()]
    return {"class": match["kind"], "name": match["name"], "inputs": inputs}


def _insert(fields: Plain, path: list[str], value: Any, place: str) -> None:
    """Put a value at `name`, `name.name` or `name[index].name`; the items of a list come in order."""
    for position, text in enumerate(path):
        step = _STEP.fullmatch(text)
        if step is None:
            raise InputError(
                f"{place}: the field must be names and numbers of items, not {'.'.join(path)!r}."
            )
        is_last = position == len(path) - 1
        if step["index"] is None:
            fields = _descend(fields, step["name"], value if is_last else {})
        else:
            items = fields.setdefault(step["name"], [])
            if not isinstance(items, list):
                raise InputError(f"{place}: {step['name']} must have items, not a value and items.")
            fields = _item(items, int(step["index"]), place)


def _descend(fields: Plain, key: str, value: Any) -> Any:
    """The value at `key`; a table that is there already stays."""
    if not isinstance(value, dict) or not isinstance(fields.get(key), dict):
        fields[key] = value
    return fields[key]


def _item(items: list[Plain], index: int, place: str) -> Plain:
    if index == len(items):
        items.append({})
    if index != len(items) - 1:
        raise InputError(f"{place}: the item must be number {len(items) - 1} or the next, not {index}.")
    return items[index]


def _parse_value(text: str, tensors: Mapping[str, Array], place: str) -> Any:
    if tensor := _TENSOR.fullmatch(text):
        return _reference(tensor, tensors, place)
    if _TYPE.fullmatch(text):
        parsed = FixedType.parse(text)
        return {"width_bits": parsed.width_bits, "signed": parsed.signed}
    try:
        return json.loads(text)
    except ValueError:
        raise InputError(f"{place}: the value must be a tensor, a type or JSON, not {text!r}.") from None


def _reference(match: re.Match[str], tensors: Mapping[str, Array], place: str) -> Plain:
    name = match["name"]
    if name not in tensors:
        raise InputError(f"{place}: the tensor must be one of those given, not {name!r}.")
    found = f"{_form(tensors[name])} #{digest(tensors[name])}"
    wanted = f"{match['form']} #{match['digest']}"
    if found != wanted:
        raise InputError(
            f"{place}: tensor {name} must be {wanted}, not {found}; these are the tensors of another graph."
        )
    return {"tensor": name}
