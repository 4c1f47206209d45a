"""The choices left to calibration data: each layer's alpha and weight scales, one layer after the other."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.edge import Edge
from asn2fpga.graph.graph import Graph
from asn2fpga.kinds.neurons.levels import SnapMethod, needs_snapping, snap_alpha
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import effective_alpha, with_alpha
from asn2fpga.kinds.trained import TrainedSynapse
from asn2fpga.quantise.calibration import Calibration, best_trial, synapse_inputs
from asn2fpga.quantise.compensate import moments_of
from asn2fpga.quantise.decisions import AlphaDecision, Trial, WeightDecision
from asn2fpga.quantise.grid import on_a_grid
from asn2fpga.quantise.network import Network
from asn2fpga.quantise.readout import quantise_readout
from asn2fpga.quantise.scheme import ScaleMethod, Scheme
from asn2fpga.quantise.units import align_stage, stages, stands_alone, synapses_of
from asn2fpga.quantise.weights import QuantisedWeights, ScaleRule, quantise_weights

SNAPS: tuple[SnapMethod, ...] = ("nearest", "floor", "ceil", "exact")
SCALE_METHODS: tuple[ScaleMethod, ...] = ("maxabs", "mse", "calibrated", "clipped", "compensated")
FITTED = ("auto", "calibrated", "compensated")  # what asks for inputs of the layer
SMALLEST_SCALE = 2.0**-28  # of the firing threshold: weights below half of it cannot matter
ROUNDED_SCALE = 2.0**-12  # of a scale: what its own rounding changes in the largest integer at most
ZERO_READOUT_SCALE = 2.0**-20  # of the largest bias, where all read-out weights are zero


def choose_alphas(
    network: Network, scheme: Scheme, calibration: Calibration | None
) -> tuple[Graph, tuple[AlphaDecision, ...]]:
    """The graph with every alpha snapped, first layer first, weights still in float."""
    graph, decisions = network.graph, []
    for population in network.spiking:
        assert population.neuron is not None
        graph, decision = _choose_alpha(graph, population.neuron, scheme, calibration)
        decisions.append(decision)
    return graph, tuple(decisions)


def _choose_alpha(
    graph: Graph, neuron: Neuron, scheme: Scheme, calibration: Calibration | None
) -> tuple[Graph, AlphaDecision]:
    trained = effective_alpha(neuron.semantics)
    if not needs_snapping(neuron.semantics):
        exact = _with_alpha(graph, neuron, trained)
        return exact, AlphaDecision(neuron.name, neuron.semantics.alpha, trained, "integer", ())
    snapped: dict[str, float] = {snap: snap_alpha(trained, snap, scheme.alpha_frac_bits) for snap in SNAPS}
    graphs = {snap: _with_alpha(graph, neuron, alpha) for snap, alpha in snapped.items()}
    trials = _try_all(graphs, calibration)
    if scheme.alpha_snap == "auto":
        integers = [trial for trial in trials if trial.choice != "exact"]
        best = best_trial(integers).choice if integers else "nearest"
    else:
        best = scheme.alpha_snap
    return graphs[best], AlphaDecision(neuron.name, trained, snapped[best], best, trials)


def _with_alpha(graph: Graph, neuron: Neuron, alpha: float) -> Graph:
    snapped = dataclasses.replace(neuron, semantics=with_alpha(neuron.semantics, alpha))
    return graph.replace(neuron.name, snapped)


def choose_weights(
    network: Network, edges: Mapping[str, Edge], scheme: Scheme, calibration: Calibration | None
) -> tuple[Graph, dict[str, QuantisedWeights], tuple[WeightDecision, ...]]:
    """The graph with dequantised weights, the integers by name of the synapses, and how they were chosen.

    Layers after the one being decided are still in float, those before it are decided.
    """
    graph, kept = network.graph, _kept_together(network, edges, scheme)
    chosen: dict[str, QuantisedWeights] = {}
    decisions = []
    for synapse in dict.fromkeys(network.synapses):
        samples = None
        if calibration is not None and scheme.scale_method in FITTED:
            samples = synapse_inputs(graph, synapse, calibration.x)
        exact = kept.get(synapse.name) or _as_trained(network, synapse, scheme)
        candidates = {} if exact is None else {str(exact.method): exact}
        if exact is None:
            candidates = _candidates(network, edges, synapse, scheme, calibration is not None, samples)
        graphs = {method: with_weights(graph, synapse, weights) for method, weights in candidates.items()}
        trials = _try_all(graphs, calibration) if len(graphs) > 1 else ()
        method = best_trial(trials).choice if trials else next(iter(graphs))
        graph, chosen[synapse.name] = graphs[method], candidates[method]
        error = relative_error(synapse.rows, candidates[method].real)
        bits = candidates[method].bits
        trained = _trained_bits(network, synapse, scheme)
        decisions.append(WeightDecision(synapse.name, bits, method, error, trials, trained_bits=trained))
    return graph, chosen, tuple(decisions)


def _candidates(
    network: Network,
    edges: Mapping[str, Edge],
    synapse: TrainedSynapse,
    scheme: Scheme,
    calibrated: bool,
    samples: RealArray | None,
) -> dict[str, QuantisedWeights]:
    """Integers by scale method: of the asked one, or of all of them if there is data to choose with."""
    asked = scheme.scale_method
    methods = (asked,) if asked != "auto" else SCALE_METHODS if calibrated else ("mse",)
    found: dict[str, QuantisedWeights] = {
        method: quantise_layer(network, edges, synapse, method, scheme, samples) for method in methods
    }
    if len(found) > 1 and np.array_equal(found["clipped"].scale, found["maxabs"].scale):
        del found["clipped"]  # there are no outliers
    if len(found) > 1 and found["compensated"].moments is None:
        del found["compensated"]  # there is nothing to do it with
    return found


def _kept_together(
    network: Network, edges: Mapping[str, Edge], scheme: Scheme
) -> dict[str, QuantisedWeights]:
    """Where several synapses must have scales that go together, integers that are the trained weights of all
    of them as they are, by name: those of networks that were trained with the weights of the build.
    """
    found: dict[str, QuantisedWeights] = {}
    for stage in stages(network):
        synapses = synapses_of(stage)
        alone = {
            name: quantise_layer(network, edges, synapse, "maxabs", scheme)
            for name, synapse in synapses.items()
            if len(synapses) > 1
        }
        aligned = align_stage(network, stage, synapses, alone, edges)
        if aligned and all(_is_exact(synapses[name], weights) for name, (weights, _) in aligned.items()):
            as_trained = {
                name: dataclasses.replace(weights, method="as trained") for name, weights in alone.items()
            }
            found |= as_trained
    return found


def _is_exact(synapse: TrainedSynapse, weights: QuantisedWeights) -> bool:
    """Whether integers are the trained weights, but for the rounding of scales."""
    error = np.abs(synapse.rows - weights.real).max(axis=1, initial=0.0)
    return bool((error <= ROUNDED_SCALE * weights.scale).all())


def _as_trained(network: Network, synapse: TrainedSynapse, scheme: Scheme) -> QuantisedWeights | None:
    """Of neurons to which nothing else adds, integers that are the trained weights as they are."""
    neuron = network.neuron_behind(network.owner[synapse.name])
    if neuron is None or not stands_alone(network, synapse):
        return None
    return on_a_grid(synapse.rows, _bits_of(synapse, scheme), _smallest_scale(neuron))


def _trained_bits(network: Network, synapse: TrainedSynapse, scheme: Scheme) -> int | None:
    """Bits of the integers that trained weights are, times a scale for each neuron, whatever adds to it."""
    neuron = network.neuron_behind(network.owner[synapse.name])
    smallest = _smallest_readout_scale(synapse) if neuron is None else _smallest_scale(neuron)
    found = on_a_grid(synapse.rows, _bits_of(synapse, scheme), smallest)
    return None if found is None or not synapse.rows.any() else found.bits


def _bits_of(synapse: TrainedSynapse, scheme: Scheme) -> int:
    return min(scheme.bits_of(synapse.name, is_constant=synapse.is_constant), synapse.most_bits)


def _smallest_scale(neuron: Neuron) -> float:
    return float(neuron.semantics.all_thresholds.max()) * SMALLEST_SCALE


def quantise_layer(
    network: Network,
    edges: Mapping[str, Edge],
    synapse: TrainedSynapse,
    method: ScaleMethod,
    scheme: Scheme,
    samples: RealArray | None = None,
) -> QuantisedWeights:
    """Integers for one layer of synapses of a network of snapped alphas; `samples` as in quantise_weights."""
    bits = _bits_of(synapse, scheme)
    moments = moments_of(samples) if method == "compensated" else None
    population = network.owner[synapse.name]
    neuron = network.neuron_behind(population)
    if neuron is None:
        rule = ScaleRule(method, bits, smallest=_smallest_readout_scale(synapse), moments=moments)
        alone = len(population.branches) == 1 and len(population.weighted[0].origins) == 1
        if not alone or not network.output.accumulates:
            return quantise_weights(synapse.rows, dataclasses.replace(rule, per_channel=False), samples)
        (origin,) = population.weighted[0].origins
        return quantise_readout(synapse, rule, samples, edges[origin.node])
    rule = ScaleRule(method, bits, smallest=_smallest_scale(neuron), moments=moments)
    return quantise_weights(synapse.rows, rule, samples)


def _smallest_readout_scale(synapse: TrainedSynapse) -> float:
    """Any scale may be a read-out's; one without weights takes that of its biases."""
    if np.any(synapse.weight):
        return float(np.finfo(np.float64).tiny)
    return float(np.abs(as_real(synapse.bias)).max(initial=0.0)) * ZERO_READOUT_SCALE or 1.0


def with_weights(graph: Graph, synapse: TrainedSynapse, weights: QuantisedWeights) -> Graph:
    """The graph with what the integers stand for in place of the trained weights."""
    return graph.replace(synapse.name, synapse.quantised(weights.real, weights.scale))


def _try_all(graphs: dict[str, Graph], calibration: Calibration | None) -> tuple[Trial, ...]:
    if calibration is None:
        return ()
    return tuple(calibration.try_out(choice, graph) for choice, graph in graphs.items())


def relative_error(weight: RealArray, quantised: RealArray) -> float:
    """Root of the squared error over the squared weights."""
    power = float(np.square(weight).sum())
    return (float(np.square(weight - quantised).sum()) / power) ** 0.5 if power > 0 else 0.0
