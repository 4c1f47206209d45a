"""Work of each resource and the bound on cycles, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from dense_graphs import dense_graph

from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.timing import Work
from asn2fpga.passes.accounting import dense_macs, groups, lower_bound_cycles, resource_work, weighted_layers
from asn2fpga.passes.demand import demands
from asn2fpga.passes.fold_lanes import with_lanes


def work(graph: Graph, fired: dict[str, list[list[int]]]) -> dict[str, Work]:
    """Work of two inferences; fired: by layer, the neurons that fire in each time step, the same in both."""
    counts = {}
    for name, steps in fired.items():
        neurons = len(graph[name].weight) if name != "source" else graph[name].shape[0]  # type: ignore[attr-defined]
        counts[name] = np.zeros((2, len(steps), neurons), np.uint8)
        for step, indices in enumerate(steps):
            counts[name][:, step, indices] = 1
    return resource_work(graph, demands(graph, counts))


@pytest.mark.parametrize(
    ("neurons", "lanes", "expected"), [(128, 1, 128), (128, 64, 2), (10, 4, 3), (1, 1, 1)]
)
def test_groups_round_up(neurons: int, lanes: int, expected: int) -> None:
    assert groups(neurons, lanes) == expected


def test_encode_takes_words_and_scans_them() -> None:
    found = work(dense_graph(13, 4, 2), {"source": [[0, 1, 2, 12]], "fc1": [[]]})["source"]
    assert found == {"input words": 2 * 4, "scanner": 2 * (3 + 1 + 1 + 1 + 1)}  # two words are empty


def test_events_from_outside_take_a_word_each_and_one_a_step() -> None:
    graph = dense_graph(9, 4, 2, frames=False, time_steps=3)
    assert work(graph, {"source": [[1, 2], [], [5]], "fc1": [[], [], []]})["source"] == {"input words": 2 * 6}


def test_population_reads_rows_fires_and_scans() -> None:
    graph = with_lanes(dense_graph(9, 10, 2, frames=False, time_steps=3), {"fc1": 4})
    found = work(graph, {"source": [[1, 2], [3], []], "fc1": [[0, 1, 9], [], [4]]})["fc1"]
    assert found == {
        "input words": 2 * (3 + 3),
        "weight rows": 2 * 3 * 3,
        "comparators": 2 * 3 * 3,
        "scanner": 2 * ((2 + 1 + 1) + 3 + 3 + 3),
    }


def test_readout_reads_rows_and_sends_scores() -> None:
    graph = with_lanes(dense_graph(9, 10, 5), {"fc2": 2})
    found = work(graph, {"source": [[]], "fc1": [[1, 2, 3, 4, 5, 6, 7]]})["fc2"]
    assert found == {"input words": 2 * 8, "weight rows": 2 * 7 * 3, "packed sums": 2 * 3, "scores": 2 * 5}


def test_the_bound_is_the_largest_work_of_a_mean_inference() -> None:
    assert lower_bound_cycles({"input words": 10, "weight rows": 25}, 2) == 12.5


def test_other_layers_have_no_work() -> None:
    graph = Graph("net", (Flatten(name="flat"),))
    with pytest.raises(TypeError, match=r"^flat: Flatten is no layer of hardware$"):
        resource_work(graph, {})


def test_dense_macs_are_the_weights_once_an_end_of_step() -> None:
    frames = dense_graph(9, 10, 5, time_steps=4)
    assert [dense_macs(frames, layer) for layer in frames.layers] == [0, 90, 4 * 50]
    events = dense_graph(9, 10, 5, frames=False, time_steps=4)
    assert [dense_macs(events, layer) for layer in events.layers] == [0, 4 * 90, 4 * 50]


def test_weighted_layers_are_those_with_lanes() -> None:
    assert [layer.name for layer in weighted_layers(dense_graph(9, 10, 5))] == ["fc1", "fc2"]
