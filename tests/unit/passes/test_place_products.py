"""Products: DSP slices while the board has some, of two lanes where their sums fit, then look-up tables."""

from __future__ import annotations

import dataclasses

from strategies import small_integer_graph

from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check
from asn2fpga.graph.types import FixedType
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.population import population_named
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.place_products import place_products

GRAPH = with_lanes(small_integer_graph(8, (20, 14, 5), weight_bits=4), {"fc1": 7, "fc2": 5})
BOARD = Resources(lut=53200, ff=106400, bram36=140, dsp=220)


def makers(graph: Graph) -> dict[str, str]:
    return {name: maker for node in foldable_nodes(graph) for name, maker in node.products.items()}


def wide(graph: Graph, name: str) -> Graph:
    """The graph with sums of a layer that are too wide for two of them to fit a slice."""
    node = dataclasses.replace(population_named(graph, name), acc_type=FixedType(25, True))
    return graph.with_layers(node if old.name == name else old for old in graph.layers)


def test_two_lanes_share_a_slice_where_their_sums_fit() -> None:
    placed = place_products(GRAPH, BOARD)
    check(placed)
    assert makers(placed) == {"fc1": "paired", "fc2": "paired"}
    assert estimate(placed).dsp == 3 + 1 + 2  # the last of five lanes multiplies 4 x 3 bits: no slice
    assert makers(place_products(wide(GRAPH, "fc1"), BOARD)) == {"fc1": "dsp", "fc2": "paired"}


def test_look_up_tables_make_what_no_slice_is_left_for() -> None:
    few = dataclasses.replace(BOARD, dsp=5)  # of which 4.5 are taken at most
    assert makers(place_products(GRAPH, few)) == {"fc1": "paired", "fc2": "auto"}
    none = dataclasses.replace(BOARD, dsp=0)
    assert makers(place_products(place_products(GRAPH, BOARD), none)) == {"fc1": "auto", "fc2": "auto"}


def test_pairs_are_taken_where_products_need_slices_anyhow() -> None:
    """Products of 5 x 8 bits are too large for look-up tables; on a board without slices pairs need fewer."""
    graph = small_integer_graph(8, (20, 14, 5), weight_bits=5)
    graph = with_lanes(graph, {"fc1": 14, "fc2": 5})
    none = dataclasses.replace(BOARD, dsp=0)
    assert estimate(graph).dsp == 14
    placed = place_products(graph, none)
    assert makers(placed)["fc1"] == "paired" and estimate(placed).dsp == 7


def test_a_single_lane_is_no_pair() -> None:
    assert set(makers(place_products(with_lanes(GRAPH, {"fc1": 1, "fc2": 1}), BOARD)).values()) == {
        "dsp",
        "auto",
    }


def test_every_population_has_pairs_or_none() -> None:
    for node in foldable_nodes(place_products(GRAPH, BOARD)):
        assert len(set(node.products.values())) == 1
