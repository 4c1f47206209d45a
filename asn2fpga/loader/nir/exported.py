"""Files of `asn2fpga export-nir`: the network as it was, with the weights that the NIR nodes hold now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import numpy as np

from asn2fpga.errors import InputError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.serial import from_plain
from asn2fpga.graph.types import Array
from asn2fpga.kinds.registry import all_kinds
from asn2fpga.loader.nir.content import NirGraph, NirNode
from asn2fpga.loader.nir.export import to_nir
from asn2fpga.loader.nir.primitives import FORMAT, OWN, WEIGHTS
from asn2fpga.loader.nir.read import read_nir

WHERE = f"metadata {OWN!r}"
PLAIN = ("format", "network", "dt")


def is_exported(graph: NirGraph) -> bool:
    """Whether asn2fpga wrote the file."""
    return bool(graph.own)


def read_exported(graph: NirGraph) -> Graph:
    """The network that was exported. InputError if the NIR graph is not that of this network any more."""
    if graph.own.get("format") != FORMAT:
        raise InputError(
            f"{WHERE}: the format must be {FORMAT!r}; it was written by another version of asn2fpga."
        )
    plain = _network(graph.own.get("network"))
    found = from_plain(plain, _tensors(graph), all_kinds(), WHERE)
    if not _same(graph, read_nir(to_nir(found).data)):
        raise InputError(
            f"{WHERE}: the graph must be the one that was exported, but for its weights, not changed; delete "
            "this metadata to import it as any NIR graph."
        )
    return found


def _network(text: object) -> Any:
    try:
        return json.loads(text) if isinstance(text, str) else None
    except (ValueError, RecursionError) as error:
        raise InputError(f"{WHERE}: the network must be JSON, not damaged.") from error


def _tensors(graph: NirGraph) -> Mapping[str, Array]:
    """By `layer.field`, those of the metadata and the weights of NIR nodes."""
    found = {
        name: array for name, array in graph.own.items() if name not in PLAIN and not isinstance(array, str)
    }
    for name, node in graph.nodes.items():
        if isinstance(node, NirNode):
            found |= {
                f"{name}.{field}": values
                for field, values in _weights(node)
                if f"{name}.{field}" not in found
            }
    return found


def _weights(node: NirNode) -> list[tuple[str, Array]]:
    """As our layers hold them: kernels of one axis have one row."""
    known = [(field, node.fields[field]) for field in WEIGHTS if field in node.fields]
    numbers = [(field, array.astype(np.float64)) for field, array in known if not isinstance(array, str)]
    is_row = node.kind == "Conv1d"
    return [(f, a[:, :, None] if is_row and f == "weight" and a.ndim == 3 else a) for f, a in numbers]


def _same(graph: NirGraph, other: NirGraph) -> bool:
    """Whether nodes and edges of two graphs are equal, whatever their order."""
    if graph.nodes.keys() != other.nodes.keys() or set(graph.edges) != set(other.edges):
        return False
    return all(_same_node(node, other.nodes[name]) for name, node in graph.nodes.items())


def _same_node(node: NirNode | NirGraph, other: NirNode | NirGraph) -> bool:
    if not isinstance(node, NirNode) or not isinstance(other, NirNode):
        return False
    if node.kind != other.kind or node.fields.keys() != other.fields.keys():
        return False
    return all(np.array_equal(value, other.fields[field]) for field, value in node.fields.items())
