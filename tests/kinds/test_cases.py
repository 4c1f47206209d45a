"""Every check over the table of cases: torch, golden, saving, text, estimate, bound, C++ and RTL."""

from __future__ import annotations

import functools
from pathlib import Path

import numpy as np
import pytest
import torch
from graph_check import Case as Built
from graph_check import check_cpp, check_estimates, check_rtl
from often import often

from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.serial import to_plain
from asn2fpga.graph.text import from_text, to_text
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import foldable_nodes
from asn2fpga.kinds.registry import KINDS
from asn2fpga.kinds.sources.source import source_of
from asn2fpga.loader import load_model
from asn2fpga.loader.save import convert, save_silently
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import Quantised, quantise
from asn2fpga.quantise.network import network_of
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference import float_model
from asn2fpga.verify.cpp_library import TYPES
from kinds.cases import CASES, Case, grouped_cases, parallel_cases

PARALLEL = parallel_cases()
GROUPED = grouped_cases()
EXACT = Scheme(scale_method="maxabs", state_frac_bits=8)  # 8 bits are enough for four leaks of two bits each
VECTORS = 24
ids = [case.name for case in CASES]


def options(case: Case) -> dict[str, object]:
    frames = case.encoding == "frames"
    return {
        "encoding": case.encoding,
        "max_count": 15 if frames else 3,
        "input_scale": 1 / 16 if frames else 0.25,
    }


def example(case: Case) -> torch.Tensor:
    leading = (1,) if case.encoding == "frames" or case.time_steps == 1 else (case.time_steps, 1)
    return torch.zeros(*leading, 2, 4, dtype=torch.float64)


def inputs(case: Case, count: int = VECTORS) -> Array:
    random = np.random.default_rng(5)
    shape = (2, 4) if case.encoding == "frames" else (case.time_steps, 2, 4)
    largest = 15 if case.encoding == "frames" else 3
    return (random.integers(1, largest + 1, (count, *shape)) * (random.random((count, *shape)) < 0.5)).astype(
        np.uint8
    )


def torch_scores(case: Case, x: Array) -> Array:
    scale = 1 / 16 if case.encoding == "frames" else 0.25
    values = torch.from_numpy(x).double() * scale
    if case.encoding == "events" and case.time_steps > 1:
        values = values.transpose(0, 1)
    with torch.no_grad():
        return case.module(values).numpy()


@functools.cache
def graph_of(case: Case) -> Graph:
    return convert(case.module, "net", example(case), **options(case)).graph


@functools.cache
def quantised(case: Case) -> Quantised:
    return quantise(graph_of(case), EXACT)


def built(case: Case, lanes: int = 4) -> Built:
    graph = quantised(case).graph
    graph = with_lanes(graph, {node.name: min(lanes, node.neurons) for node in foldable_nodes(graph)})
    rules.check(graph)
    x = source_of(graph).in_turn(inputs(case), 0)
    return Built(graph, x, simulate(graph, x))


@pytest.mark.parametrize(
    "case", [case for case in (*CASES, *PARALLEL) if case.exact], ids=lambda case: case.name
)
def test_golden_gives_the_spikes_of_torch(case: Case) -> None:
    x, graph = inputs(case), prepare(graph_of(case))
    real = float_model.simulate(graph, x)
    trace = simulate(quantised(case).graph, x)
    for population in network_of(graph).spiking:
        assert population.neuron is not None
        edge = quantised(case).graph.edges[population.name]
        wanted = real.spikes[population.neuron.name]
        assert (np.ldexp(trace.counts[population.name] + edge.base * 1.0, -edge.frac_bits) == wanted).all()
        assert len(np.unique(wanted)) > 1, f"{population.name} always does the same"
    scores, unit = torch_scores(case, x), quantised(case).decisions.score_scale
    steps = case.time_steps if case.name.startswith("mean") else 1
    assert (trace.scores.argmax(axis=1) == (scores * steps / unit).round().argmax(axis=1)).all()


@pytest.mark.parametrize("case", [case for case in CASES if not case.exact], ids=lambda case: case.name)
def test_what_is_rounded_gives_nearly_the_spikes_of_torch(case: Case) -> None:
    x, graph = inputs(case), prepare(graph_of(case))
    real, trace = float_model.simulate(graph, x), simulate(quantised(case).graph, x)
    for population in network_of(graph).spiking:
        assert population.neuron is not None
        wanted = real.spikes[population.neuron.name]
        edge = quantised(case).graph.edges[population.name]
        found = np.ldexp(trace.counts[population.name] * 1.0, -edge.frac_bits)
        assert (np.abs(found - wanted) > 0.02).mean() < 0.01
        assert len(np.unique(wanted)) > 1, f"{population.name} always does the same"


@pytest.mark.parametrize("case", CASES, ids=ids)
def test_it_is_saved_and_printed_and_read_again(case: Case, tmp_path: Path) -> None:
    graph = graph_of(case)
    save_silently(case.module, tmp_path / "net.pt", example(case), **options(case))
    assert to_text(load_model(tmp_path / "net.pt").graph) == to_text(graph)
    for checked in (graph, quantised(case).graph):
        rules.check(checked)
        _, tensors = to_plain(checked)
        assert to_text(from_text(to_text(checked), tensors, KINDS)) == to_text(checked)


@pytest.mark.parametrize("case", [*CASES, PARALLEL[0]], ids=lambda case: case.name)
def test_every_layer_costs_something_and_is_bounded(case: Case) -> None:
    check_estimates(built(case))


@pytest.mark.parametrize("case", often(GROUPED, GROUPED[::4].__contains__), ids=lambda case: case.name)
def test_cpp_and_rtl_compute_what_golden_does(case: Case, tmp_path: Path) -> None:
    network = built(case)
    check_cpp(network, tmp_path, TYPES if case.name.startswith("7 networks") else ("engine",))
    check_rtl(network, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("case", GROUPED, ids=lambda case: case.name)
def test_cpp_computes_it_with_the_integers_of_xilinx(case: Case, tmp_path: Path) -> None:
    check_cpp(built(case), tmp_path, ("xilinx",))


@pytest.mark.slow
@pytest.mark.parametrize("case", PARALLEL, ids=lambda case: case.name)
def test_every_combination_of_neuron_fields(case: Case, tmp_path: Path) -> None:
    network = built(case, lanes=2)
    check_cpp(network, tmp_path)
    check_rtl(network, tmp_path)
