"""Which layers send two events in one cycle."""

from __future__ import annotations

import numpy as np
import pytest
from mixed_graphs import mixed_graph
from strategies import random_inputs, small_integer_graph

from asn2fpga.config import Optimise
from asn2fpga.device.resources import Resources
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check
from asn2fpga.passes.demand import demands
from asn2fpga.passes.fold_bursts import fold_bursts, with_bursts
from asn2fpga.passes.fold_words import widest_words
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.predictions import Predictions

ROOM = Resources(lut=50_000, ff=100_000, bram36=100, dsp=200)
FRAMES = with_lanes(small_integer_graph(1, (120, 8, 6)), {"fc1": 8, "fc2": 6})


def bursts(graph: Graph, optimise: Optimise = "latency", room: Resources = ROOM) -> dict[str, int]:
    x = random_inputs(graph, 8)
    folded = fold_bursts(graph, Predictions(simulate(graph, x).counts), room, lambda found: found, optimise)
    check(folded)
    return {name: edge.events_in_word for name, edge in folded.edges.items()}


def test_senders_whose_readers_are_dense() -> None:
    assert bursts(widest_words(FRAMES, 64)) == {"encode": 2, "fc1": 2, "fc2": 1}


@pytest.mark.parametrize("optimise", ["balance", "interval", "area"])
def test_for_latency_alone(optimise: Optimise) -> None:
    assert set(bursts(widest_words(FRAMES, 64), optimise).values()) == {1}


def test_not_where_the_board_has_no_room() -> None:
    assert set(bursts(FRAMES, room=Resources(lut=100, ff=100_000, bram36=100, dsp=200)).values()) == {1}


def test_not_where_a_reader_takes_one_at_a_time_or_the_layer_reads_itself() -> None:
    found = bursts(mixed_graph())
    assert (found["loop"], found["scores"]) == (1, 1)


def test_not_where_words_of_pixels_limit() -> None:
    """Four pixels of a word, of which one or two are not zero: the second event saves next to nothing."""
    events = small_integer_graph(1, (120, 8, 6), encoding="events", max_count=3)
    assert bursts(events)["receive"] == 1


def test_a_burst_is_of_one_packed_word() -> None:
    graph = with_bursts(widest_words(FRAMES, 64), "encode", 2)
    x = np.zeros((1, *FRAMES.edges["encode"].shape), np.uint8)
    x.reshape(-1)[[0, 1, 2, 8, 9, 24]] = 5
    (found,) = (demands(graph, simulate(graph, x).counts)["encode"],)
    assert (found.events.tolist(), found.bursts.tolist()) == ([[6]], [[4]])
