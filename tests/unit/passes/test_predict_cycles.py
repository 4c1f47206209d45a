"""The recurrence of predicted cycles, against timelines worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from broken_graphs import changed
from dense_graphs import dense_graph
from loop_graphs import LOOPS, T
from mixed_graphs import Read, dense, membranes, mixed_graph, population
from strategies import random_inputs

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check
from asn2fpga.kinds.neurons.graded import Graded
from asn2fpga.kinds.neurons.integrator import Integrator
from asn2fpga.kinds.sources.frames import Encode
from asn2fpga.kinds.synapses.current import CurrentIdentity
from asn2fpga.kinds.timing import BARE, PIPELINED, Demand, Overheads
from asn2fpga.passes import predict_cycles
from asn2fpga.passes.accounting import lower_bound_cycles, resource_work
from asn2fpga.passes.demand import demands
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.predict_cycles import is_forked, predict_busy, predict_latency
from asn2fpga.quantise.apply import quantise


def ones(graph: Graph, source: int, hidden: int, steps: int = 1, input_steps: int = 1) -> dict[str, Demand]:
    """The first `source` inputs and `hidden` neurons fire in every step."""
    counts = {}
    for name, fired, extent in (("source", source, input_steps), ("fc1", hidden, steps)):
        counts[name] = np.zeros((1, extent, graph.edges[name].size), np.uint8)
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
    with pytest.raises(ValueError, match=r"^net: the graph must have one node that gives the scores, not 0$"):
        predict_latency(graph.with_layers(graph.layers[:-1]), ones(graph, 5, 4))


def shortcut() -> Graph:
    """Eight pixels; a: six neurons; b: the currents of a, and its events; three classes. Three lanes each."""
    random = np.random.default_rng(1)
    source = Encode(name="source", shape=(8,), max_count=255, time_steps=1)
    drive = source.output(())
    a = population("a", (Read("source", dense(random, 6, 8), drive),), levels(6), 1, lanes=3)
    reads = (
        Read("a", CurrentIdentity(size=6), a.currents((drive,))),
        Read("a", dense(random, 6, 6), a.output(())),
    )
    b = population("b", reads, levels(6), 1, lanes=3)
    scores = Integrator(bias=np.zeros(3, np.int64), shift=np.zeros(3, np.int64))
    last = population("scores", (Read("b", dense(random, 3, 6), b.output(())),), scores, 1, lanes=3)
    return Graph("net", (source, a, b, last))


def levels(neurons: int) -> Graded:
    """Neurons without membranes."""
    return replace(membranes(np.random.default_rng(2), neurons), membrane=None)


def test_currents_and_events_of_one_layer_are_taken_one_after_the_other() -> None:
    graph = shortcut()
    check(graph)
    counts = {name: np.zeros((1, 1, graph.edges[name].size), np.uint8) for name in ("source", "a", "b")}
    counts["source"][..., :5] = counts["a"][..., :4] = 1
    # a has all its rows at 11 (two a pixel, and the end) and fires for 2 cycles, while its currents leave; b
    # has these at 13 and then takes 4 events in 8 cycles and the end: 22. Its scanner finds nothing in two
    # words and sends the end: 25. Then the read-out sends 3 scores.
    assert predict_latency(graph, demands(graph, counts), BARE).tolist() == [11 + 2 + 8 + 1 + 3 + 3]


def test_what_is_fed_back_before_the_first_step_costs_interval_but_no_latency() -> None:
    graph = mixed_graph()
    plain = changed(graph, "loop", neuron__base=0)  # nothing stands for 0: nothing is fed back at first
    x = random_inputs(graph, 6, 0)
    found = demands(graph, simulate(graph, x).counts)
    assert predict_latency(graph, found).tolist() == predict_latency(plain, found).tolist()
    rows = predict_busy(graph, found, BARE)["loop"] - predict_busy(plain, found, BARE)["loop"]
    assert rows.tolist() == [5 * 3] * 6  # five neurons, three groups


def test_streams_with_several_readers_are_forked() -> None:
    graph = mixed_graph()
    assert [is_forked(graph, layer.name, currents=False) for layer in graph.layers[:-1]] == [
        True,
        True,
        False,
    ]
    assert not is_forked(graph, "loop", currents=True)  # what it sends to itself is no stream
    again = replace(graph["both"], name="again")
    more = graph.with_layers((*graph.layers[:3], again, *graph.layers[3:]))
    assert is_forked(more, "loop", currents=True)


@pytest.mark.parametrize("frames", [True, False])
def test_predictions_of_all_projections_are_at_least_what_must_follow_one_another(frames: bool) -> None:
    graph = mixed_graph(frames)
    found = demands(graph, simulate(graph, random_inputs(graph, 30)).counts)
    bare, pipelined = (predict_latency(graph, found, overheads) for overheads in (BARE, PIPELINED))
    assert (bare < pipelined).all()
    work = resource_work(graph, found, 30)
    busy = predict_busy(graph, found, BARE)
    for name, cycles in busy.items():
        assert lower_bound_cycles(work[name], 30) <= cycles.mean() <= bare.mean()


def test_lanes_make_all_projections_faster() -> None:
    slow, fast = mixed_graph(lanes=1), mixed_graph(lanes=5)
    counts = simulate(slow, random_inputs(slow, 30)).counts
    latencies = [predict_latency(graph, demands(graph, counts)) for graph in (slow, fast)]
    assert (latencies[0] > latencies[1]).all()


@pytest.mark.parametrize("overheads", [BARE, PIPELINED])
def test_a_loop_is_predicted_a_few_steps_at_a_time(
    monkeypatch: pytest.MonkeyPatch, overheads: Overheads
) -> None:
    """Nothing is later than if all steps were settled together, and little is earlier."""
    graph = quantise(LOOPS["with currents, and a loop inside"][0]).graph
    x = np.random.default_rng(0).integers(0, 3, (9, T, 4)).astype(np.uint8)
    found = demands(graph, simulate(graph, x).counts)
    together = predict_latency(graph, found, overheads)
    monkeypatch.setattr(predict_cycles, "STEPS_TOGETHER", 1)
    alone = predict_latency(graph, found, overheads)
    assert (alone <= together).all() and (alone > 0.95 * together).all()
    busy = predict_busy(graph, found, overheads)
    assert (busy["n2_before"] > 0.7 * together).all(), "what closes the loop is passed once for each step"
