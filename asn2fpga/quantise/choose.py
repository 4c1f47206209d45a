"""The choices left to calibration data: each layer's alpha and weight scales, one layer after the other."""

from __future__ import annotations

import dataclasses

import numpy as np

from asn2fpga.ir.arrays import RealArray, as_real
from asn2fpga.ir.graph import Graph
from asn2fpga.ir.layers import Linear, Neuron
from asn2fpga.quantise.alpha import effective_alpha, needs_snapping, snap_alpha, with_alpha
from asn2fpga.quantise.calibration import Calibration, best_trial, linear_inputs
from asn2fpga.quantise.chain import Chain
from asn2fpga.quantise.decisions import AlphaDecision, Trial, WeightDecision
from asn2fpga.quantise.scheme import ScaleMethod, Scheme, SnapMethod
from asn2fpga.quantise.weights import QuantisedWeights, ScaleRule, quantise_weights

SNAPS: tuple[SnapMethod, ...] = ("nearest", "floor", "ceil", "exact")
SCALE_METHODS: tuple[ScaleMethod, ...] = ("maxabs", "mse", "calibrated")
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
    thresholds = [neuron.semantics.threshold for _, neuron in chain.populations]
    for linear, threshold in zip(chain.linears, (*thresholds, None), strict=True):
        candidates = _candidates(graph, linear, threshold, scheme, calibration)
        graphs = {method: _with_weights(graph, linear, weights) for method, weights in candidates.items()}
        trials = _try_all(graphs, calibration) if len(graphs) > 1 else ()
        method = best_trial(trials).choice if trials else next(iter(graphs))
        graph, chosen[linear.name] = graphs[method], candidates[method]
        error = _relative_error(as_real(linear.weight), candidates[method].real)
        decisions.append(WeightDecision(linear.name, scheme.bits_of(linear.name), method, error, trials))
    return graph, chosen, tuple(decisions)


def _candidates(
    graph: Graph, linear: Linear, threshold: float | None, scheme: Scheme, calibration: Calibration | None
) -> dict[str, QuantisedWeights]:
    """The scale methods to try: the asked one, or all of them if there is data to choose with."""
    asked = scheme.scale_method
    methods = (asked,) if asked != "auto" else SCALE_METHODS if calibration is not None else ("mse",)
    samples = None
    if calibration is not None and "calibrated" in methods:
        samples = linear_inputs(graph, linear, calibration.x)
    bits, smallest = scheme.bits_of(linear.name), _smallest_scale(linear, threshold)
    rules = (
        ScaleRule(method, bits, per_channel=threshold is not None, smallest=smallest) for method in methods
    )
    return {rule.method: quantise_weights(as_real(linear.weight), rule, samples) for rule in rules}


def _smallest_scale(linear: Linear, threshold: float | None) -> float:
    if threshold is not None:
        return threshold * SMALLEST_SCALE
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
