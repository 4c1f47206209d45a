"""Maps over time that come step by step: they compute what the same maps do pixel by pixel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from graph_check import Case as Built
from graph_check import check_cpp, check_estimates, check_rtl
from often import often
from torch import nn

from asn2fpga.board.package import _input
from asn2fpga.codegen.project import generate, source_file
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.neurons.early_exit import margins_of
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.nn import IF, CubaLIF
from asn2fpga.passes.early_exit import with_margins
from asn2fpga.passes.lanes import with_parallel_pixels
from asn2fpga.passes.map_order import by_step
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.verify.vectors import input_messages
from kinds.map_bodies import PerStep, conv
from kinds.map_networks import MAP_CASES, MapCase
from kinds.test_maps import built, graph_of, inputs

POOLED = MapCase(
    "pooled",
    lambda: nn.Sequential(
        PerStep(conv(2, 3, 3, 2)),
        CubaLIF(0.5, 0.5, time_steps=3),
        PerStep(nn.AvgPool2d(2)),
        PerStep(nn.Upsample(scale_factor=2)),
        PerStep(conv(3, 4)),
        IF(time_steps=3),
    ),
    3,
    "events",
    shape=(2, 8, 8),
)
PADDED = MapCase(
    "pixels of padding alone",
    lambda: nn.Sequential(PerStep(conv(2, 3, 1, padding=1)), IF(time_steps=3)),
    3,
    "events",
    shape=(2, 4, 4),
)
CASES = {
    "events over time": 2,
    "events added over time": 1,
    "pooled": 1,
    "pixels of padding alone": 1,
    "adaptive windows before a membrane, and copies": 1,
    "adaptive neurons of events": 2,
    "tables over time, before and after a max-pool": 1,
    "refractory neurons": 1,
    "a frame over time": 1,
    "adaptive neurons": 2,
    "leaks of pixels of a frame over time": 2,
    "max-pool before neurons with a membrane": 1,
    "currents of pixels several times": 3,
    "currents added over time": 2,
    "flattened neurons of several thresholds": 1,
}


def case_of(name: str) -> MapCase:
    return next(case for case in (*MAP_CASES, POOLED, PADDED) if case.name == name)


def stepwise(graph: Graph) -> Graph:
    found = by_step(graph)
    assert isinstance(found, Graph)
    rules.check(found)
    return found


@pytest.mark.parametrize("name", often(list(CASES), ("events over time", PADDED.name).__contains__))
def test_they_compute_what_golden_does(name: str, tmp_path: Path) -> None:
    """In C++ and RTL, with several inferences one after the other: membranes begin anew in each."""
    single = built(case_of(name), lanes=3)
    pixels = {node.name: CASES[name] for node in foldable_nodes(single.graph)}
    network = Built(with_parallel_pixels(stepwise(single.graph), pixels), single.x, single.expected)
    assert "InMemory" in generate(network.graph, "0" * 64, "0")[source_file(network.graph)]
    check_estimates(network)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)


@pytest.mark.slow
def test_pixel_by_pixel_padding_comes_before_the_input(tmp_path: Path) -> None:
    """Its events, too, after the last inference: those of the next one."""
    network = built(PADDED)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)


def test_what_a_window_holds_does_not_grow_with_the_time_steps() -> None:
    network = built(case_of("pooled"))
    for graph, words in ((network.graph, 3), (stepwise(network.graph), 1)):
        name = next(name for name, edge in graph.edges.items() if edge.is_map)
        assert graph.edges[name].words_per_pixel == words
    assert graph.edges[name].words_per_inference == network.graph.edges[name].words_per_inference


def test_an_input_travels_in_that_order() -> None:
    """Of the host, of the package, and of the board's driver, which takes the axes in this order."""
    network = built(case_of("pooled"))
    pixelwise, graph = source_of(network.graph), source_of(stepwise(network.graph))
    assert _input(pixelwise)["order"] == [2, 3, 0, 1] and _input(graph)["order"] == [0, 2, 3, 1]
    packed = [input_messages(source, network.x[:1]).words for source in (pixelwise, graph)]
    assert len(packed[0]) == len(packed[1]) and (packed[0] != packed[1]).any()
    first = network.x[0].transpose(0, 2, 3, 1).reshape(-1)[:16]  # counts of 2 bits
    assert int(packed[1][0]) == sum(int(count) << (2 * place) for place, count in enumerate(first))


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("padding and an offset", "the network must have maps over several time steps"),
        (
            "the current of a frame over time",
            "a layer must not read a frame beside maps over time, as body_last (MapCurrent + ",
        ),
        (
            "attention of tokens in rows",
            "every layer that reads a map must work step by step, not ",
        ),
    ],
)
def test_other_networks_stay_as_they_are(name: str, complaint: str) -> None:
    found = by_step(built(case_of(name)).graph)
    assert isinstance(found, str) and found.startswith(complaint)


def test_membranes_of_all_pixels_are_counted() -> None:
    """24 x 24 pixels of 3 lanes need more than look-up tables offer: a block RAM."""
    large = MapCase(
        "large", lambda: nn.Sequential(PerStep(conv(2, 3)), IF(time_steps=3)), 3, "events", (2, 24, 24)
    )
    graph = stepwise(built(large).graph)
    layer = foldable_nodes(graph)[0]
    assert layer.cost(graph.edges_into(layer)).bram36 >= 1


def test_what_ends_early_behind_maps_that_come_by_step(tmp_path: Path) -> None:
    """Scores of every time step, and an early exit on their margins."""
    case = case_of("events over time")
    graph, x = stepwise(quantise(graph_of(case), Scheme(stream=True), x=inputs(case)).graph), inputs(case)
    rows = simulate(graph, x)
    assert rows.answers.shape[1] == case.time_steps
    thresholds = np.quantile(margins_of(rows.answers), 0.5, axis=0).astype(np.int64)[:-1] + 1
    ending = with_margins(graph, thresholds)
    trace = simulate(ending, x)
    assert trace.steps_used is not None and len(np.unique(trace.steps_used)) > 1
    for name, network in (("all", Built(graph, x, rows)), ("early", Built(ending, x, trace))):
        check_cpp(network, tmp_path / name, ("engine",))
