"""The choices left to calibration data: each layer's alpha and weight scales, one layer after the other."""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.graph import Graph
from asn2fpga.graph.layers import Linear, Neuron
from asn2fpga.quantise.alpha import effective_alpha, needs_snapping, snap_alpha, with_alpha
from asn2fpga.quantise.calibration import Calibration, best_trial, linear_inputs
from asn2fpga.quantise.chain import Chain
from asn2fpga.quantise.decisions import AlphaDecision, Trial, WeightDecision
from asn2fpga.quantise.readout import quantise_readout
from asn2fpga.quantise.scheme import ScaleMethod, Scheme, SnapMethod
from asn2fpga.quantise.source import producer_of_readout
from asn2fpga.quantise.weights import QuantisedWeights, ScaleRule, quantise_weights

SNAPS: tuple[SnapMethod, ...] = ("nearest", "floor", "ceil", "exact")
SCALE_METHODS: tuple[ScaleMethod, ...] = ("maxabs", "mse", "calibrated", "clipped")
SMALLEST_SCALE = 2.0**-28  # of the firing threshold: weights below half of it cannot matter
ZERO_READOUT_SCALE = 2.0**-20  # of the largest bias, where all read-out weights are zero


def choose_alphas(
    graph: Graph, chain: Chain, scheme: Scheme, calibration: Calibration | None
) -> tuple[Graph, tuple[AlphaDecision, ...]]:
    """The graph with every alpha snapped, first layer first, weights still in float."""
    decisions = []
    for _, neuron in chain.populations:
        graph, decision = _choose_alpha(graph, neuron, scheme, calibration)
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
    graph: Graph, chain: Chain, scheme: Scheme, calibration: Calibration | None
) -> tuple[Graph, dict[str, QuantisedWeights], tuple[WeightDecision, ...]]:
    """The graph with dequantised weights, the integers by Linear name, and how they were chosen.

    Layers behind the one being decided are still in float, those before it are decided.
    """
    chosen: dict[str, QuantisedWeights] = {}
    decisions = []
    for linear in chain.linears:
        candidates = _candidates(graph, chain, linear, scheme, calibration)
        graphs = {method: _with_weights(graph, linear, weights) for method, weights in candidates.items()}
        trials = _try_all(graphs, calibration) if len(graphs) > 1 else ()
        method = best_trial(trials).choice if trials else next(iter(graphs))
        graph, chosen[linear.name] = graphs[method], candidates[method]
        error = _relative_error(as_real(linear.weight), candidates[method].real)
        decisions.append(WeightDecision(linear.name, scheme.bits_of(linear.name), method, error, trials))
    return graph, chosen, tuple(decisions)


def _candidates(
    graph: Graph, chain: Chain, linear: Linear, scheme: Scheme, calibration: Calibration | None
) -> dict[str, QuantisedWeights]:
    """Integers by scale method: of the asked one, or of all of them if there is data to choose with."""
    asked = scheme.scale_method
    methods = (asked,) if asked != "auto" else SCALE_METHODS if calibration is not None else ("mse",)
    samples = None
    if calibration is not None and "calibrated" in methods:
        samples = linear_inputs(graph, linear, calibration.x)
    found: dict[str, QuantisedWeights] = {
        method: quantise_layer(chain, linear, method, scheme, samples) for method in methods
    }
    if len(found) > 1 and np.array_equal(found["clipped"].scale, found["maxabs"].scale):
        del found["clipped"]  # there are no outliers
    return found


def quantise_layer(
    chain: Chain, linear: Linear, method: ScaleMethod, scheme: Scheme, samples: RealArray | None = None
) -> QuantisedWeights:
    """Integers for one Linear layer of a chain of snapped alphas; `samples` as in quantise_weights."""
    bits = scheme.bits_of(linear.name)
    if linear.name == chain.readout.name:
        rule = ScaleRule(method, bits, smallest=_smallest_readout_scale(linear))
        return quantise_readout(linear, rule, samples, producer_of_readout(chain, scheme.alpha_frac_bits))
    thresholds = {layer.name: neuron.semantics.threshold for layer, neuron in chain.populations}
    rule = ScaleRule(method, bits, smallest=thresholds[linear.name] * SMALLEST_SCALE)
    return quantise_weights(as_real(linear.weight), rule, samples)


def _smallest_readout_scale(linear: Linear) -> float:
    """Any scale may be a read-out's; one without weights takes that of its biases."""
    if np.any(linear.weight):
        return float(np.finfo(np.float64).tiny)
    return float(np.abs(as_real(linear.bias)).max(initial=0.0)) * ZERO_READOUT_SCALE or 1.0


def _with_weights(graph: Graph, linear: Linear, weights: QuantisedWeights) -> Graph:
    return graph.replace(linear.name, dataclasses.replace(linear, weight=weights.real))


def _try_all(graphs: dict[str, Graph], calibration: Calibration | None) -> tuple[Trial, ...]:
    if calibration is None:
        return ()
    return tuple(calibration.try_out(choice, graph) for choice, graph in graphs.items())


def _relative_error(weight: RealArray, quantised: RealArray) -> float:
    power = float(np.square(weight).sum())
    return (float(np.square(weight - quantised).sum()) / power) ** 0.5 if power > 0 else 0.0
