"""Bytes of a .nir file (HDF5) to a graph. Files are untrusted: links, sizes and types are checked first."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import h5py
import numpy as np

from asn2fpga.errors import InputError, UnsupportedError, shown
from asn2fpga.graph.types import Array
from asn2fpga.loader.archive import FREE_BYTES, RATIO
from asn2fpga.loader.nir.content import Edge, NirGraph, NirNode
from asn2fpga.loader.nir.primitives import EVERYWHERE, OWN, PRIMITIVES
from asn2fpga.loader.nir.trial import refuse_unreadable

HDF5_MAGIC = b"\x89HDF\r\n\x1a\n"
MAX_NODES = 1024
MAX_EDGES = 4096
MAX_DEPTH = 8  # of graphs within graphs
MAX_NAME = 200
NUMBERS = "fiub"  # kinds of numpy types that hold numbers
WRITE = "write it with nir.write"


def is_nir(path: Path, data: bytes) -> bool:
    """Whether a file is HDF5, or is called a NIR graph."""
    return data.startswith(HDF5_MAGIC) or path.suffix.lower() == ".nir"


def read_nir(data: bytes) -> NirGraph:
    """The graph in a file. InputError or UnsupportedError saying what it must be; nothing in it is run."""
    if not data.startswith(HDF5_MAGIC):
        raise InputError(f"the file must be a NIR graph, which is HDF5, not another kind of file; {WRITE}.")
    most_bytes = max(FREE_BYTES, RATIO * len(data))
    refuse_unreadable(data, most_bytes)
    try:
        with h5py.File(io.BytesIO(data), "r") as file:
            reader = _Reader(most_bytes)
            return reader.top(file)
    except InputError:
        raise
    except Exception as error:  # damaged or hostile bytes: HDF5 raises almost anything
        raise InputError(f"the file must be a NIR graph, not damaged; {WRITE}.") from error


@dataclass
class _Reader:
    """Reads groups as nodes; bytes: how many may still be unpacked, nodes: how many were read."""

    bytes: int
    nodes: int = 0

    def top(self, file: h5py.File) -> NirGraph:
        if "node" not in file or not isinstance(_item(file, "node"), h5py.Group):
            raise InputError(
                f"the file must hold a NIR graph in its group 'node', not be other HDF5; {WRITE}."
            )
        found = self.node(_item(file, "node"), "", 0)
        if isinstance(found, NirNode):
            raise InputError(
                f"the file must hold a graph, not a single {found.kind}; wrap it in nir.NIRGraph."
            )
        return found

    def node(self, group: h5py.Group, name: str, depth: int) -> NirNode | NirGraph:
        """name: path from the outermost graph, which has none itself."""
        where = f"node {shown(name)}" if name else "the graph"
        self.nodes += 1
        if self.nodes > MAX_NODES or depth > MAX_DEPTH:
            raise UnsupportedError(
                f"{where}: a graph must have at most {MAX_NODES} nodes, in at most {MAX_DEPTH} graphs within "
                "each other."
            )
        kind = self.value(group, "type", where) if "type" in group else ""
        if not isinstance(kind, str) or not kind:
            raise InputError(f"{where}: it must have a type that is a text; {WRITE}.")
        if kind == "NIRGraph":
            return self.graph(group, name, depth)
        return NirNode(name, kind, self.fields(group, kind, where))

    def graph(self, group: h5py.Group, name: str, depth: int) -> NirGraph:
        where = f"node {shown(name)}" if name else "the graph"
        nodes = _item(group, "nodes") if "nodes" in group else None
        if not isinstance(nodes, h5py.Group):
            raise InputError(f"{where}: a graph must have nodes; {WRITE}.")
        found: dict[str, NirNode | NirGraph] = {}
        for key in _names(nodes, where):
            path = f"{name}/{key}" if name else key
            inner = _item(nodes, key)
            if not isinstance(inner, h5py.Group):
                raise InputError(f"node {shown(path)}: a node must be a group of fields, not a number.")
            found[key] = self.node(inner, path, depth + 1)
        return NirGraph(found, self.edges(group, where), {} if name else self.own(group, where))

    def edges(self, group: h5py.Group, where: str) -> tuple[Edge, ...]:
        pairs = self.texts(group, where) if "edges" in group else []
        return tuple((before, after) for before, after in pairs)

    def texts(self, group: h5py.Group, where: str) -> list[list[str]]:
        """The edges: pairs of names."""
        dataset = self.dataset(group, "edges", where)
        shape: tuple[int, ...] = dataset.shape or (0,)
        if int(np.prod(shape)) == 0:
            return []
        if len(shape) != 2 or shape[-1] != 2 or h5py.check_string_dtype(dataset.dtype) is None:
            raise InputError(f"{where}: edges must be pairs of names, not of shape {shape}; {WRITE}.")
        if shape[0] > MAX_EDGES:
            raise UnsupportedError(f"{where}: a graph must have at most {MAX_EDGES} edges, not {shape[0]}.")
        return [[_text(item) for item in pair] for pair in dataset[()].tolist()]

    def fields(self, group: h5py.Group, kind: str, where: str) -> dict[str, Array | str]:
        """Of a primitive: all that it needs, and nothing that is unknown."""
        primitive = PRIMITIVES.get(kind)
        if primitive is None:
            raise UnsupportedError(
                f"{where}: the kind must be one of {', '.join(PRIMITIVES)}, not {shown(kind)}; "
                "express it by these, or train with one of them."
            )
        names = [name for name in _names(group, where) if name not in ("type", *EVERYWHERE)]
        missing = [name for name in primitive.needs if name not in names]
        unknown = [name for name in names if name not in (*primitive.needs, *primitive.may_have)]
        if missing:
            raise InputError(
                f"{where}: {kind} must have {', '.join(primitive.needs)}; {missing[0]} is missing."
            )
        if unknown:
            raise UnsupportedError(
                f"{where}: {kind} must have no field {shown(unknown[0])}: what it does is not known here; "
                "leave it out if it changes nothing."
            )
        return {name: self.value(group, name, where) for name in names}

    def value(self, group: h5py.Group, name: str, where: str) -> Array | str:
        """A text, or an array of numbers (of no axes, if it is one number)."""
        dataset = self.dataset(group, name, where)
        if h5py.check_string_dtype(dataset.dtype) is not None and dataset.shape == ():
            return _text(dataset[()])
        if dataset.dtype.kind not in NUMBERS:
            raise InputError(f"{where}: {name} must be numbers, not {shown(str(dataset.dtype))}.")
        array: Array = np.zeros(0) if dataset.shape is None else np.asarray(dataset[()])
        return array

    def dataset(self, group: h5py.Group, name: str, where: str) -> h5py.Dataset:
        """A dataset that lies in the file as a whole and is not too large."""
        dataset = _item(group, name)
        if not isinstance(dataset, h5py.Dataset) or dataset.is_virtual or dataset.external:
            raise InputError(f"{where}: {name} must be numbers or a text in the file itself; {WRITE}.")
        self.bytes -= int(dataset.size or 0) * max(1, dataset.dtype.itemsize)
        if self.bytes < 0:
            raise InputError(
                f"{where}: the file must unpack to at most {RATIO} times its size; write it without "
                "compression: nir.write(path, graph, compression=None)."
            )
        return dataset

    def own(self, group: h5py.Group, where: str) -> dict[str, Array | str]:
        """What asn2fpga itself has written into the metadata of a graph; that of others says nothing."""
        metadata = _item(group, "metadata") if "metadata" in group else None
        if not isinstance(metadata, h5py.Group) or OWN not in metadata:
            return {}
        ours = _item(metadata, OWN)
        if not isinstance(ours, h5py.Group):
            raise InputError(f"{where}: metadata '{OWN}' must be a group; {WRITE}.")
        return {name: self.value(ours, name, where) for name in _names(ours, where)}


def _names(group: h5py.Group, where: str) -> Iterator[str]:
    """What a group holds; names are read, shown and made into others, so they are no longer than that."""
    for name in group:
        if not isinstance(name, str) or not name.isprintable() or len(name) > MAX_NAME:
            raise InputError(f"{where}: names must be printable, of at most {MAX_NAME} characters.")
        yield name


def _item(group: h5py.Group, name: str) -> Any:
    """A group or dataset in the file itself: links that lead elsewhere are not followed."""
    if not isinstance(group.get(name, getlink=True), h5py.HardLink):
        raise InputError(f"{shown(name)} must lie in the file itself, not be a link to elsewhere; {WRITE}.")
    return group[name]


def _text(value: Any) -> str:
    text = value.decode("utf8", "replace") if isinstance(value, bytes) else str(value)
    if not text.isprintable():
        raise InputError(f"texts must be printable, not {shown(text)}.")
    return text
