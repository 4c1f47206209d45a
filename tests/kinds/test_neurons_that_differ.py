"""Maps whose thresholds or leaks differ by channel or pixel: lanes, pixels at a time and both orders of maps
compute what golden does, and constants lie where they differ.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from graph_check import Case as Built
from graph_check import check_cpp, check_estimates, check_rtl
from often import often

from asn2fpga.codegen.project import generate, source_file
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.passes.lanes import with_parallel_pixels
from asn2fpga.passes.map_order import by_step
from kinds.map_networks import MAP_CASES, MapCase
from kinds.test_maps import built, check_resting

CASES = {case.name: case for case in MAP_CASES}
AT_ONCE = "thresholds of channels and of pixels"
OVER_TIME = "leaks of channels and thresholds of pixels over time"
OF_FRAMES = "leaks of pixels of a frame over time"
DESIGNS = [
    (AT_ONCE, 2, 1, False),
    (AT_ONCE, 3, 2, False),
    (AT_ONCE, 5, 1, False),
    (OVER_TIME, 1, 2, False),
    (OVER_TIME, 2, 1, True),
    (OVER_TIME, 3, 3, True),
    (OVER_TIME, 5, 1, False),
    (OF_FRAMES, 2, 2, False),
    (OF_FRAMES, 3, 1, False),
]


def design(case: MapCase, lanes: int, pixels: int, *, steps: bool) -> Built:
    """Folded so, and in that order."""
    single = built(case, lanes)
    graph = by_step(single.graph) if steps else single.graph
    most = {node.name: min(pixels, node.most_parallel_pixels) for node in foldable_nodes(graph)}
    graph = with_parallel_pixels(graph, most)
    rules.check(graph)
    return Built(graph, single.x, simulate(graph, single.x))


@pytest.mark.parametrize(
    ("name", "lanes", "pixels", "steps"), often(DESIGNS, (DESIGNS[1], DESIGNS[4]).__contains__)
)
def test_cpp_and_rtl_compute_what_golden_does(
    name: str, lanes: int, pixels: int, steps: bool, tmp_path: Path
) -> None:
    network = design(CASES[name], lanes, pixels, steps=steps)
    check_estimates(network)
    check_cpp(network, tmp_path, ("engine",))
    check_resting(network, check_rtl(network, tmp_path))


def test_constants_have_rows_for_pixels_where_these_differ() -> None:
    """Thresholds of 30 pixels and leaks of 5 channels, in two groups of three lanes."""
    graph = built(CASES[OVER_TIME], 3).graph
    text = generate(graph, "0" * 64, "0")
    source, roms = text[source_file(graph)], text["body_0_inner_0_roms.h"]
    neuron = source[source.index("struct body_0_inner_0_neuron") :]
    neuron = neuron[: neuron.index("static HLS_INLINE")]
    assert "typedef asn::ByPixel<body_0_inner_0_thresholds> thresholds;" in neuron
    assert "typedef body_0_inner_0_leaks leaks;" in neuron
    assert "body_0_inner_0_thresholds_words[1][60]" in roms
    assert "body_0_inner_0_leaks_words[1][2]" in roms
