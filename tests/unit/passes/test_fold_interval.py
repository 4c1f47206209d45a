"""Lanes and pixels for an interval: as fast as asked, and as small as that allows."""

from __future__ import annotations

import functools

import numpy as np
import pytest
import torch
from torch import nn

from asn2fpga.device.resources import Resources
from asn2fpga.errors import DoesNotFitError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.rules import check
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.loader.save import convert
from asn2fpga.nn import NASN
from asn2fpga.passes.demand import demands
from asn2fpga.passes.estimate_resources import estimate
from asn2fpga.passes.fold_interval import KINDS, Choices
from asn2fpga.passes.fold_lanes import Aims, Folding, fold_lanes
from asn2fpga.passes.fold_steps import Steps
from asn2fpga.passes.lanes import all_pixels, with_lanes, with_parallel_pixels
from asn2fpga.passes.predictions import Predictions
from asn2fpga.passes.speed import speed_of
from asn2fpga.quantise.apply import quantise

BOARD = Resources(lut=53_200, ff=106_400, bram36=140, dsp=220)


def module() -> nn.Module:
    torch.manual_seed(3)
    return nn.Sequential(
        nn.Conv2d(1, 6, 3, padding=1),
        NASN(3),
        nn.Conv2d(6, 8, 3, padding=1),
        NASN(3),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(8 * 6 * 6, 5),
    ).eval()


@functools.cache
def network() -> tuple[Graph, dict[str, Array]]:
    real = convert(module(), "net", torch.zeros(1, 1, 12, 12), max_count=255, input_scale=1 / 255).graph
    x = np.random.default_rng(1).integers(0, 256, (8, 1, 12, 12)).astype(np.uint8)
    graph = quantise(real, x=x).graph
    return graph, dict(simulate(graph, x).counts)


def fold(available: Resources = BOARD, **aims: object) -> Folding:
    graph, counts = network()
    folding = fold_lanes(graph, counts, available, Aims(**aims))  # type: ignore[arg-type]
    check(folding.graph)
    return folding


def sizes(graph: Graph) -> dict[str, tuple[int, int]]:
    return {node.name: (node.lanes, node.parallel_pixels) for node in foldable_nodes(graph)}


@pytest.mark.parametrize("cycles", [20_000, 5_000, 1_500, 700])
def test_a_target_is_reached_by_the_smallest_network(cycles: int) -> None:
    folding = fold(interval=cycles)
    assert folding.speed.interval <= cycles
    counts = network()[1]
    for name, (lanes, pixels) in sizes(folding.graph).items():
        if lanes > 1 and pixels == 1:
            less = with_lanes(folding.graph, {name: 1})
            assert speed_of(less, demands(less, counts)).interval > 0.97 * cycles, (
                f"{name} has too many lanes"
            )


def test_a_faster_target_needs_more() -> None:
    """Of all kinds together: one with fewer lanes may use look-up tables where another has DSP slices."""
    needs = [estimate(fold(interval=cycles).graph) for cycles in (20_000, 3_000, 700)]
    shares = [sum(getattr(need, kind) / getattr(BOARD, kind) for kind in KINDS) for need in needs]
    assert shares == sorted(shares) and shares[0] < shares[-1]


def test_several_pixels_are_taken_where_lanes_are_not_enough() -> None:
    found = sizes(fold(interval=700).graph)
    assert any(pixels > 1 for _, pixels in found.values())
    assert all(pixels == 1 for _, pixels in sizes(fold(interval=20_000).graph).values())


def test_the_shortest_interval_is_that_of_no_other_aim() -> None:
    best = fold(optimise="interval").speed.interval
    for other in ("latency", "balance", "area", "energy"):
        assert best <= 1.01 * fold(optimise=other).speed.interval


def test_a_budget_is_kept() -> None:
    small, large = (fold(optimise="interval", budget=share) for share in (0.1, 0.6))
    for folding, share in ((small, 0.1), (large, 0.6)):
        need, limit = estimate(folding.graph), BOARD.times(share)
        for kind in ("lut", "ff", "bram36", "dsp"):
            assert getattr(need, kind) <= getattr(limit, kind)
    assert large.speed.interval < small.speed.interval


def test_a_target_out_of_reach_is_refused_with_what_can_be_had() -> None:
    best = fold(optimise="interval", budget=0.1).speed.interval
    with pytest.raises(DoesNotFitError) as error:
        fold(interval=100.0, budget=0.1)
    assert str(error.value) == (
        f"--target-fps: the network must have an interval of 100 cycles, not {best:,.0f}, the shortest that "
        f"fits ({fold(optimise='interval', budget=0.1).limiting} limits it); ask for fewer, or choose a "
        "larger --budget or board."
    )


def test_a_target_of_a_network_that_does_not_fit_at_all() -> None:
    with pytest.raises(DoesNotFitError) as error:
        fold(Resources(lut=10, ff=10, bram36=1, dsp=1), interval=1000.0, budget=0.5)
    assert str(error.value) == (
        "--target-fps: the network must have an interval of 1,000 cycles, and does not even fit with one "
        "lane for each layer; choose a larger --budget or board."
    )


def test_pixels_that_are_given_are_taken_as_they_are() -> None:
    names = [node.name for node in foldable_nodes(network()[0])]
    for aims in ({"optimise": "balance"}, {"optimise": "interval"}, {"interval": 5_000.0}):
        found = sizes(fold(pixels={names[0]: 3}, **aims).graph)
        assert found[names[0]][1] == 3
    assert set(sizes(fold(pixels=2, lanes=2).graph).values()) == {(2, 2), (2, 1)}


def test_pixels_that_save_no_turn_are_not_tried() -> None:
    graph, _ = network()
    layer = next(node for node in foldable_nodes(graph) if node.map_columns == 12)
    assert list(all_pixels(layer)) == [1, 2, 3, 4, 6, 12]


def test_columns_bound_the_pixels() -> None:
    graph, _ = network()
    names = {node.name: node.map_columns for node in foldable_nodes(graph)}
    found = sizes(with_parallel_pixels(graph, dict.fromkeys(names, 100)))
    assert {name: pixels for name, (_, pixels) in found.items()} == names


def test_nothing_is_made_faster_than_the_input() -> None:
    """Frames of 144 words bound the interval: layers that are as fast need no more lanes."""
    graph, counts = network()
    choices = Choices(graph, Predictions(counts), BOARD, (), (), lambda graph: graph)
    assert min(choices.intervals()) >= 144
    assert fold(optimise="interval").speed.limiting_cycles >= 144


@pytest.mark.parametrize(
    ("aims", "refused"),
    [({"lanes": 8}, "its lanes are given"), ({"pixels": 2, "interval": 400_000.0}, "")],
)
def test_the_next_step_says_what_was_given(aims: dict[str, object], refused: str) -> None:
    step = fold(**aims).next_step
    assert step is not None and step.refused == refused


def test_more_pixels_are_refused_where_they_are_given() -> None:
    """Where a layer has all its lanes, its next step is more pixels."""
    graph, counts = network()
    first = foldable_nodes(graph)[0]
    graph = with_lanes(graph, {first.name: first.most_lanes})
    given = frozenset({first.name})
    steps = Steps(Predictions(counts), BOARD, BOARD, "interval", frozenset(), given, lambda found: found)
    step = steps.step_of(graph, first.name)
    assert step is not None and (step.pixels, step.refused) == (2, "its pixels are given")
