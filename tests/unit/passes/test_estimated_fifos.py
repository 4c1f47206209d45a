"""FIFOs between the layers of maps are estimated as they are built, also where paths part and meet again."""

from __future__ import annotations

import pytest
from kinds.map_networks import MAP_CASES
from kinds.test_maps import built

from asn2fpga.dataflow.lower import lower
from asn2fpga.device.parts import fifo_resources
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.hardware import currents_stream, events_stream
from asn2fpga.passes.estimate_resources import FORK, _streams
from asn2fpga.passes.map_waiting import estimated_words, waiting_words

NAMES = (
    "padding and an offset",
    "events added",
    "currents added over time",
    "the largest of a shortcut",
    "neurons of a current that others read",
    "attention",
)
CASES = [case for case in MAP_CASES if case.name in NAMES]


def _built(graph: Graph, name: str) -> float:
    """Block RAMs and look-up tables of the FIFOs of what a layer sends, one number for both."""
    sent = events_stream(name), currents_stream(name)
    own = [
        stream
        for stream in lower(graph).streams.values()
        if stream.name in sent or stream.name.startswith(tuple(f"{each}_to_" for each in sent))
    ]
    needs = [fifo_resources(stream.depth, stream.width_bits) for stream in own]
    return sum(need.lut + 1000 * need.bram36 for need in needs)


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_fifos_are_those_that_are_built(case: object) -> None:
    graph = built(case).graph  # type: ignore[arg-type]
    maps = [node.name for node in graph.layers if graph.edges[node.name].is_map]
    for name in maps:
        need = _streams(graph, graph[name])  # type: ignore[arg-type]
        kinds = [reader.reads(position) for reader, position in graph.readers(name)]
        forks = FORK[0] * sum(kinds.count(kind) > 1 for kind in ("events", "currents"))
        assert need.lut + 1000 * need.bram36 - forks == pytest.approx(_built(graph, name)), name


def test_words_that_wait_are_the_same_for_one_pixel_at_a_time() -> None:
    graphs = [built(case).graph for case in CASES]
    assert all(waiting_words(graph) == estimated_words(graph) for graph in graphs)
    assert sum(bool(waiting_words(graph)) for graph in graphs) >= 4
