"""Choose which layers multiply in DSP slices although look-up tables would do: while the board has slices.

    place_products(graph: Graph, available: Resources) -> Graph

Pure and cheap, as place_weights: the search for lanes calls it for every candidate.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.contract import Foldable
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.estimate_resources import estimate

SHARE_OF_SLICES = 0.9  # what layers may take; nothing else of a design needs any


def place_products(graph: Graph, available: Resources) -> Graph:
    """The graph with products in DSP slices where that saves look-up tables, most for a slice first.

    Earlier choices are forgotten. A layer gets slices for all of its lanes or for none.
    """
    chosen: set[str] = set()
    graph = _with_slices(graph, chosen)
    for _, name in sorted(_savings(graph), reverse=True):
        candidate = _with_slices(graph, {*chosen, name})
        if estimate(candidate).dsp <= SHARE_OF_SLICES * available.dsp:
            chosen.add(name)
            graph = candidate
    return graph


def _savings(graph: Graph) -> Iterator[tuple[float, str]]:
    """Look-up tables saved for each slice, and the synapses whose products save them, where any are saved."""
    before = estimate(graph)
    for node in foldable_nodes(graph):
        for name in node.products:
            after = estimate(_with_slices(graph, {name}))
            slices, saved = after.dsp - before.dsp, before.lut - after.lut
            if slices > 0 and saved > 0:
                yield saved / slices, name


def _with_slices(graph: Graph, names: Collection[str]) -> Graph:
    def placed(node: Foldable) -> Foldable:
        return node.with_products_by({name: "dsp" if name in names else "auto" for name in node.products})

    return graph.with_layers(placed(node) if isinstance(node, Foldable) else node for node in graph.layers)
