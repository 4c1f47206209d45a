"""Random networks and schemes: golden equals the reference, obeys the rules, prints and reads back."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from random_graphs import random_branches, spec_of
from strategies import NetworkSpec, network_specs, random_inputs, random_network, schemes

from asn2fpga.graph import rules
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.serial import from_plain, to_plain
from asn2fpga.graph.text import from_text, to_text
from asn2fpga.kinds.registry import KINDS
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.reference.float_model import simulate
from asn2fpga.verify.reference import compare_reference


@settings(max_examples=100, deadline=None, derandomize=True)
@given(network_specs(), schemes())
def test_golden_equals_the_reference(spec: NetworkSpec, scheme: Scheme) -> None:
    graph = random_network(spec)
    x = random_inputs(graph, 30, seed=spec.seed)
    quantised = quantise(graph, scheme, x)
    report = compare_reference(quantised.reference, quantised.graph, x)
    assert report.exact or any(layer.stateful for layer in report.layers)
    assert all(layer.different == 0 for layer in report.layers if not layer.stateful)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(network_specs(), schemes())
def test_every_stage_obeys_the_rules_and_reads_back(spec: NetworkSpec, scheme: Scheme) -> None:
    graph = random_network(spec)
    quantised = quantise(graph, scheme)
    for stage in (graph, prepare(graph), quantised.reference, quantised.graph):
        check_stage(stage)


def check_stage(graph: Graph) -> None:
    """It obeys the rules, and reads back from both of its forms."""
    rules.check(graph)
    text, (plain, tensors) = to_text(graph), to_plain(graph)
    assert to_text(from_text(text, tensors, KINDS)) == text
    assert to_text(from_plain(plain, tensors, KINDS)) == text


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.integers(0, 2**32 - 1), schemes())
def test_branches_of_all_neurons_are_prepared_and_quantised(seed: int, scheme: Scheme) -> None:
    graph = random_branches(spec_of(seed))
    x = random_inputs(graph, 30, seed=seed)
    prepared, quantised = prepare(graph), quantise(graph, scheme, x)
    for stage in (graph, prepared, quantised.reference, quantised.graph):
        check_stage(stage)
    before, after = simulate(graph, x).scores, simulate(prepared, x).scores
    assert np.median(np.abs(before - after)) <= 1e-9 * max(1.0, np.abs(before).max())
    report = compare_reference(quantised.reference, quantised.graph, x)
    assert all(layer.different == 0 for layer in report.layers if not layer.stateful)
