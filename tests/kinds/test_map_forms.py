"""Windows that take every tap: they compute what those do that are searched for counts."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from graph_check import Case as Built
from graph_check import check_cpp, check_estimates, check_rtl
from often import often
from torch import nn

from asn2fpga.board.spec import find_board
from asn2fpga.codegen.project import generate, source_file
from asn2fpga.config import Config
from asn2fpga.device.resources import Resources
from asn2fpga.errors import InputError
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.nodes import foldable_nodes, integer_nodes
from asn2fpga.nn import ASN
from asn2fpga.passes.demand import demands
from asn2fpga.passes.fold_forms import fold_forms, with_forms
from asn2fpga.passes.fold_lanes import Aims, fold_lanes
from asn2fpga.passes.lanes import with_lanes, with_parallel_pixels
from asn2fpga.passes.map_order import by_step
from asn2fpga.passes.predict_cycles import predict_busy
from asn2fpga.stages.quantise import _row, _ways_of_maps, folded
from kinds.map_bodies import conv
from kinds.map_networks import MAP_CASES, MapCase
from kinds.test_maps import built

STRIDED = MapCase(
    "strided",
    lambda: nn.Sequential(
        nn.Conv2d(2, 5, (3, 2), (2, 3), (2, 1), (2, 1)), ASN(4), nn.Conv2d(5, 3, 3, 1, 1), ASN(4, alpha=1)
    ),
    shape=(2, 9, 8),
)
PIXELS = {"strided": 1, "padding and an offset": 2, "events over time": 1, "one axis of pixels": 3}


def framed(name: str) -> Built:
    """All layers that can take every tap do, with lanes for whole pixels."""
    case = next(case for case in (*MAP_CASES, STRIDED) if case.name == name)
    single = built(case, lanes=8)
    graph = with_forms(single.graph, "frame")
    graph = with_parallel_pixels(graph, {node.name: PIXELS[name] for node in foldable_nodes(graph)})
    rules.check(graph)
    return Built(graph, single.x, single.expected)


def source(graph: Graph) -> str:
    return generate(graph, "0" * 64, "0")[source_file(graph)]


@pytest.mark.parametrize("name", often(list(PIXELS), ("strided",).__contains__))
def test_they_compute_what_golden_does(name: str, tmp_path: Path) -> None:
    network = framed(name)
    assert "asn::frame<" in source(network.graph)
    check_estimates(network)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)


def test_every_tap_takes_a_cycle_at_least() -> None:
    """3 x 2 taps for each of 5 x 3 pixels, of two channels each; a channel without a count costs nothing."""
    network = framed("strided")
    first = foldable_nodes(network.graph)[0]
    source = network.graph.layers[0].name
    edge = network.graph.edges[source]
    found = demands(network.graph, network.expected.counts)[source].windows
    (demand,) = found.values()
    rows, columns = first.shape[1:]  # type: ignore[attr-defined]
    counts = network.expected.counts[source].reshape(-1, *edge.image[1:], edge.image[0])
    cycles = np.maximum(np.count_nonzero(counts, axis=3), 1)
    padded = np.pad(cycles, ((0, 0), (2, 3), (1, 3)), constant_values=1)
    expected = sum(
        padded[:, row : row + 2 * rows : 2, column : column + 3 * columns : 3]
        for row in (0, 2, 4)
        for column in (0, 1)
    )
    np.testing.assert_array_equal(demand.cycles, expected)


def test_a_layer_that_cannot_is_named() -> None:
    case = next(case for case in MAP_CASES if case.name == "stride, dilation, groups")
    graph = built(case).graph
    name = foldable_nodes(graph)[1].name
    message = (
        f"--form: layer '{name}' must be gather, not frame: every tap is taken only by a convolution of all "
        "channels, where a pixel is one word of at most 32 of them; leave it out of --form, or ask for "
        f"--lanes {foldable_nodes(graph)[0].name}=4."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        with_forms(graph, {name: "frame"})
    assert with_forms(graph, {name: "gather"}) is graph


def test_lanes_follow_a_form_that_was_asked_for() -> None:
    """The layer before sends whole pixels, whatever lanes would be chosen for it; given lanes stay."""
    network = built(STRIDED)
    board = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)
    first, second = (node.name for node in foldable_nodes(network.graph)[:2])
    for optimise in ("area", "interval"):
        aims = Aims(optimise=optimise, form={second: "frame"})  # type: ignore[arg-type]
        graph = fold_lanes(network.graph, network.expected.counts, board, aims).graph
        assert graph[second].takes_every_tap(graph.edges_into(graph[second]))  # type: ignore[attr-defined]
        assert graph.edges[first].lanes == 5
    message = (
        f"--form: layer '{second}' must be gather, not frame: every tap is taken only by a convolution of "
        "all channels, where a pixel is one word of at most 32 of them; leave it out of --form, or ask for "
        f"--lanes {first}=5."
    )
    with pytest.raises(InputError, match=f"^{re.escape(message)}$"):
        aims = Aims(form={second: "frame"}, lanes={first: 2})
        fold_lanes(network.graph, network.expected.counts, board, aims)


def test_a_form_of_all_layers_is_judged_by_the_lanes_that_are_chosen() -> None:
    network = built(STRIDED)
    board = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)
    aims = Aims(optimise="interval", form="frame")
    graph = fold_lanes(network.graph, network.expected.counts, board, aims).graph
    for node in (node for node in foldable_nodes(graph) if graph.edges[node.name].is_map):
        (edge,) = graph.edges_into(node)
        assert node.takes_every_tap([edge]) == (edge.lanes == edge.image[0])


def test_layers_of_one_column_have_a_form_too() -> None:
    narrow = MapCase("narrow", lambda: nn.Sequential(conv(2, 3), ASN(4)), shape=(2, 6, 1))
    network = built(narrow)
    name = foldable_nodes(network.graph)[0].name
    config = Config(form={name: "frame"})
    graph = folded(config, find_board("pynq-z2"), network.graph, network.x).graph
    assert "asn::frame<" in source(graph)


def test_frames_are_chosen_where_few_counts_are_zero() -> None:
    """Of full images every tap is taken, as that takes no longer where nothing is padded; else none is."""
    case = MapCase("one", lambda: nn.Sequential(conv(2, 4, 5, padding=0), ASN(4)), shape=(2, 8, 8))
    network = built(case)
    board = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)
    for full in (True, False):
        counts = {name: np.full_like(found, full) for name, found in network.expected.counts.items()}
        graph = fold_lanes(network.graph, counts, board, Aims(optimise="interval")).graph
        assert ("asn::frame<" in source(graph)) == full
        forced = fold_lanes(network.graph, counts, board, Aims(optimise="interval", form="gather")).graph
        assert "asn::frame<" not in source(forced)


def test_a_form_that_was_asked_for_stays() -> None:
    graph = with_lanes(built(STRIDED).graph, {})
    name = foldable_nodes(graph)[0].name
    assert fold_forms(graph, {name: "gather"}, lambda new, old: True).layers[1] is graph.layers[1]
    changed = fold_forms(graph, None, lambda new, old: True)
    busy = [predict_busy(g, demands(g, built(STRIDED).expected.counts))[name].sum() for g in (graph, changed)]
    assert busy[1] > busy[0]


def test_the_build_says_how_maps_are_sent_and_read() -> None:
    network = framed("strided")
    names = ", ".join(n.name for n in foldable_nodes(network.graph) if n.map_columns > 1)
    assert _ways_of_maps(network.graph) == f"; every tap is taken in {names} (--form)"
    moving = built(next(case for case in MAP_CASES if case.name == "events over time")).graph
    assert _ways_of_maps(moving) == ""
    stepwise = by_step(moving)
    assert isinstance(stepwise, Graph)
    assert _ways_of_maps(stepwise) == "; maps come step by step (--map-order)"


def test_rows_of_layers_say_order_and_form() -> None:
    """Of maps over time the order, of what reads maps through windows the form, of all others nothing."""
    moving = built(next(case for case in MAP_CASES if case.name == "events over time")).graph
    stepwise = by_step(moving)
    assert isinstance(stepwise, Graph)
    for graph, order in ((moving, "pixels"), (stepwise, "steps")):
        found = [
            (row["map_order"], row["form"]) for row in (_row(graph, node) for node in integer_nodes(graph))
        ]
        assert found == [(order, None), (order, "gather"), (order, "gather"), (None, None), (None, None)]
    graph = framed("strided").graph
    forms = [(row["map_order"], row["form"]) for row in (_row(graph, node) for node in integer_nodes(graph))]
    assert forms[:3] == [(None, None), (None, "frame"), (None, "frame")]
