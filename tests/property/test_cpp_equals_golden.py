"""Random networks: the compiled C++ equals the golden model in every event and score."""

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

from asn2fpga.codegen.project import generate
from asn2fpga.golden.simulate import simulate
from asn2fpga.graph.graph import Graph
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify import cpp
from asn2fpga.verify.compare import compare
from asn2fpga.verify.cpp_library import TYPES

VECTORS = 300
EXAMPLES = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def check(spec: NetworkSpec, scheme: Scheme, data: st.DataObject) -> None:
    compare_with_golden(drawn_network(spec, scheme, data), spec.seed)


def compare_with_golden(graph: Graph, seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        BuildPlan(generate(graph, "0" * 64, "0.0.0")).write(folder / "hls")
        x = random_inputs(graph, VECTORS, seed)
        for types in TYPES:
            model = cpp.build(graph, folder / "hls", folder / "sim", folder / "log", types)
            compare(graph, simulate(graph, x), model.simulate(x), "BUILD")


@settings(EXAMPLES, max_examples=3)
@given(spec=network_specs(max_layers=3), scheme=schemes(), data=st.data())
def test_cpp_equals_golden(spec: NetworkSpec, scheme: Scheme, data: st.DataObject) -> None:
    check(spec, scheme, data)


def test_cpp_equals_golden_with_shifted_scores_and_pixels_of_five_bits() -> None:
    compare_with_golden(network_with_shifted_scores(), seed=9)


@pytest.mark.slow
@settings(EXAMPLES, max_examples=60)
@given(spec=network_specs(max_size=80), scheme=schemes(), data=st.data())
def test_cpp_equals_golden_on_many_networks(spec: NetworkSpec, scheme: Scheme, data: st.DataObject) -> None:
    check(spec, scheme, data)
