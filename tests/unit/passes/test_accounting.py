"""Work of each resource, the bound on cycles and operations, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from dense_graphs import dense_graph
from mixed_graphs import mixed_graph

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import foldable_nodes, integer_node
from asn2fpga.kinds.operators.flatten import Flatten
from asn2fpga.kinds.roms import groups_of
from asn2fpga.kinds.timing import Operations, Work
from asn2fpga.passes.accounting import lower_bound_cycles, operations, resource_work
from asn2fpga.passes.demand import demands
from asn2fpga.passes.lanes import with_lanes

Fired = dict[str, list[list[int]]]
"""By layer, the neurons that fire in each time step."""


def counts_of(graph: Graph, fired: Fired, count: int = 1) -> dict[str, Array]:
    """Counts of two inferences that are the same; every neuron that fires sends `count`."""
    counts = {}
    for name, steps in fired.items():
        counts[name] = np.zeros((2, len(steps), graph.edges[name].size), np.uint8)
        for step, indices in enumerate(steps):
            counts[name][:, step, indices] = count
    return counts


def work(graph: Graph, fired: Fired) -> dict[str, Work]:
    """Work of two inferences."""
    return resource_work(graph, demands(graph, counts_of(graph, fired)), 2)


def operations_of(graph: Graph, fired: Fired, count: int = 1) -> dict[str, Operations]:
    """Operations of two inferences."""
    counts = counts_of(graph, fired, count)
    found, spikes = demands(graph, counts), {name: sent.sum(axis=(0, 2)) for name, sent in counts.items()}
    return {
        layer.name: operations(graph, integer_node(graph, layer.name), found, spikes)
        for layer in graph.layers
    }


@pytest.mark.parametrize(
    ("neurons", "lanes", "expected"), [(128, 1, 128), (128, 64, 2), (10, 4, 3), (1, 1, 1)]
)
def test_groups_round_up(neurons: int, lanes: int, expected: int) -> None:
    assert groups_of(neurons, lanes) == expected


def test_encode_takes_words_and_scans_them() -> None:
    found = work(dense_graph(13, 4, 2), {"source": [[0, 1, 2, 12]], "fc1": [[]]})["source"]
    assert found == {"input words": 2 * 4, "scanner": 2 * (3 + 1 + 1)}  # two words are empty, and dropped


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


# Six pixels; five neurons in three groups each, three time steps; three classes in two groups.
FIRED: Fired = {"source": [[0, 1, 5]], "loop": [[0], [1, 2, 4], []], "both": [[3], [], []]}


def test_a_population_that_reads_itself_adds_what_it_sent_before() -> None:
    found = work(mixed_graph(), FIRED)["loop"]
    # Of itself: at the first step the count that stands for 0 of all five neurons, then one event, then 3.
    assert found == {
        "input words": 2 * (3 + 1),
        "weight rows": 2 * (3 * 3 + (5 + 1 + 3) * 3 + 2),  # two words without an event
        "comparators": 2 * 3 * 3,
        "scanner": 2 * (3 + 1 + 3 + 1 + 3 + 1),  # no word holds two events
    }


def test_projections_take_their_turns_and_each_stream_has_its_own_words() -> None:
    found = work(mixed_graph(), FIRED)["both"]
    # Pixels take three cycles each; a word of currents one; one to one: an event one, and the walk of groups.
    assert found["weight rows"] == 2 * (3 * 3 + 3 * 3 + (4 + 3 * 3))
    assert found["input words"] == 2 * 3 * 3  # of currents, which are most
    assert work(mixed_graph(), FIRED)["scores"]["weight rows"] == 2 * 2 * (3 + 4 + 1)


def test_the_bound_is_the_largest_work_of_a_mean_inference() -> None:
    assert lower_bound_cycles({"input words": 10, "weight rows": 25}, 2) == 12.5


def test_other_layers_have_no_work() -> None:
    graph = Graph("net", (Flatten(name="flat"),))
    with pytest.raises(TypeError, match=r"^flat: Flatten is no layer of hardware$"):
        resource_work(graph, {}, 1)


@pytest.mark.parametrize(("frames", "expected"), [(True, [0, 90, 4 * 50]), (False, [0, 4 * 90, 4 * 50])])
def test_dense_macs_are_the_weights_once_an_end_of_step(frames: bool, expected: list[int]) -> None:
    graph = dense_graph(9, 10, 5, time_steps=4, frames=frames)
    fired: Fired = {"source": [[]] if frames else [[]] * 4, "fc1": [[]] * 4}
    found = operations_of(graph, fired)
    assert [found[layer.name].dense_macs for layer in graph.layers] == expected


def test_operations_are_additions_and_spikes_are_counted_by_their_count() -> None:
    graph = dense_graph(9, 10, 5, time_steps=2, frames=False)
    found = operations_of(graph, {"source": [[1, 2], [3]], "fc1": [[0], []]}, count=3)
    assert found["source"] == Operations(arriving=0, accumulates=0, synops=None, dense_macs=0)
    assert found["fc1"] == Operations(2 * 3, 2 * 3 * 10, 2 * 3 * 3 * 10, 2 * 90)
    assert found["fc2"] == Operations(2 * 1, 2 * 5, 2 * 3 * 5, 2 * 50)


def test_frames_cause_additions_but_no_synaptic_operations() -> None:
    graph = dense_graph(9, 10, 5, time_steps=2)
    found = operations_of(graph, {"source": [[1, 2, 3]], "fc1": [[0], []]})
    assert (found["fc1"].accumulates, found["fc1"].synops) == (2 * 3 * 10, None)
    assert (found["fc2"].accumulates, found["fc2"].synops) == (2 * 5, 2 * 5)


def test_operations_of_several_projections() -> None:
    found = operations_of(mixed_graph(), FIRED)
    # loop: three pixels, what it sent at all steps but the last, and what stands for 0 of five neurons.
    events = 2 * (3 + 4 + 5)
    assert (found["loop"].arriving, found["loop"].accumulates) == (events, 5 * events)
    # both: three pixels onto five neurons each, and four events onto one; currents are neither.
    assert (found["both"].arriving, found["both"].accumulates) == (2 * (3 + 4), 2 * (3 * 5 + 4))
    assert found["both"].synops == 2 * 4
    assert (found["scores"].accumulates, found["scores"].synops) == (2 * 3 * (3 + 4 + 1), 2 * 3 * (4 + 1))


def test_operations_add_up_over_inferences() -> None:
    part = Operations(arriving=3, accumulates=30, synops=20, dense_macs=90)
    assert part.plus(part) == Operations(6, 60, 40, 90)
    assert part.plus(Operations(1, 10, None, 90)) == Operations(4, 40, None, 90)


def test_layers_with_lanes_are_those_with_weights() -> None:
    assert [layer.name for layer in foldable_nodes(dense_graph(9, 10, 5))] == ["fc1", "fc2"]
