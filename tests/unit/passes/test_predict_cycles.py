"""The recurrence of predicted cycles, against timelines worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from dense_graphs import dense_graph

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.timing import BARE, PIPELINED, Demand
from asn2fpga.passes.demand import demands
from asn2fpga.passes.fold_lanes import with_lanes
from asn2fpga.passes.predict_cycles import predict_busy, predict_latency


def ones(graph: Graph, source: int, hidden: int, steps: int = 1, input_steps: int = 1) -> dict[str, Demand]:
    """The first `source` inputs and `hidden` neurons fire in every step."""
    counts = {}
    for name, fired, extent in (("source", source, input_steps), ("fc1", hidden, steps)):
        size = graph["source"].shape[0] if name == "source" else len(graph["fc1"].weight)  # type: ignore[attr-defined]
        counts[name] = np.zeros((1, extent, size), np.uint8)
        counts[name][..., :fired] = 1
    return demands(graph, counts)


def test_latency_is_what_must_follow_one_another() -> None:
    graph = with_lanes(dense_graph(8, 6, 3), {"fc1": 3, "fc2": 3})
    counted = ones(graph, source=5, hidden=4)
    # encode: 4 + 1 cycles and the end; fc1 needs 2 a row, 10 and the end, then fires; its scanner takes
    # 3 + 1 cycles and the end; the read-out takes in each at once, then sends 3 scores.
    assert predict_latency(graph, counted, BARE).tolist() == [11 + 5 + 3]


def test_a_fast_layer_waits_for_its_input() -> None:
    graph = with_lanes(dense_graph(8, 6, 3), {"fc1": 6, "fc2": 3})
    assert predict_latency(graph, ones(graph, 5, 0), BARE).tolist() == [6 + 2 + 3]


def test_frames_are_integrated_once_and_fired_each_step() -> None:
    graph = with_lanes(dense_graph(8, 6, 3, time_steps=4), {"fc1": 6, "fc2": 3})
    # 8 events and the end; then in each of 4 steps a scan of 1 and its end; after the last, 3 scores
    assert predict_latency(graph, ones(graph, 8, 0, steps=4), BARE).tolist() == [9 + 4 * 2 + 3]


def test_overheads_only_add() -> None:
    graph = dense_graph(8, 6, 3, frames=False, time_steps=3)
    counted = ones(graph, 3, 4, steps=3, input_steps=3)
    assert (predict_latency(graph, counted, PIPELINED) > predict_latency(graph, counted, BARE)).all()


def test_busy_cycles_of_the_slowest_process_of_each_layer() -> None:
    graph = with_lanes(dense_graph(8, 6, 3), {"fc1": 3, "fc2": 1})
    busy = predict_busy(graph, ones(graph, 5, 4), BARE)
    # fc1 adds 5 events in 2 cycles each, reads the end, fires twice; fc2 4 events in 3 cycles each, ...
    assert {name: cycles.tolist() for name, cycles in busy.items()} == {
        "source": [6],
        "fc1": [5 * 2 + 1 + 2],
        "fc2": [4 * 3 + 1 + 3],
    }


def test_a_network_without_readout_is_no_network() -> None:
    graph = dense_graph(8, 6, 3)
    with pytest.raises(TypeError, match=r"^net: the network must end with a read-out$"):
        predict_latency(graph.with_layers(graph.layers[:-1]), ones(graph, 5, 4))
