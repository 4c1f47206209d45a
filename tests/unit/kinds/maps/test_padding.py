"""Windows that look at padding alone: what is sent before the input comes, and bounds that leave it out."""

from __future__ import annotations

import re

import numpy as np
import pytest
import torch
from kinds.map_bodies import PerStep, conv
from kinds.map_networks import MapCase
from kinds.test_maps import built
from torch import nn

from asn2fpga.errors import InputError
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.maps.pixel_flow import EARLY
from asn2fpga.kinds.maps.window import Window, window_complaint
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.timing import BARE, PIPELINED, Flow
from asn2fpga.loader.save import convert
from asn2fpga.nn import ASN, IF
from asn2fpga.passes.demand import demands
from asn2fpga.passes.map_order import by_step
from asn2fpga.passes.predict_cycles import _flows, predict_latency
from asn2fpga.quantise.apply import quantise
from asn2fpga.verify.early import early_layers
from asn2fpga.verify.recorded import _starts_early
from asn2fpga.verify.recording import StreamRecord
from asn2fpga.verify.vectors import Messages

STEPS = 3


def case(kernel: int, padding: int) -> MapCase:
    body = lambda: nn.Sequential(PerStep(conv(2, 3, kernel, padding=padding)), IF(time_steps=STEPS))  # noqa: E731
    return MapCase(f"{kernel} and {padding}", body, STEPS, "events", shape=(2, 4, 4))


def stepwise(graph: Graph) -> Graph:
    found = by_step(graph)
    assert isinstance(found, Graph)
    return found


@pytest.mark.parametrize(("kernel", "padding", "early"), [(1, 1, True), (3, 3, True), (3, 2, False)])
def test_layers_that_send_something_before_the_input(kernel: int, padding: int, early: bool) -> None:
    graph = built(case(kernel, padding)).graph
    first = foldable_nodes(graph)[0].name
    assert early_layers(graph) == (frozenset({first, f"{first}_unrolled"}) if early else frozenset())


def flow_of(graph: Graph, name: str, overheads: object = BARE) -> Flow:
    counts = {name: np.zeros((1, edge.steps, edge.size), np.int64) for name, edge in graph.edges.items()}
    return _flows(graph, demands(graph, counts), overheads)[name][0]  # type: ignore[arg-type]


def test_their_pixels_wait_for_nothing() -> None:
    """Of 8 x 8 pixels the first row and one more; the next needs the first pixel of the input."""
    graph = built(case(3, 3)).graph
    flow = flow_of(graph, foldable_nodes(graph)[0].name)
    assert (flow.last[0, :9] < 0).all() and flow.last[0, 9] > 0


def test_step_by_step_they_wait_for_nothing_either() -> None:
    """The first row of windows looks at padding alone: a time step begins as the one before is done."""
    graph = stepwise(built(case(1, 1)).graph)
    name = foldable_nodes(graph)[0].name
    bare, real = flow_of(graph, name), flow_of(graph, name, PIPELINED)
    assert bare.first[0, 0] <= EARLY and (bare.first[0, 1:] == bare.last[0, :-1]).all()
    assert real.first[0, 0] < flow_of(graph, graph.layers[0].name, PIPELINED).last[0, 0]


def test_latency_is_bounded_without_them() -> None:
    """27 firings of four cycles each that come before the input do not count."""
    for graph in (built(case(3, 3)).graph, stepwise(built(case(3, 3)).graph)):
        counts = simulate(graph, built(case(3, 3)).x).counts
        counted = demands(graph, counts)
        assert (predict_latency(graph, counted, BARE) > 0).all()
        assert (predict_latency(graph, counted, BARE) <= predict_latency(graph, counted)).all()


def test_time_steps_of_a_source_come_as_their_words_do() -> None:
    """Counts of 8 bits, four in a word: 6 of a time step are there with 2 words, 12 with 3, 18 with 5."""
    body = nn.Sequential(PerStep(nn.Conv2d(6, 2, 1)), IF(time_steps=3)).eval()
    network = MapCase("six", lambda: body, 3, "events", shape=(6, 1, 1))
    example = torch.zeros(3, 1, 6, 1, 1, dtype=torch.float64)
    real = convert(network.module, "six", example, encoding="events", max_count=255).graph
    graph = stepwise(quantise(real, x=np.ones((2, 3, 6, 1, 1), np.uint8)).graph)
    assert flow_of(graph, graph.layers[0].name).last.tolist() == [[2, 3, 5]]


def record(words: list[int]) -> StreamRecord:
    return StreamRecord(np.arange(len(words)), np.array(words, np.uint32)[:, None])


def test_words_after_the_last_inference_are_those_that_each_begins_with() -> None:
    messages = Messages(np.zeros(6, np.uint64), np.array([0, 3, 5]))
    assert _starts_early(record([7, 1, 9, 7, 9, 7]), messages, 1)
    assert not _starts_early(record([7, 1, 9, 6, 9, 7]), messages, 1)
    assert not _starts_early(record([7, 1, 9, 7, 9, 7, 1, 9]), messages, 3), "an inference is shorter"


def test_padding_further_than_a_stride_is_refused() -> None:
    message = (
        "padding to the left must be at most 1, (kernel - 1) * dilation + stride, not 2; windows further to "
        "the left see nothing of the map"
    )
    window = Window(kernel=(3, 1), stride=(1, 1), padding=(2, 2, 2, 2))
    assert window_complaint(window, (2, 4, 4)) == message
    strided = Window(kernel=(1, 2), stride=(1, 2), padding=(0, 4, 0, 4), dilation=(1, 2))
    assert window_complaint(strided, (2, 4, 4)) == ""
    module = nn.Sequential(nn.Conv2d(2, 3, 1, padding=(0, 2)), ASN(4), nn.Flatten(), nn.Linear(96, 2)).eval()
    with pytest.raises(InputError, match=f"^layer_0: {re.escape(message)}\\.$"):
        convert(module, "far", torch.zeros(1, 2, 4, 4))
