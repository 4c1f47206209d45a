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
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import Foldable, Multiplier
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.estimate_resources import estimate_layers, with_layer


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
    placed: dict[str, Foldable] = {}
    for choice in _ranked(graph, parts):
        node = _chosen(placed.get(choice.layer) or _layer(graph, choice), choice)
        candidate = with_layer(parts, graph, node)
        if total(candidate.values()).dsp <= max(budget.dsp, total(parts.values()).dsp):
            placed[choice.layer], parts = node, candidate
    return graph.with_layers(placed.get(node.name, node) for node in graph.layers)


def _ranked(graph: Graph, parts: Mapping[str, Resources]) -> list[Choice]:
    """What is worth trying, by look-up tables saved for each slice; first what saves slices."""
    before = total(parts.values())
    found: list[tuple[float, str, tuple[str, ...], Choice]] = []
    for choice in _choices(graph):
        after = total(with_layer(parts, graph, _chosen(_layer(graph, choice), choice)).values())
        slices, saved = after.dsp - before.dsp, before.lut - after.lut
        if slices < 0 or (slices > 0 and saved > 0):
            worth = saved / slices if slices > 0 else math.inf
            found.append((worth, choice.layer, choice.synapses, choice))
    return [choice for *_, choice in sorted(found, key=lambda entry: entry[:3], reverse=True)]


def _choices(graph: Graph) -> Iterator[Choice]:
    """Pairs of lanes where they fit, for all synapses of a layer; else slices for each synapse."""
    for node in foldable_nodes(graph):
        names = tuple(node.products)
        if names and node.pairs_fit(graph.edges_into(node)):
            yield Choice(node.name, names, "paired")
        else:
            yield from (Choice(node.name, (name,), "dsp") for name in names)


def _without_choices(graph: Graph) -> Graph:
    plain = {
        node.name: node.with_products_by(dict.fromkeys(node.products, "auto"))
        for node in foldable_nodes(graph)
    }
    return graph.with_layers(plain.get(node.name, node) for node in graph.layers)


def _layer(graph: Graph, choice: Choice) -> Foldable:
    node = graph[choice.layer]
    assert isinstance(node, Foldable)
    return node


def _chosen(node: Foldable, choice: Choice) -> Foldable:
    """The layer with the choice."""
    return node.with_products_by(dict.fromkeys(choice.synapses, choice.maker))
