"""Convolutions and pools all the way: torch, golden, saving, text, estimate, bound, C++ and RTL."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest
import torch
from graph_check import Case as Built
from graph_check import check_cpp, check_estimates, check_rtl
from often import often
from torch import nn

from asn2fpga.codegen.project import generate, source_file
from asn2fpga.device.resources import Resources
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.serial import to_plain
from asn2fpga.graph.text import from_text, to_text
from asn2fpga.graph.types import Array
from asn2fpga.kinds.maps.population import MapPopulation
from asn2fpga.kinds.neurons.lookup import Lookup
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.registry import KINDS
from asn2fpga.loader import load_model
from asn2fpga.loader.save import convert, save_silently
from asn2fpga.nn import ASN, LIF
from asn2fpga.passes.demand import demands
from asn2fpga.passes.lanes import with_lanes, with_parallel_pixels
from asn2fpga.passes.place_products import place_products
from asn2fpga.passes.predict_cycles import predict_busy
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import Quantised, quantise
from asn2fpga.reference import float_model
from asn2fpga.stages.activity import activity, layer_rows
from asn2fpga.verify.reference import compare_reference
from asn2fpga.verify.result import CosimResult
from kinds.map_bodies import PerStep, conv
from kinds.map_networks import MAP_CASES, MapCase
from kinds.pooled_streams import PooledShortcut

VECTORS = 8
ids = [case.name for case in MAP_CASES]


def options(case: MapCase) -> dict[str, object]:
    frames = case.encoding == "frames"
    return {
        "encoding": case.encoding,
        "max_count": 255 if frames else 2,
        "input_scale": 1 / 256 if frames else 1.0,
    }


def example(case: MapCase) -> torch.Tensor:
    leading = (1,) if case.encoding == "frames" or case.time_steps == 1 else (case.time_steps, 1)
    return torch.zeros(*leading, *case.shape, dtype=torch.float64)


def inputs(case: MapCase) -> Array:
    random = np.random.default_rng(5)
    frames = case.encoding == "frames"
    shape = (VECTORS, *case.shape) if frames else (VECTORS, case.time_steps, *case.shape)
    values = random.integers(0, 256 if frames else 3, shape) * (random.random(shape) < 0.7)
    return values.astype(np.uint8)


@functools.cache
def graph_of(case: MapCase) -> Graph:
    return convert(case.module, "net", example(case), **options(case)).graph


@functools.cache
def quantised(case: MapCase) -> Quantised:
    return quantise(graph_of(case), x=inputs(case))


def built(case: MapCase, lanes: int = 3) -> Built:
    graph = quantised(case).graph
    graph = with_lanes(graph, {node.name: min(lanes, node.most_lanes) for node in foldable_nodes(graph)})
    rules.check(graph)
    x = inputs(case)
    return Built(graph, x, simulate(graph, x))


def torch_scores(case: MapCase, x: Array) -> Array:
    values = torch.from_numpy(x).double()
    values = values / 256 if case.encoding == "frames" else values.transpose(0, 1)
    with torch.no_grad():
        return case.module(values).flatten(1).numpy()


@pytest.mark.parametrize("case", MAP_CASES, ids=ids)
def test_the_trained_network_computes_what_torch_does(case: MapCase) -> None:
    x, graph = inputs(case), graph_of(case)
    expected = torch_scores(case, x)
    assert len(np.unique(expected.round(6), axis=0)) > 1, "the network always does the same"
    for prepared in (graph, prepare(graph)):
        assert np.abs(float_model.simulate(prepared, x).scores - expected).max() < 1e-9


@pytest.mark.parametrize("case", MAP_CASES, ids=ids)
def test_a_network_that_is_prepared_stays_as_it_is(case: MapCase) -> None:
    prepared = prepare(graph_of(case))
    assert to_text(prepare(prepared)) == to_text(prepared)


@pytest.mark.parametrize("case", MAP_CASES, ids=ids)
def test_golden_computes_what_the_reference_does(case: MapCase) -> None:
    """Exactly, where no membrane and no factor before a table is rounded."""
    found = quantised(case)
    rules.check(found.graph)
    report = compare_reference(found.reference, found.graph, inputs(case))
    looks_up = any(isinstance(node.neuron, Lookup) for node in found.graph.of_type(MapPopulation))
    assert report.exact or case.time_steps > 1 or looks_up
    assert all(layer.different < layer.compared / 100 for layer in report.layers) or case.time_steps > 1
    trace = simulate(found.graph, inputs(case))
    assert all(len(np.unique(counts)) > 1 for counts in trace.counts.values()), "a layer never changes"


@pytest.mark.parametrize("case", MAP_CASES, ids=ids)
def test_it_is_saved_and_printed_and_read_again(case: MapCase, tmp_path: Path) -> None:
    save_silently(case.module, tmp_path / "net.pt", example(case), **options(case))
    assert to_text(load_model(tmp_path / "net.pt").graph) == to_text(graph_of(case))
    for checked in (graph_of(case), quantised(case).graph):
        _, tensors = to_plain(checked)
        assert to_text(from_text(to_text(checked), tensors, KINDS)) == to_text(checked)


@pytest.mark.parametrize("case", MAP_CASES, ids=ids)
def test_every_layer_costs_something_and_is_bounded(case: MapCase) -> None:
    check_estimates(built(case))


EVERY_TIME = (
    "padding and an offset",
    "max-pool of sums",
    "stride, dilation, groups",
    "events added over time",
    "a finer branch",
    "transposed convolutions",
    "adaptive neurons of a row",
    "neurons of a current that others read",
)


@pytest.mark.parametrize("case", often(MAP_CASES, lambda case: case.name in EVERY_TIME), ids=ids)
def test_cpp_and_rtl_compute_what_golden_does(case: MapCase, tmp_path: Path) -> None:
    network = built(case)
    check_cpp(network, tmp_path, ("engine",))
    check_resting(network, check_rtl(network, tmp_path))


def test_a_pooled_shortcut_over_time_computes_what_golden_does(tmp_path: Path) -> None:
    """Its last neurons wait for both of what they add."""
    body = lambda: PooledShortcut(lambda: LIF(0.5, time_steps=2), PerStep)  # noqa: E731
    network = built(MapCase("a pooled shortcut", body, 2, "events", shape=(2, 6, 6)))
    check_cpp(network, tmp_path, ("engine",))
    check_resting(network, check_rtl(network, tmp_path))


def check_resting(network: Built, result: CosimResult) -> None:
    """Maps that rest between firings take the cycles that are predicted."""
    graph, timed = network.graph, network.expected.head(len(result.latencies))
    for name, cycles in predict_busy(graph, demands(graph, timed.counts)).items():
        if graph[name].rests(graph.edges_into(graph[name])):  # type: ignore[attr-defined]
            assert result.layer_work[name].cycles == pytest.approx(cycles.mean(), rel=0.05, abs=6)


IN_PARALLEL = {
    "padding and an offset": 3,
    "stride, dilation, groups": 2,
    "one axis of pixels": 5,
    "currents added": 2,
    "events over time": 2,
    "currents added over time": 3,
}


@pytest.mark.parametrize("name", often(IN_PARALLEL, ("padding and an offset",).__contains__))
def test_several_pixels_at_a_time_are_what_golden_computes(name: str, tmp_path: Path) -> None:
    """Each in a unit of its own; columns need not divide among them."""
    pixels = IN_PARALLEL[name]
    single = built(next(case for case in MAP_CASES if case.name == name), lanes=2)
    graph = with_parallel_pixels(single.graph, {node.name: pixels for node in foldable_nodes(single.graph)})
    assert to_text(graph) != to_text(single.graph), "no layer takes so many pixels"
    rules.check(graph)
    network = Built(graph, single.x, simulate(graph, single.x))
    for name, counts in single.expected.counts.items():
        assert (network.expected.counts[name] == counts).all()
    check_estimates(network)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)


@pytest.mark.parametrize("pixels", often([1, 2], lambda pixels: pixels == 2))
def test_channels_for_themselves_take_whole_words(pixels: int, tmp_path: Path) -> None:
    """A depthwise convolution with the lanes of what it reads, and otherwise one of weights with zeros."""
    case = next(case for case in MAP_CASES if case.name == "stride, dilation, groups")
    single = built(case)
    graph = with_parallel_pixels(single.graph, {single.graph.layers[-3].name: pixels})
    network = Built(graph, single.x, single.expected)
    check_estimates(network)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)
    assert "asn::Depthwise<" in generate(graph, "0" * 64, "0")[source_file(graph)]
    apart = with_lanes(graph, {name: 1 + (number % 2) for number, name in enumerate(_maps(graph))})
    assert "asn::Depthwise<" not in generate(apart, "0" * 64, "0")[source_file(apart)]


WIDE = {
    "at once": MapCase("wide", lambda: nn.Sequential(conv(2, 40), ASN(4)), shape=(2, 3, 3)),
    "over time": MapCase(
        "wide over time",
        lambda: nn.Sequential(PerStep(conv(2, 40)), LIF(0.5, time_steps=2)),
        2,
        "events",
        shape=(2, 3, 3),
    ),
}


@pytest.mark.parametrize("name", often(WIDE, ("over time",).__contains__))
def test_wide_words_are_looked_through_in_parts(name: str, tmp_path: Path) -> None:
    network = built(WIDE[name], lanes=40)
    assert "split_words" in generate(network.graph, "0" * 64, "0")[source_file(network.graph)]
    check_estimates(network)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)


def test_the_last_rows_of_weights_lie_in_look_up_tables(tmp_path: Path) -> None:
    """Where they would need another row of block RAMs: 576 rows are 512 and 64."""
    deep = MapCase("deep", lambda: nn.Sequential(conv(2, 64), ASN(4), conv(64, 16), ASN(4)), shape=(2, 3, 3))
    network = built(deep, lanes=16)
    text = generate(network.graph, "0" * 64, "0")
    (roms,) = (found for name, found in text.items() if "_last_words" in found and name.endswith("_roms.h"))
    assert "_last_words[2][64]" in roms
    check_estimates(network)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)


def test_lanes_in_whole_bytes_keep_membranes_alone(tmp_path: Path) -> None:
    """Eight lanes without a synaptic current: nothing of one lies beside their membranes."""
    body = lambda: nn.Sequential(PerStep(conv(2, 8)), LIF(0.5, time_steps=2))  # noqa: E731
    network = built(MapCase("eight lanes", body, 2, "events", shape=(2, 4, 4)), lanes=8)
    assert any(getattr(node, "lanes", None) == 8 for node in network.graph.layers)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)


def _maps(graph: Graph) -> list[str]:
    return [node.name for node in foldable_nodes(graph) if isinstance(node, MapPopulation)]


@pytest.mark.parametrize(
    "name", often(["stride, dilation, groups", "events over time"], EVERY_TIME.__contains__)
)
def test_lanes_that_share_dsp_slices_compute_what_golden_does(name: str, tmp_path: Path) -> None:
    """Pairs of lanes, and the odd one that is left."""
    case = next(case for case in MAP_CASES if case.name == name)
    single = built(case).graph
    graph = place_products(single, Resources(dsp=1000))
    maps = [node for node in foldable_nodes(graph) if isinstance(node, MapPopulation)]
    paired = [node for node in maps if node.paired]
    assert paired and any(node.lanes % 2 for node in paired)
    rules.check(graph)
    x = inputs(case)
    network = Built(graph, x, simulate(graph, x))
    check_estimates(network)
    check_cpp(network, tmp_path, ("engine",))
    check_rtl(network, tmp_path)
    assert "dsp_lanes = 2" in generate(graph, "0" * 64, "0")[source_file(graph)]


def test_sums_that_are_sent_as_they_are_count_as_no_synapses() -> None:
    """A max-pool before membranes: what reads the pool adds nothing that was trained."""
    case = next(case for case in MAP_CASES if case.name == "max-pool before neurons with a membrane")
    graph = quantised(case).graph
    untrained = [n for n in foldable_nodes(graph) if isinstance(n, MapPopulation) and not n.weight_bits]
    assert untrained
    trace = simulate(graph, inputs(case))
    rows = layer_rows(graph, activity(graph, trace))
    for node in untrained:
        row = rows[node.name]
        assert row["synops_per_inference"] is None and row["dense_macs_per_inference"] == 0
        assert row["accumulates_per_inference"] > 0
