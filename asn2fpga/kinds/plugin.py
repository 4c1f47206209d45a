"""Kinds that come with a user's own package, through the entry point group `asn2fpga.kinds`: docs/a-new-
kind.md.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from asn2fpga.errors import InputError
from asn2fpga.graph.node import Node
from asn2fpga.graph.serial import Part
from asn2fpga.kinds.trained import RealNode

GROUP = "asn2fpga.kinds"

Lowering = Callable[[Any], tuple[type[RealNode], Mapping[str, Any]]]
"""A torch module -> the kind of node that it is, and the node's fields besides name, inputs and source."""


@dataclass(frozen=True)
class KindPlugin:
    """What a package adds. name: of the folder that its headers get among the kernels, a C identifier.

    nodes: kinds of trained nodes; parts: of integer synapses (and neurons); modules: by the full name of a
    torch module's class, how it becomes a node; headers: the folder of the kernels' headers (*.h).
    """

    name: str
    headers: Path
    nodes: tuple[type[Node], ...] = ()
    parts: tuple[type[Part], ...] = ()
    modules: Mapping[str, Lowering] = field(default_factory=dict)


@cache
def plugins() -> tuple[KindPlugin, ...]:
    """All plug-ins that are installed, by name. InputError for an entry point that is none."""
    found = [_load(point) for point in importlib.metadata.entry_points(group=GROUP)]
    return tuple(sorted(found, key=lambda plugin: plugin.name))


def _load(point: importlib.metadata.EntryPoint) -> KindPlugin:
    where = f"entry point {point.name} of {GROUP}"
    try:
        plugin = point.load()
    except Exception as error:  # code of the package: anything can happen
        raise InputError(f"{where}: cannot load {point.value}: {type(error).__name__}: {error}.") from error
    if not isinstance(plugin, KindPlugin):
        raise InputError(f"{where}: it must be a KindPlugin, not {type(plugin).__name__}.")
    _check(where, plugin)
    return plugin


def _check(where: str, plugin: KindPlugin) -> None:
    if not plugin.name.isidentifier() or not plugin.name.isascii():
        raise InputError(f"{where}: the name must be a C identifier, not {plugin.name!r}.")
    if not plugin.headers.is_dir():
        raise InputError(f"{where}: the headers must be a folder, not {plugin.headers}.")
    for kind in (*plugin.nodes, *plugin.parts):
        open_questions = sorted(getattr(kind, "__abstractmethods__", ()))
        if open_questions:
            raise InputError(
                f"{where}: {kind.__name__} must answer every question of its contract, not leave out "
                f"{', '.join(open_questions)}."
            )
