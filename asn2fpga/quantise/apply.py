"""From the trained network to integers: decide, then build the integer graph and its real reference."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import DensePopulation, Layer, Linear, Neuron
from asn2fpga.graph.types import Array
from asn2fpga.passes.prepare import prepare
from asn2fpga.quantise.calibration import calibration_of
from asn2fpga.quantise.chain import Chain, chain_of
from asn2fpga.quantise.choose import choose_alphas, choose_weights
from asn2fpga.quantise.decisions import Decisions, StateDecision
from asn2fpga.quantise.population import build_population
from asn2fpga.quantise.readout import Readout, build_readout
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.quantise.source import Producer, build_source
from asn2fpga.quantise.weights import QuantisedWeights


@dataclass(frozen=True)
class Quantised:
    """graph: the integer network. reference: the real network of the same weights, alphas and read-out bias.

    At T = 1 (and wherever no membrane is kept) the two are equal, exactly; see verify.reference.
    """

    graph: Graph
    reference: Graph
    decisions: Decisions


def quantise(
    graph: Graph, scheme: Scheme | None = None, x: Array | None = None, y: Array | None = None
) -> Quantised:
    """Integers for a real-valued graph. x: calibration inputs (B, ..), y: their labels (B,).

    Choices on `auto` are decided by agreement with the float network on x; y is only reported. Raises
    UnsupportedError naming the layer for a network that is not a chain of dense layers, or too wide.
    """
    scheme = Scheme() if scheme is None else scheme
    prepared = prepare(graph)
    chain = chain_of(prepared)
    scheme.check_layers(linear.name for linear in chain.linears)
    calibration = calibration_of(prepared, x, y)
    snapped, alphas = choose_alphas(prepared, chain, scheme, calibration)
    reference, weights, weight_decisions = choose_weights(snapped, chain_of(snapped), scheme, calibration)
    layers, readout = build_layers(chain_of(snapped), weights, scheme)
    integer = Graph(graph.name, layers)
    decisions = Decisions(
        calibration_samples=0 if calibration is None else len(calibration.x),
        alpha=alphas,
        weights=weight_decisions,
        states=tuple(_state_decisions(integer, chain)),
        score_scale=readout.score_scale,
    )
    return Quantised(integer, _with_bias(reference, chain.readout.name, readout.bias), decisions)


def build_layers(
    chain: Chain, weights: dict[str, QuantisedWeights], scheme: Scheme
) -> tuple[tuple[Layer, ...], Readout]:
    """The integer layers in order; the last one again with what its integers mean."""
    source = build_source(chain)
    layers: list[Layer] = [source]
    producer = Producer.of_source(source)
    for linear, neuron in chain.populations:
        population, producer = build_population(linear, neuron, weights[linear.name], producer, scheme)
        layers.append(population)
    readout = build_readout(chain.readout, weights[chain.readout.name], producer)
    return (*layers, readout.layer), readout


def _state_decisions(graph: Graph, chain: Chain) -> list[StateDecision]:
    neurons: dict[str, Neuron] = {linear.name: neuron for linear, neuron in chain.populations}
    return [
        StateDecision(
            layer=layer.name,
            state_frac_bits=layer.neuron.state_frac_bits,
            leak_multiplier=layer.neuron.leak_multiplier,
            leak_shift=layer.neuron.leak_shift,
            trained_beta=neurons[layer.name].semantics.beta,
        )
        for layer in graph.of_type(DensePopulation)
        if layer.neuron.stateful
    ]


def _with_bias(graph: Graph, name: str, bias: Array) -> Graph:
    linear = graph[name]
    assert isinstance(linear, Linear)
    return graph.replace(name, dataclasses.replace(linear, bias=bias))
