"""Layers that work before an input comes, and after the answer: by what windows look at."""

from __future__ import annotations

import pytest
from kinds.map_networks import MAP_CASES
from kinds.test_maps import built
from loop_graphs import LOOPS

from asn2fpga.kinds.loop_line import LoopLine
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.verify.early import early_layers, late_layers

CASES = {case.name: case for case in MAP_CASES}


@pytest.mark.parametrize(
    ("name", "early", "late"),
    [
        ("padding and an offset", set(), set()),
        ("windows in padding, columns left out", {"body_2_inner"}, {"body_4_inner_0"}),
        ("sums of pools", set(), {"body_0", "encode"}),  # the input too: its last rows are read by nobody
    ],
)
def test_layers_that_work_at_other_times(name: str, early: set[str], late: set[str]) -> None:
    graph = built(CASES[name]).graph
    assert (early_layers(graph), late_layers(graph)) == (early, late)


def test_delays_that_close_a_loop_send_their_first_time_step_at_once() -> None:
    graph = quantise(LOOPS["both late"][0], Scheme(state_frac_bits=16)).graph
    lines = {node.name for node in graph.layers if isinstance(node, LoopLine)}
    assert lines == {"fc2_before", "n1_before"}
    assert early_layers(graph) == lines | {"fc2"}  # it reads the second of them and nothing else
    assert graph["fc2"].inputs == ("n1_before",)
