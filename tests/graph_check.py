"""A random network all the way: trained graph, integers, golden, C++, RTL; the first difference is raised."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from random_graphs import GraphSpec, random_branches
from strategies import random_inputs

from asn2fpga.codegen.project import generate, source_file, top_name
from asn2fpga.engine.compile import compile_project
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.serial import from_plain, to_plain
from asn2fpga.graph.text import from_text, to_text
from asn2fpga.graph.trace import Trace
from asn2fpga.graph.types import Array
from asn2fpga.kinds.nodes import foldable_nodes, port_widths
from asn2fpga.kinds.registry import KINDS
from asn2fpga.kinds.timing import BARE
from asn2fpga.loader.check_graph import check_graph
from asn2fpga.passes.demand import demands
from asn2fpga.passes.estimate_resources import estimate_layer
from asn2fpga.passes.lanes import with_lanes
from asn2fpga.passes.predict_cycles import predict_busy, predict_latency
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.rtl import HlsProject
from asn2fpga.stages.activity import activity, layer_rows
from asn2fpga.toolchain.plan import write_file
from asn2fpga.verify import cpp
from asn2fpga.verify.compare import compare
from asn2fpga.verify.cosim import run_fast
from asn2fpga.verify.cpp_library import TYPES, Types
from asn2fpga.verify.reference import compare_reference
from asn2fpga.verify.result import CosimResult

VECTORS = 12


@dataclass(frozen=True)
class Case:
    """An integer network with its lanes, inputs for it, and what golden makes of them."""

    graph: Graph
    x: Array
    expected: Trace


def case_of(spec: GraphSpec) -> Case:
    """A network of the spec, checked on its way to integers: rules, round trips, reference, estimate and
    bound.
    """
    random = np.random.default_rng(spec.seed)
    real = check_graph(random_branches(spec))
    x = random_inputs(real, VECTORS, spec.seed)
    scheme = Scheme(
        weight_bits=int(random.integers(2, 9)),
        alpha_snap="exact" if random.random() < 0.2 else "auto",
        scale_method="mse" if random.random() < 0.5 else "maxabs",
    )
    rules.check(prepare(real))
    quantised = quantise(real, scheme)
    compare_reference(quantised.reference, quantised.graph, x)
    lanes = {node.name: int(random.integers(1, node.neurons + 1)) for node in foldable_nodes(quantised.graph)}
    graph = with_lanes(quantised.graph, lanes)
    rules.check(graph)
    for checked in (real, graph):
        plain, tensors = to_plain(checked)
        assert to_text(from_plain(plain, tensors, KINDS)) == to_text(checked)
        assert to_text(from_text(to_text(checked), tensors, KINDS)) == to_text(checked)
    return Case(graph, x, simulate(graph, x))


def check_estimates(case: Case) -> None:
    """Every layer costs something, is bounded, and takes time."""
    rows = layer_rows(case.graph, activity(case.graph, case.expected))
    for node in case.graph.layers:
        assert estimate_layer(case.graph, node).lut > 0  # type: ignore[arg-type]
        assert rows[node.name]["lower_bound_cycles"] >= 1
    found = demands(case.graph, case.expected.counts)
    assert (predict_latency(case.graph, found) > 0).all()
    assert all((cycles > 0).all() for cycles in predict_busy(case.graph, found).values())


def check_cpp(case: Case, folder: Path, wanted: tuple[Types, ...] = TYPES) -> None:
    """The generated C++ computes what golden does, with the engine's integers and with Xilinx's.

    Xilinx's take four times as long to compile. Where many networks are tried, a sample of them has both.
    """
    for name, text in generate(case.graph, "0" * 64, "0").items():
        write_file(folder / name, text)
    for types in wanted:
        model = cpp.build(case.graph, folder, folder / "csim", folder / "compiler.log", types)
        compare(case.graph, case.expected, model.simulate(case.x), "BUILD")


def check_rtl(case: Case, folder: Path) -> CosimResult:
    """The RTL computes it too, with stalls on both sides, in no fewer cycles than its bounds. After
    check_cpp.
    """
    project = HlsProject(
        directory=folder,
        source=folder / source_file(case.graph),
        include_dirs=(folder, folder / "kernels"),
        top=top_name(case.graph),
        part="xc7z020clg400-1",
        clock_ns=10.0,
    )
    widths = port_widths(case.graph)
    design = dataclasses.replace(
        compile_project(project, folder / "rtl"), input_bits=widths.input, output_bits=widths.output
    )
    result = run_fast(design, case.graph, case.x, case.expected, folder / "sim", jobs=1)
    timed = case.expected.take(result.timed)
    bound = predict_latency(case.graph, demands(case.graph, timed.counts), BARE, timed.steps_used)
    assert (result.latencies >= bound).all(), "latency is below its bound"
    rows = layer_rows(case.graph, activity(case.graph, timed))
    for name, work in result.layer_work.items():
        assert work.cycles >= rows[name]["lower_bound_cycles"], f"{name} works less than its bound"
    return result
