"""Choose which layers multiply in DSP slices although look-up tables would do: while the budget has slices.

    place_products(graph: Graph, budget: Resources) -> Graph

A slice serves two lanes wherever the sums fit (hw/hls/pairs.h). Pure and cheap, as place_weights: the search
for lanes calls it for every candidate.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from asn2fpga.device.resources import Resources, total
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.known import Known
from asn2fpga.kinds.contract import Foldable, Multiplier
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.estimate_resources import estimate_layer, estimate_layers

ROUNDING = 1e-6  # look-up tables that sums of estimates differ by, where they are equal
_CHANGED, _CHOICES = Known(), Known()


@dataclass(frozen=True)
class Choice:
    """What makes the products of some synapses of a layer: their names, and one maker for all of them."""

    layer: str
    synapses: tuple[str, ...]
    maker: Multiplier


def place_products(graph: Graph, budget: Resources) -> Graph:
    """The graph with products in DSP slices where that saves look-up tables, most for a slice first.

    Earlier choices are forgotten. Synapses get slices for all of their lanes or for none. Pairs are taken
    first where products would be in slices anyhow: they need half of them.
    """
    graph = _without_choices(graph)  # and so it stays: what makes products changes no edge
    parts = estimate_layers(graph)
    slices = total(parts.values()).dsp
    placed: dict[str, Foldable] = {}
    for choice in _ranked(graph, parts):
        node = _chosen(placed.get(choice.layer) or _layer(graph, choice), choice)
        need = estimate_layer(graph, node)
        changed = slices - parts[choice.layer].dsp + need.dsp
        if changed <= max(budget.dsp, slices):
            placed[choice.layer], parts[choice.layer], slices = node, need, changed
    return graph.with_layers(placed.get(node.name, node) for node in graph.layers)


def _ranked(graph: Graph, parts: Mapping[str, Resources]) -> list[Choice]:
    """What is worth trying, by look-up tables saved for each slice; first what saves slices."""
    found: list[tuple[float, str, tuple[str, ...], Choice]] = []
    for choice in _choices(graph):
        before = parts[choice.layer]
        after = estimate_layer(graph, _chosen(_layer(graph, choice), choice))
        slices, saved = after.dsp - before.dsp, before.lut - after.lut
        if slices < 0 or (slices > 0 and saved > ROUNDING):
            worth = saved / slices if slices > 0 else math.inf
            found.append((worth, choice.layer, choice.synapses, choice))
    return [choice for *_, choice in sorted(found, key=lambda entry: entry[:3], reverse=True)]


def _choices(graph: Graph) -> Iterator[Choice]:
    """What may make the products of each layer."""
    for node in foldable_nodes(graph):
        edges = graph.edges_into(node)
        yield from _CHOICES.of(node, edges, lambda: _choices_of(node, edges))  # noqa: B023  # called at once


def _choices_of(node: Foldable, edges: tuple[Edge, ...]) -> tuple[Choice, ...]:
    """Pairs of lanes where they fit, for all synapses of a layer; else slices, for each synapse that has a
    loop of its own.
    """
    names = tuple(node.products)
    if names and node.pairs_fit(edges):
        return (Choice(node.name, names, "paired"),)
    if names and node.multiplies_in_one_loop:
        return (Choice(node.name, names, "dsp"),)
    return tuple(Choice(node.name, (name,), "dsp") for name in names)


def _without_choices(graph: Graph) -> Graph:
    plain = {node.name: _plain(node) for node in foldable_nodes(graph)}
    return graph.with_layers(plain.get(node.name, node) for node in graph.layers)


def _plain(node: Foldable) -> Foldable:
    return _CHANGED.of(node, "auto", lambda: node.with_products_by(dict.fromkeys(node.products, "auto")))


def _layer(graph: Graph, choice: Choice) -> Foldable:
    node = graph[choice.layer]
    assert isinstance(node, Foldable)
    return node


def _chosen(node: Foldable, choice: Choice) -> Foldable:
    """The layer with the choice."""
    return _CHANGED.of(
        node, choice, lambda: node.with_products_by(dict.fromkeys(choice.synapses, choice.maker))
    )
