"""Choose which layers keep their weights in look-up tables, where block RAM is short.

    place_weights(graph: Graph, available: Resources) -> Graph

Pure and cheap (no weight is looked at, only sizes): the search for lanes may call it for every candidate.
"""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from asn2fpga.device.binding import BLOCK, memory_style
from asn2fpga.device.parts import Memory, memory_resources
from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.known import Known
from asn2fpga.kinds.contract import Foldable, WeightMemory
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.estimate_resources import estimate

_ROMS, _PLACED = Known(), Known()


@dataclass(frozen=True)
class Move:
    """Weights of a layer that lie in look-up tables: the block RAM that frees, the tables it costs."""

    layer: str
    frees_bram36: float
    costs_lut: float


def place_weights(graph: Graph, available: Resources) -> Graph:
    """The graph with weights in look-up tables exactly where that makes its block RAM fit `available`.

    Of all choices that make it fit, the one of the fewest look-up tables; earlier choices are forgotten.
    Where none does, or look-up tables would not fit any more, no weights move: the caller sees by `estimate`
    that it does not fit.
    """
    graph = _with_tables(graph, ())
    need = estimate(graph)
    excess, room = need.bram36 - available.bram36, available.lut - need.lut
    if excess <= 0:
        return graph
    possible = [_move(*found) for found in _memories(graph) if _is_in_block_ram(found[1])]
    chosen = _cheapest(possible, excess)
    if sum(move.costs_lut for move in chosen) > room:
        return graph
    return _with_tables(graph, {move.layer for move in chosen})


def moves(graph: Graph) -> tuple[Move, ...]:
    """What lies in look-up tables in `graph` although its size asks for block RAM, in order of layers."""
    return tuple(_move(*found) for found in _memories(graph) if found[1].in_luts)


def _memories(graph: Graph) -> Iterator[tuple[str, Memory, int]]:
    """The ROMs of all weights, by the name of what was trained, as often as they are stored."""
    for node in foldable_nodes(graph):
        for name, memory in _roms(graph, node).items():
            yield name, memory, node.parallel_pixels


def _roms(graph: Graph, node: Foldable) -> Mapping[str, Memory]:
    edges = tuple(graph.edges_into(node))
    return _ROMS.of(node, edges, lambda: node.weight_memories(edges))


def _with_tables(graph: Graph, names: Collection[str]) -> Graph:
    return graph.with_layers(
        _placed(node, tuple(_roms(graph, node)), names) if isinstance(node, Foldable) else node
        for node in graph.layers
    )


def _placed(node: Foldable, weights: tuple[str, ...], names: Collection[str]) -> Foldable:
    """The layer with those of its weights that are in `names` in look-up tables, and no others."""
    kinds: dict[str, WeightMemory] = {name: "lut" if name in names else "auto" for name in weights}
    return _PLACED.of(node, tuple(kinds.items()), lambda: node.with_weights_in(kinds))


def _is_in_block_ram(memory: Memory) -> bool:
    return memory_style(memory.depth, memory.width_bits) == BLOCK


def _move(layer: str, memory: Memory, copies: int) -> Move:
    block = memory_resources(dataclasses.replace(memory, in_luts=False))
    tables = memory_resources(dataclasses.replace(memory, in_luts=True))
    return Move(layer, copies * block.bram36, copies * (tables.lut - block.lut))


def _cheapest(possible: Sequence[Move], excess: float) -> tuple[Move, ...]:
    """The moves that free `excess` for the fewest look-up tables; none if all together free less."""
    wanted = math.ceil(2 * excess)  # halves, which is what a block RAM can be freed in
    if sum(2 * move.frees_bram36 for move in possible) < wanted:
        return ()
    nothing: tuple[Move, ...] = ()
    chosen = [(0.0, nothing)] + wanted * [(math.inf, nothing)]  # the cheapest that free so many halves
    for move in possible:
        for freed in range(wanted, 0, -1):
            cost, others = chosen[max(0, freed - int(2 * move.frees_bram36))]
            if cost + move.costs_lut < chosen[freed][0]:
                chosen[freed] = cost + move.costs_lut, (*others, move)
    return chosen[wanted][1]
