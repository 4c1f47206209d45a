"""Events, scanner cycles and the reader's queue, against a simulation cycle by cycle."""

from __future__ import annotations

import numpy as np
import pytest
from dense_graphs import dense_graph
from mixed_graphs import mixed_graph

from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import integer_node
from asn2fpga.passes.demand import BLOCK_ELEMENTS, demand, demands, inputs_of, reader_passes
from asn2fpga.passes.lanes import with_lanes


def words_of(counts: Array, lanes: int) -> list[int]:
    """Non-zero counts in each packed word of one step."""
    return [int(np.count_nonzero(counts[i : i + lanes])) for i in range(0, len(counts), lanes)]


def queue(counts: Array, lanes: int, passes: int) -> tuple[int, int]:
    """Scanner cycles, and the cycle in which the reader has taken in the last event."""
    cycle = free = 0
    for found in words_of(counts, lanes):
        for event in range(found):
            free = max(free, cycle + event) + passes
        cycle += max(1, found)
    return cycle, free


@pytest.mark.parametrize("lanes", [1, 3, 4, 10])
@pytest.mark.parametrize("passes", [1, 2, 7])
def test_scan_and_drain_are_those_of_the_queue(lanes: int, passes: int) -> None:
    random = np.random.default_rng(lanes * 10 + passes)
    counts = random.integers(0, 3, (5, 2, 10)) * random.integers(0, 2, (5, 2, 10))
    found = demand(counts, lanes, (passes,))
    for vector in range(5):
        for step in range(2):
            cycles, drained = queue(counts[vector, step], lanes, passes)
            assert found.events[vector, step] == np.count_nonzero(counts[vector, step])
            assert found.scan[vector, step] == cycles
            if np.any(counts[vector, step]):
                assert found.drains[passes][vector, step] == drained


def test_a_step_without_events_is_scanned_all_the_same() -> None:
    found = demand(np.zeros((1, 1, 10), np.uint8), 4, (5,))
    assert (found.events[0, 0], found.scan[0, 0], found.drains[5][0, 0]) == (0, 3, 0)


def test_blocks_do_not_change_anything() -> None:
    neurons = BLOCK_ELEMENTS // 2
    counts = np.zeros((3, 1, neurons), np.uint8)
    counts[:, 0, :3] = [[1, 0, 0], [1, 1, 0], [1, 1, 1]]
    assert demand(counts, neurons, (1,)).events[:, 0].tolist() == [1, 2, 3]


def test_every_sender_has_a_demand_and_readers_decide_the_drain() -> None:
    graph = with_lanes(dense_graph(8, 6, 3), {"fc1": 2})
    counts = {"source": np.ones((1, 1, 8), np.uint8), "fc1": np.ones((1, 1, 6), np.uint8)}
    found = demands(graph, counts)
    assert list(found) == ["source", "fc1"]
    drains = found["source"].drains
    assert list(drains) == [3]  # six neurons, two lanes: three passes an event
    assert drains[3][0, 0] == 8 * 3
    assert found["fc1"].scan[0, 0] == 6


def test_each_reader_has_its_own_drain() -> None:
    graph = mixed_graph()
    assert reader_passes(graph, "source") == (2, 3)  # five neurons in three groups, three classes in two
    assert reader_passes(graph, "loop") == (1, 2, 3)  # one to one; the classes; itself
    counts = {"source": np.ones((1, 1, 6), np.uint8)}
    counts |= {name: np.ones((1, 3, 5), np.uint8) for name in ("loop", "both")}
    found = demands(graph, counts)
    assert {passes: int(drain[0, 0]) for passes, drain in found["source"].drains.items()} == {2: 12, 3: 18}
    assert inputs_of(integer_node(graph, "both"), found) == [found["source"], None, found["loop"]]


def test_counts_below_zero_are_events_too() -> None:
    counts = np.array([[[-1, 0, 2]]])
    assert demand(counts, 3, (1,)).events.tolist() == [[2]]


def test_events_from_outside_are_not_packed() -> None:
    graph = dense_graph(8, 6, 3, frames=False, time_steps=2)
    counts = {"source": np.ones((1, 2, 8), np.uint8), "fc1": np.zeros((1, 2, 6), np.uint8)}
    assert demands(graph, counts)["source"].scan.tolist() == [[8, 8]]
