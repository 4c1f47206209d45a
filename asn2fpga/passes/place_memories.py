"""Choose which memories lie in UltraRAM, where the board has some; and then where weights lie.

    place_memories(graph: Graph, available: Resources) -> Graph

Pure and cheap, as place_weights: the search for lanes may call it for every candidate.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from asn2fpga.device.binding import ULTRA_DEPTH, ULTRA_WIDTH
from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.known import Known
from asn2fpga.kinds.contract import Foldable, RunTimeMemory
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.place_weights import place_weights

_PLACED = Known()
SMALLEST_FILL = 1 / 8  # of the bits of its UltraRAMs: as many as one block RAM of 36 Kb has of one


@dataclass(frozen=True)
class UltraMove:
    """Memories of a layer that lie in UltraRAM: the block RAM that frees, and what it takes."""

    layer: str
    memory: str
    frees_bram36: float
    uram: float

    @property
    def frees_per_uram(self) -> float:
        """Block RAMs for each UltraRAM."""
        return self.frees_bram36 / self.uram


def place_memories(graph: Graph, available: Resources) -> Graph:
    """The graph with memories in UltraRAM, and then weights in look-up tables (place_weights).

    Only what begins empty and is written at run time can lie there (Foldable.run_time_memories). It does
    where that takes a smaller part of the board's UltraRAM than of its block RAM, and anything else that
    frees block RAM while that is short; what frees most for each UltraRAM comes first. Earlier choices are
    forgotten.
    """
    graph = _with_ultra(graph, ())
    if available.uram >= 1:
        graph = _with_ultra(graph, _chosen(graph, available))
    return place_weights(graph, available)


def ultra_moves(graph: Graph) -> tuple[UltraMove, ...]:
    """What lies in UltraRAM in `graph`, in order of layers."""
    return tuple(_moves(graph, in_ultra=True))


def _chosen(graph: Graph, available: Resources) -> Sequence[UltraMove]:
    possible = [move for move in _moves(graph, in_ultra=False) if move.frees_bram36]
    short, room = estimate(graph).bram36 - available.bram36, available.uram
    chosen = []
    for move in sorted(possible, key=lambda move: -move.frees_per_uram):
        cheaper = move.uram * available.bram36 < move.frees_bram36 * available.uram
        if move.uram <= room and (cheaper or short > 0):
            chosen.append(move)
            short, room = short - move.frees_bram36, room - move.uram
    return chosen


def _moves(graph: Graph, in_ultra: bool) -> Iterator[UltraMove]:
    """Of the memories that lie in UltraRAM, or of all others that fill it well enough."""
    for node in foldable_nodes(graph):
        for name, memory in node.run_time_memories(graph.edges_into(node)).items():
            move = _move(node.name, name, memory, node.parallel_pixels)
            if memory.in_ultra == in_ultra and (in_ultra or _fills(memory)):
                yield move


def _move(layer: str, name: str, memory: Memory, copies: int) -> UltraMove:
    block = memory_resources(replace(memory, in_ultra=False))
    ultra = memory_resources(replace(memory, in_ultra=True))
    return UltraMove(layer, name, copies * block.bram36, copies * ultra.uram)


def _fills(memory: Memory) -> bool:
    """Whether it is deep and wide enough that an UltraRAM is not wasted on it."""
    there = memory_resources(replace(memory, in_ultra=True)).uram * ULTRA_DEPTH * ULTRA_WIDTH
    return memory.depth > 1 and memory.depth * memory.width_bits >= SMALLEST_FILL * there


def _with_ultra(graph: Graph, moves: Sequence[UltraMove]) -> Graph:
    """The graph with exactly these in UltraRAM."""
    names: dict[str, set[str]] = {}
    for move in moves:
        names.setdefault(move.layer, set()).add(move.memory)

    return graph.with_layers(
        _placed(node, frozenset(names.get(node.name, ())), graph.edges_into(node))
        if isinstance(node, Foldable)
        else node
        for node in graph.layers
    )


def _placed(node: Foldable, inside: frozenset[str], edges: tuple[Edge, ...]) -> Foldable:
    """The layer with these memories in UltraRAM, and no others."""

    def place() -> Foldable:
        kinds: Mapping[str, RunTimeMemory] = {
            name: "ultra" if name in inside else "auto" for name in node.run_time_memories(edges)
        }
        return node.with_run_time_memories_in(kinds)

    return _PLACED.of(node, (inside, edges), place)
