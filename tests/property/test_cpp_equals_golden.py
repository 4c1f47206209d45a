"""Random networks: the compiled C++ equals the golden model in every event and score."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import NetworkSpec, network_specs, random_inputs, random_network, schemes

from asn2fpga.codegen.project import generate
from asn2fpga.golden.simulate import simulate
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import DenseReadout, Encode
from asn2fpga.passes.accounting import weighted_layers
from asn2fpga.passes.fold_lanes import with_lanes
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.toolchain.plan import BuildPlan
from asn2fpga.verify import cpp
from asn2fpga.verify.compare import compare

VECTORS = 300
EXAMPLES = settings(
    derandomize=True, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)


def check(spec: NetworkSpec, scheme: Scheme, data: st.DataObject) -> None:
    graph = quantise(random_network(spec), scheme).graph
    lanes = {
        layer.name: data.draw(st.integers(1, len(layer.weight)), f"lanes of {layer.name}")
        for layer in weighted_layers(graph)
    }
    compare_with_golden(with_lanes(graph, lanes), spec.seed)


def compare_with_golden(graph: Graph, seed: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        BuildPlan(generate(graph, "0" * 64, "0.0.0")).write(folder / "hls")
        model = cpp.build(graph, folder / "hls", folder / "sim", folder / "log")
        x = random_inputs(graph, VECTORS, seed)
        compare(graph, simulate(graph, x), model.simulate(x), "BUILD")


@settings(EXAMPLES, max_examples=3)
@given(spec=network_specs(max_layers=3), scheme=schemes(), data=st.data())
def test_cpp_equals_golden(spec: NetworkSpec, scheme: Scheme, data: st.DataObject) -> None:
    check(spec, scheme, data)


def test_cpp_equals_golden_with_shifted_scores_and_pixels_of_five_bits() -> None:
    spec = NetworkSpec(seed=9, sizes=(14, 9, 5), max_pixel=16, outlier=3000.0, alpha=-1.0, time_steps=2)
    graph = quantise(random_network(spec)).graph
    (source, _, readout) = graph.layers
    assert isinstance(source, Encode) and str(source.count_type) == "u5"
    assert isinstance(readout, DenseReadout) and readout.shift.max() > 8
    compare_with_golden(with_lanes(graph, {"fc1": 4, "fc2": 3}), spec.seed)


@pytest.mark.slow
@settings(EXAMPLES, max_examples=60)
@given(spec=network_specs(max_size=80), scheme=schemes(), data=st.data())
def test_cpp_equals_golden_on_many_networks(spec: NetworkSpec, scheme: Scheme, data: st.DataObject) -> None:
    check(spec, scheme, data)
