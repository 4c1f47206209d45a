"""From the trained network to integers: decide, then build the integer graph and its real reference."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from asn2fpga.graph.arrays import RealArray
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.types import Array
from asn2fpga.kinds.projected import projected_named
from asn2fpga.passes.prepare import prepare
from asn2fpga.passes.telling import to_nobody
from asn2fpga.quantise.build import Builder
from asn2fpga.quantise.calibration import calibration_of
from asn2fpga.quantise.choose import choose_alphas, choose_weights, relative_error, with_weights
from asn2fpga.quantise.decisions import (
    AlphaDecision,
    Decisions,
    StateDecision,
    TableDecision,
    WeightDecision,
)
from asn2fpga.quantise.edges import edges_of
from asn2fpga.quantise.network import Network, network_of
from asn2fpga.quantise.scheme import Scheme
from asn2fpga.quantise.units import Aligned, align


@dataclass(frozen=True)
class Quantised:
    """graph: the integer network. reference: the real network of the same weights, alphas and read-out bias.

    At T = 1 (and wherever no membrane is kept) the two are equal, exactly; see verify.reference.
    """

    graph: Graph
    reference: Graph
    decisions: Decisions


@dataclass(frozen=True)
class Decided:
    """What is chosen before integers of neurons are made: alphas and weights."""

    network: Network
    edges: Mapping[str, Edge]
    aligned: Aligned
    alphas: tuple[AlphaDecision, ...]
    weights: tuple[WeightDecision, ...]
    calibration_samples: int

    def build(self, scheme: Scheme) -> Quantised:
        """The integers of a scheme with the same choices of alphas and weights."""
        integer, readout = Builder(self.network, self.aligned, self.edges, scheme).graph()
        decisions = Decisions(
            calibration_samples=self.calibration_samples,
            alpha=self.alphas,
            weights=tuple(_as_built(self.network, self.aligned, found, integer) for found in self.weights),
            states=tuple(_state_decisions(integer, self.network)),
            tables=tuple(_table_decisions(self.network)),
            score_scale=readout.score_scale,
        )
        return Quantised(integer, reference_of(self.network, self.aligned, readout.bias), decisions)


def quantise(
    graph: Graph, scheme: Scheme | None = None, x: Array | None = None, y: Array | None = None
) -> Quantised:
    """Integers for a real-valued graph. x: calibration inputs (B, ..), y: their labels (B,).

    Choices on `auto` are decided by agreement with the float network on x; y is only reported. Raises
    UnsupportedError naming the layer for a network that is not built, or too wide.
    """
    scheme = Scheme() if scheme is None else scheme
    return decide(graph, scheme, x, y).build(scheme)


def decide(
    graph: Graph,
    scheme: Scheme,
    x: Array | None = None,
    y: Array | None = None,
    say: Callable[[str], None] = to_nobody,
) -> Decided:
    """Alphas and weights of a real-valued graph; arguments and errors as of `quantise`. say: is told now
    and then how many choices were tried; what it raises ends the search.
    """
    prepared = prepare(graph)
    network = network_of(prepared)
    scheme.check_layers(synapse.name for synapse in network.synapses)
    calibration = calibration_of(prepared, x, y, say)
    snapped, alphas = choose_alphas(network, scheme, calibration)
    network = network_of(snapped)
    edges = edges_of(network, scheme.alpha_frac_bits)
    _, weights, chosen = choose_weights(network, edges, scheme, calibration)
    samples = 0 if calibration is None else len(calibration.x)
    return Decided(network, edges, align(network, weights, edges), alphas, tuple(chosen), samples)


def _as_built(network: Network, aligned: Aligned, decision: WeightDecision, graph: Graph) -> WeightDecision:
    """The decision with the error of the weights as they are, and their shift in the sum."""
    (synapse,) = {s.name: s for s in network.synapses if s.name == decision.layer}.values()
    error = relative_error(synapse.rows, aligned.weights[decision.layer].real)
    return dataclasses.replace(decision, relative_error=error, shift=_shift(graph, network, decision.layer))


def _shift(graph: Graph, network: Network, name: str) -> int:
    owner = network.owner[name]
    population = projected_named(graph, owner.name)
    return next(int(projection.shift) for projection in population.projections if projection.name == name)


def reference_of(network: Network, aligned: Aligned, bias: RealArray) -> Graph:
    """The real network of the integers' weights; the read-out's whole bias stands in its first synapses."""
    graph = network.graph
    for synapse in dict.fromkeys(network.synapses):
        graph = with_weights(graph, synapse, aligned.weights[synapse.name])
    return with_readout_bias(graph, network, bias)


def with_readout_bias(graph: Graph, network: Network, bias: RealArray) -> Graph:
    """The graph with this bias of the scores."""
    return graph.with_layers(
        dataclasses.replace(node, bias=found[node.name]) if node.name in found else node  # type: ignore[call-arg]
        for found in [_readout_biases(network, bias)]
        for node in graph.layers
    )


def _readout_biases(network: Network, bias: RealArray) -> Mapping[str, RealArray]:
    names = [branch.synapses.name for branch in network.readout.weighted]
    return {name: bias if index == 0 else 0 * bias for index, name in enumerate(names)}


def _table_decisions(network: Network) -> Iterator[TableDecision]:
    for population in network.spiking:
        table = None if population.neuron is None else population.neuron.semantics.table
        if table is not None:
            yield TableDecision(population.name, table.function, table.error)


def _state_decisions(graph: Graph, network: Network) -> Iterator[StateDecision]:
    for population in network.spiking:
        membrane = projected_named(graph, population.name).membrane
        if membrane is not None and population.neuron is not None:
            yield StateDecision(
                layer=population.name,
                state_frac_bits=membrane.state_frac_bits,
                leak_multiplier=membrane.leak.multiplier,
                leak_shift=membrane.leak.shift,
                trained_beta=population.neuron.semantics.beta,
            )
