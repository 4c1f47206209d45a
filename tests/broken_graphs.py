"""Graphs with a field of one node, or of a part of it, changed: for tests of what rules say."""

from __future__ import annotations

import dataclasses
from typing import Any

from asn2fpga.graph.graph import Graph

PARTS = {"semantics": "semantics", "neuron": "neuron", "membrane": "neuron.membrane"}


def changed(graph: Graph, name: str, /, **fields: Any) -> Graph:
    """`graph` with fields of a node replaced, or of its parts.

    `neuron__base` is of its neuron, `membrane__bias` of that one's membrane, `projection1__shift` of
    projection number 1, `synapse1__weight` of the synapses of that one.
    """
    node = graph[name]
    for key, value in fields.items():
        node = _replaced(node, _path(key), value)
    return graph.with_layers(node if old is graph[name] else old for old in graph.layers)


def _path(key: str) -> list[str | int]:
    if "__" not in key:
        return [key]
    part, field = key.split("__")
    for kind in ("synapse", "projection"):
        if part.startswith(kind):
            place: list[str | int] = ["projections", int(part.removeprefix(kind))]
            return [*place, *(["synapse"] if kind == "synapse" else []), field]
    return [*PARTS[part].split("."), field]


def _replaced(whole: Any, path: list[str | int], value: Any) -> Any:
    if not path:
        return value
    step, *others = path
    if isinstance(step, int):
        return tuple(_replaced(item, others, value) if i == step else item for i, item in enumerate(whole))
    return dataclasses.replace(whole, **{step: _replaced(getattr(whole, step), others, value)})
