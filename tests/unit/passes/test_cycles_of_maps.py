"""Predicted cycles of maps of neurons that keep membranes, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
from kinds.map_bodies import AddedToCurrent, PerStep, bodies, conv
from kinds.map_networks import MapCase
from kinds.test_maps import built
from torch import nn

from asn2fpga.device.resources import Resources
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.maps.population import MapPopulation
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.timing import BARE
from asn2fpga.nn import IF
from asn2fpga.passes.accounting import lower_bound_cycles, resource_work
from asn2fpga.passes.demand import demands
from asn2fpga.passes.lanes import with_parallel_pixels
from asn2fpga.passes.map_order import by_step, comes_by_step, in_order
from asn2fpga.passes.predict_cycles import predict_busy, predict_latency
from asn2fpga.passes.predictions import Predictions

ROWS, COLUMNS, CHANNELS, STEPS, REST = 5, 6, 4, 3, 4
OF_EVENTS = MapCase(
    "of events",
    lambda: nn.Sequential(PerStep(conv(2, CHANNELS)), IF(time_steps=STEPS)),
    STEPS,
    "events",
    shape=(2, ROWS, COLUMNS),
)
OF_A_FRAME = MapCase(
    "of a frame",
    lambda: nn.Sequential(PerStep(conv(1, CHANNELS)), IF(time_steps=STEPS)),
    STEPS,
    shape=(1, 5, 6),
)
OF_TWO = MapCase("of two", bodies(AddedToCurrent, lambda: IF(time_steps=2), 2), 2, "events")


def cycles_of(graph: Graph, node: str, counts: dict[str, Array]) -> int:
    """Of one inference, without overheads."""
    (found,) = predict_busy(graph, demands(graph, counts), BARE)[node]
    return int(found)


def silent(graph: Graph) -> dict[str, Array]:
    """One inference in which nothing fires."""
    edges = ((name, edge) for name, edge in graph.edges.items())
    return {name: np.zeros((1, edge.steps, edge.size), np.int64) for name, edge in edges}


def fired(graph: Graph, name: str, *places: tuple[int | slice, ...]) -> dict[str, Array]:
    """The same, but for the counts of one layer at these places: time step, row, column, channel."""
    counts, edge = silent(graph), graph.edges[name]
    channels, *pixels = edge.image
    for place in places:
        counts[name].reshape(edge.steps, *pixels, channels)[place] = 1
    return counts


def stepwise(graph: Graph) -> Graph:
    found = by_step(graph)
    assert isinstance(found, Graph)
    return found


def test_a_membrane_in_registers_rests_between_two_firings() -> None:
    """Those in a memory do not. Every group of lanes fires in each time step."""
    graph = built(OF_EVENTS, lanes=2).graph
    first, turns = foldable_nodes(graph)[0].name, ROWS * COLUMNS * (CHANNELS // 2) * STEPS
    assert cycles_of(graph, first, silent(graph)) == REST * turns
    assert cycles_of(stepwise(graph), first, silent(graph)) == turns


def test_a_turn_of_more_counts_than_that_takes_no_longer() -> None:
    """Two pixels of two counts in one time step: 4 at most in a window. With one more beside them it is 5."""
    graph = built(OF_EVENTS, lanes=CHANNELS).graph
    first, rests = foldable_nodes(graph)[0].name, REST * ROWS * COLUMNS * STEPS
    place = (1, slice(2, 3), slice(2, 4), slice(0, 2))
    assert cycles_of(graph, first, fired(graph, "receive", place)) == rests
    assert cycles_of(graph, first, fired(graph, "receive", place, (1, 2, 4, 0))) == rests + 3


def test_sums_of_a_frame_are_made_once_and_fire_at_each_step() -> None:
    graph = built(OF_A_FRAME, lanes=1).graph
    first, pixels = foldable_nodes(graph)[0].name, ROWS * COLUMNS * CHANNELS
    assert cycles_of(graph, first, silent(graph)) == REST * STEPS * pixels
    windows = (2 + 3 * 3 + 2) * (2 + 4 * 3 + 2)  # of 4, 6 and 9 pixels
    found = cycles_of(graph, first, fired(graph, "encode", (slice(None),)))
    assert found == CHANNELS * windows + REST * (STEPS - 1) * pixels
    by_steps = stepwise(graph)
    assert cycles_of(by_steps, first, silent(graph)) == STEPS * pixels
    before = COLUMNS + 2 + 1  # pixels that are read before the first window, one that is read beside it
    full = cycles_of(by_steps, first, fired(graph, "encode", (slice(None),)))
    assert full == CHANNELS * windows + before
    assert predict_latency(by_steps, demands(by_steps, silent(graph)), BARE) >= STEPS * pixels


def test_counts_of_several_projections_are_one_turn() -> None:
    """Of a convolution and of the map itself, whose word takes a cycle: three more counts rest no less."""
    graph = built(OF_TWO, lanes=2).graph
    last = graph["body_after"]
    assert isinstance(last, MapPopulation) and len(last.inputs) == 2
    (source,) = set(last.inputs)
    rests = REST * 2 * 2 * last.pixels[0] * last.pixels[1]  # two time steps, two groups of lanes
    for channels, more in ((2, 0), (3, 0), (4, 2 * 9)):
        counts = fired(graph, source, (0, 2, 2, slice(0, channels)))
        assert cycles_of(graph, last.name, counts) == rests + more


def test_several_pixels_at_a_time_rest_side_by_side() -> None:
    """Six columns of three units: each fires for two."""
    graph = built(OF_EVENTS, lanes=CHANNELS).graph
    first = foldable_nodes(graph)[0].name
    graph = with_parallel_pixels(graph, {first: 3})
    assert cycles_of(graph, first, silent(graph)) == REST * ROWS * 2 * STEPS


def test_bounds_leave_out_the_rest_after_the_last_firing() -> None:
    graph = built(OF_EVENTS, lanes=CHANNELS).graph
    counted = demands(graph, silent(graph))
    first, rests = foldable_nodes(graph)[0].name, REST * ROWS * COLUMNS * STEPS
    assert lower_bound_cycles(resource_work(graph, counted, 1)[first], 1) == rests - (REST - 1)
    assert rests - REST <= predict_latency(graph, counted, BARE) <= predict_latency(graph, counted)


def test_the_order_of_maps_heeds_it() -> None:
    """A sparse input: all turns rest, so that maps come step by step."""
    board = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)
    for case in (OF_EVENTS, OF_A_FRAME):
        network = built(case, lanes=1)
        assert comes_by_step(in_order(network.graph, Predictions(silent(network.graph)), board, None))


def test_a_window_of_one_lane_reads_alone_where_it_has_nothing_to_send() -> None:
    """Five units of a column each, stride 2: pixels arrive more slowly than windows of nothing are sent."""
    body = lambda: nn.Sequential(PerStep(conv(1, CHANNELS, 3, 2)), IF(time_steps=STEPS))  # noqa: E731
    graph = built(MapCase("of one lane", body, STEPS, "events", shape=(1, 9, 9)), lanes=CHANNELS).graph
    first = foldable_nodes(graph)[0].name
    graph = with_parallel_pixels(graph, {first: 5})
    words = STEPS * 9 * 9
    assert words <= cycles_of(graph, first, silent(graph)) <= words + STEPS * 5
