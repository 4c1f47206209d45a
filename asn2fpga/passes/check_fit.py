"""Refuse a network whose estimate exceeds the board, and say what to change."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from asn2fpga.device.resources import Resources, total
from asn2fpga.errors import DoesNotFitError
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import Foldable, IntegerNode
from asn2fpga.kinds.nodes import foldable_nodes, integer_node, integer_nodes
from asn2fpga.passes.estimate_resources import estimate, estimate_layer
from asn2fpga.passes.place_memories import place_memories

KINDS = {"bram36": "block RAMs of 36 Kb", "dsp": "DSP slices", "lut": "look-up tables", "ff": "flip-flops"}
FEWEST_WEIGHT_BITS = 2


def check_fit(graph: Graph, available: Resources, share: float | None = None) -> None:
    """Raise DoesNotFitError if the estimate exceeds what there is, naming the layer and what to change.

    share: the part of the board that `available` is, if not all of it.
    """
    part = "" if share is None else f" ({share:.0%} of the board)"
    larger = "a larger board" if share is None else "a larger --budget or board"
    parts = {node.name: estimate_layer(graph, node) for node in integer_nodes(graph)}
    whole = total(parts.values())
    for kind, title in KINDS.items():
        need, have = getattr(whole, kind), getattr(available, kind)
        if need > have:
            name = max(parts, key=lambda layer: float(getattr(parts[layer], kind)))
            here = getattr(parts[name], kind)
            advice = _advice(graph, integer_node(graph, name), kind, available, larger)
            raise DoesNotFitError(
                f"{name}: the network must fit {have:,.0f} {title}{part}, not need about {need:,.0f}, "
                f"{here:,.0f} of them here; {advice}."
            )


def bits_that_fit(graph: Graph, available: Resources) -> dict[str, int] | None:
    """Weight bits by layer with which the network fits, as many as possible; None if there are none.

    Bits go where one bit less frees most block RAM; weights may lie in look-up tables (place_memories).
    """
    bits = _weight_bits(graph)
    while not _fits(_with_bits(graph, bits), available):
        steps = [step for name in bits if (step := _next_step(graph, name, bits[name]))]
        if not steps:
            return None
        best = max(steps, key=lambda step: step.freed_per_bit)
        bits[best.layer] = best.bits
    return _widened(graph, bits, available)


def _weight_bits(graph: Graph) -> dict[str, int]:
    return {name: bits for node in foldable_nodes(graph) for name, bits in node.weight_bits.items()}


@dataclass(frozen=True)
class _Step:
    """Fewer bits in a layer, and what each bit less frees."""

    layer: str
    bits: int
    freed_per_bit: float


def _next_step(graph: Graph, name: str, bits: int) -> _Step | None:
    """The most bits below `bits` with which the layer needs less block RAM."""
    owners = [node.name for node in foldable_nodes(graph) if name in node.weight_bits]

    def block_ram(bits: int) -> float:
        changed = _with_bits(graph, {name: bits})
        return sum(estimate_layer(changed, integer_node(changed, owner)).bram36 for owner in owners)

    now = block_ram(bits)
    fewer = (less for less in range(bits - 1, FEWEST_WEIGHT_BITS - 1, -1) if block_ram(less) < now)
    found = next(fewer, None)
    return None if found is None else _Step(name, found, (now - block_ram(found)) / (bits - found))


def _widened(graph: Graph, bits: dict[str, int], available: Resources) -> dict[str, int]:
    """The same with every bit given back that later steps made needless, in the order of layers."""
    for name, most in _weight_bits(graph).items():
        for more in range(most, bits[name], -1):
            wider = bits | {name: more}
            if _fits(_with_bits(graph, wider), available):
                bits = wider
                break
    return bits


def _with_bits(graph: Graph, bits: Mapping[str, int]) -> Graph:
    """The graph with other weight bits: for estimates only, weights stay as they are."""
    return graph.with_layers(
        node.with_weight_bits(bits) if isinstance(node, Foldable) else node for node in graph.layers
    )


def _fits(graph: Graph, available: Resources) -> bool:
    need = estimate(place_memories(graph, available))
    return all(getattr(need, kind) <= getattr(available, kind) for kind in KINDS)


def _advice(graph: Graph, node: IntegerNode, kind: str, available: Resources, larger: str) -> str:
    """What to change, above all in the layer that needs most."""
    advice = []
    if isinstance(node, Foldable):
        if kind == "bram36":
            bits = bits_that_fit(graph, available)
            if bits:
                narrower = ",".join(f"{name}={count}" for name, count in bits.items())
                advice.append(f"it fits with --weight-bits {narrower}")
            advice.append(f"make {node.name} smaller than {node.facts['inputs']} x {node.neurons}")
        elif node.lanes > 1:
            advice.append(f"use fewer than {node.lanes} lanes (--lanes)")
    return ", ".join([*advice, f"or choose {larger}"]) if advice else f"choose {larger}"
