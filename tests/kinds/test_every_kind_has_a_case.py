"""The tables of cases leave no kind of node, synapse or neuron out."""

from __future__ import annotations

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.registry import INTEGER, KINDS, NEURONS, SYNAPSES
from asn2fpga.passes.prepare import prepare
from kinds import test_cases, test_maps, test_streams
from kinds.attention_cases import ATTENTION_CASES, PRODUCT_CASES
from kinds.cases import CASES
from kinds.map_networks import MAP_CASES


def test_no_kind_is_without_a_case() -> None:
    graphs: list[Graph] = []
    for case in MAP_CASES:
        graphs += [prepare(test_maps.graph_of(case)), test_maps.quantised(case).graph]
    for case in CASES:
        graphs += [
            test_cases.graph_of(case),
            prepare(test_cases.graph_of(case)),
            test_cases.quantised(case).graph,
        ]
    graphs += [case.graph() for case in (*ATTENTION_CASES, *PRODUCT_CASES)]
    graphs += [test_streams.quantised(case).graph for case in test_streams.CASES]
    seen: set[str] = set()
    for node in (node for graph in graphs for node in graph.layers):
        seen |= {type(node).__name__, type(getattr(node, "neuron", None)).__name__}
        seen |= {type(projection.synapse).__name__ for projection in getattr(node, "projections", ())}
    wanted = {kind.__name__ for kind in (*INTEGER, *SYNAPSES, *NEURONS)}
    assert wanted - seen == set()
    # Their part ends before integers: tests of passes.
    assert set(KINDS.nodes) - seen == {"BatchNorm", "Pad"}
