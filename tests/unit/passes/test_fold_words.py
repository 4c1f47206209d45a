"""How wide the words of the ports become."""

from __future__ import annotations

import numpy as np
import pytest
from strategies import small_integer_graph

from asn2fpga.config import Optimise
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.words import PortWidths
from asn2fpga.kinds.nodes import port_widths
from asn2fpga.passes.fold_words import fold_words
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.predictions import Predictions

SIZE = 120


def folded(graph: Graph, density: float, dma_bits: int, optimise: Optimise) -> PortWidths:
    random = np.random.default_rng(1)
    x = random.integers(1, 200, (8, 2, 60)) * (random.random((8, 2, 60)) < density)
    predictions = Predictions(simulate(graph, x.astype(np.uint8)).counts)
    return port_widths(fold_words(graph, predictions, dma_bits, optimise))


def network(lanes: int, classes: int = 6) -> Graph:
    graph = small_integer_graph(1, (SIZE, 8, classes))
    return with_lanes(graph, {"fc1": lanes, "fc2": classes})


@pytest.mark.parametrize("dma_bits", [32, 64, 128])
def test_the_widest_for_latency(dma_bits: int) -> None:
    assert folded(network(1), 0.9, dma_bits, "latency") == PortWidths(dma_bits, dma_bits)


@pytest.mark.parametrize("optimise", ["balance", "interval", "area"])
def test_else_the_narrowest_that_does_not_limit(optimise: Optimise) -> None:
    assert folded(network(8), 0.1, 128, optimise) == PortWidths(64, 32)  # 30 words of 4 pixels, 12 events
    assert folded(network(8), 0.9, 128, optimise) == PortWidths(32, 32)  # 108 events
    assert folded(network(1), 0.1, 128, optimise) == PortWidths(32, 32)  # 96 cycles in fc1


def test_events_and_scores_of_a_part_of_the_lanes_keep_narrow_words() -> None:
    events = small_integer_graph(1, (SIZE, 8, 6), encoding="events", max_count=3)
    counts = simulate(events, np.ones((2, 1, 2, 60), np.int64)).counts
    assert port_widths(fold_words(events, Predictions(counts), 128, "latency")) == PortWidths(32, 32)
    graph = with_lanes(network(8), {"fc2": 2})
    assert folded(graph, 0.5, 128, "latency") == PortWidths(128, 64)
