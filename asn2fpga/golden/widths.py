"""How many bits the accumulators and membranes of a network really use."""

from __future__ import annotations

from asn2fpga.golden.simulate import chunks_of, values_of
from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.contract import Values
from asn2fpga.kinds.held import Held
from asn2fpga.kinds.nodes import integer_nodes


def held_by(graph: Graph, x: Array) -> dict[str, tuple[Held, ...]]:
    """What each node that holds something held, over these inputs (B, ...)."""
    found: dict[str, tuple[Held, ...]] = {}
    for part in chunks_of(graph, x):
        for name, held in _held_by_part(graph, part).items():
            before = found.get(name, held)
            found[name] = tuple(one.joined(other) for one, other in zip(before, held, strict=True))
    return found


def _held_by_part(graph: Graph, x: Array) -> dict[str, tuple[Held, ...]]:
    values = values_of(graph, x)
    found = {node.name: node.held(_sums_of(values[node.name])) for node in integer_nodes(graph)}
    return {name: held for name, held in found.items() if held}


def _sums_of(values: Values) -> IntArray | None:
    return values.sums if values.currents is None else values.currents
