"""Random networks and schemes: golden equals the reference, obeys the rules, prints and reads back."""

from __future__ import annotations

from hypothesis import given, settings
from strategies import NetworkSpec, network_specs, random_inputs, random_network, schemes

from asn2fpga.graph import rules
from asn2fpga.graph.serial import to_plain
from asn2fpga.graph.text import from_text, to_text
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.apply import quantise
from asn2fpga.quantise.scheme import Scheme
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
        rules.check(stage)
        text = to_text(stage)
        assert to_text(from_text(text, to_plain(stage)[1])) == text
