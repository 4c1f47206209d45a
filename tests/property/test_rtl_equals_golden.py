"""Random networks: the embedded engine's RTL equals golden in every event and score, under stalls."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import (
    NetworkSpec,
    drawn_network,
    network_specs,
    network_with_shifted_scores,
    random_inputs,
    schemes,
)

from asn2fpga.codegen.project import generate, source_file, top_name
from asn2fpga.engine.compile import compile_project
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.rtl import HlsProject, RtlDesign
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify.cosim import run_fast
from asn2fpga.verify.lint import lint

VECTORS = 200
EXAMPLES = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def check(spec: NetworkSpec, scheme: Scheme, data: st.DataObject) -> None:
    compare_with_golden(drawn_network(spec, scheme, data), spec.seed)


def compare_with_golden(graph: Graph, seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        design = synthesise(graph, folder)
        lint(design, folder / "lint", folder / "logs")
        x = random_inputs(graph, VECTORS, seed)
        result = run_fast(design, graph, x, simulate(graph, x), folder / "sim", seed=seed)
        assert result.mismatches == 0
        assert result.spikes_compared > 0


def synthesise(graph: Graph, folder: Path) -> RtlDesign:
    BuildPlan(generate(graph, "0" * 64, "0.0.0")).write(folder / "hls")
    source = folder / "hls" / source_file(graph)
    project = HlsProject(source.parent, source, (source.parent,), top_name(graph), "xc7z020clg400-1", 10.0)
    return compile_project(project, folder / "rtl")


@settings(EXAMPLES, max_examples=2)
@given(spec=network_specs(), scheme=schemes(), data=st.data())
def test_rtl_equals_golden(spec: NetworkSpec, scheme: Scheme, data: st.DataObject) -> None:
    check(spec, scheme, data)


def test_rtl_equals_golden_with_shifted_scores_and_pixels_of_five_bits() -> None:
    compare_with_golden(network_with_shifted_scores(), seed=9)


@pytest.mark.slow
@settings(EXAMPLES, max_examples=40)
@given(spec=network_specs(max_size=60), scheme=schemes(), data=st.data())
def test_rtl_equals_golden_on_many_networks(spec: NetworkSpec, scheme: Scheme, data: st.DataObject) -> None:
    check(spec, scheme, data)
