"""Loops of a trained network: what they may hold, and what a population reads of itself."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING

import numpy as np

from asn2fpga.errors import UnsupportedError
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.loops import loops_of_several
from asn2fpga.kinds.nodes import real_nodes, trained_synapses

if TYPE_CHECKING:
    from asn2fpga.quantise.network import Branch, Origin


def check_loops(graph: Graph) -> None:
    """UnsupportedError for a loop that holds what is sent pixel by pixel, or looks at all time steps."""
    gathering = {node.name for node in trained_synapses(graph) if node.gathers}
    for part in loops_of_several(real_nodes(graph)):
        for node in part.nodes:
            if node.name in gathering or node.pools:
                raise UnsupportedError(
                    f"{node.place}: {type(node).__name__} must not be part of a loop, only Linear layers and "
                    "neurons; cut the loop, or let it begin after this layer."
                )


def kept_once(branches: tuple[Branch, ...]) -> tuple[Branch, ...]:
    """The branches, of which one at most reads what its own population keeps; others read it from a line."""
    keeps = False
    found = []
    for branch in branches:
        origins: list[Origin] = []
        for origin in branch.origins:
            origins.append(_from_a_line(origin) if origin.delay and keeps else origin)
            keeps = keeps or bool(origin.delay)
        found.append(dataclasses.replace(branch, origins=tuple(origins)))
    return tuple(found)


def _from_a_line(origin: Origin) -> Origin:
    return dataclasses.replace(origin, delay=0, late=np.asarray(origin.delays), in_loop=True)


def leads_to(graph: Graph, start: str, end: str) -> bool:
    """Whether a path leads from one node to another one."""
    seen, pending = {start}, [start]
    while pending:
        for reader in graph.consumers(pending.pop()):
            if reader.name not in seen:
                seen.add(reader.name)
                pending.append(reader.name)
    return end in seen - {start}
