"""How far rounding can move a membrane: where a spike differs first, it was that near a threshold."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from asn2fpga.conformance.probe import Probed
from asn2fpga.graph.arrays import RealArray
from asn2fpga.kinds.neurons.convert import FINE_LEAK_SHIFT_MAX
from asn2fpga.kinds.neurons.semantics import NeuronSemantics

FLOAT = 1e-12
"""How far the rounding of float64 can move a membrane, each step."""


def excess(probed: Probed, golden: RealArray, frac_bits: int | None) -> float:
    """How far the membrane of any first difference was from the next threshold beyond the bound; at most 0 if
    all are within it. Only the first difference of each neuron counts, what follows starts elsewhere; of
    neurons that read each other, only those of the first step in which any differs.

    golden: spikes (B, T, N) of integers with `frac_bits`, or of our equations in float64 (None).
    """
    semantics = probed.semantics
    potential = probed.potentials()
    grid = FLOAT if frac_bits is None else probed.unit * 2.0**-frac_bits
    largest = 0.0 if frac_bits is None else float(np.abs(potential).max())
    bound = _bound(semantics, largest, grid, golden.shape[1])
    differs = golden != probed.framework
    first = differs & _as_before(differs, probed.is_coupled)
    distance = _distance(semantics, potential)
    if semantics.doubles_threshold:
        distance = np.minimum(distance, _distance_after_reset(semantics, potential, probed.real))
    beyond = (distance - bound[None, :, None])[first]
    return float(beyond.max(initial=-1.0))


def _as_before(differs: NDArray[np.bool_], is_coupled: bool) -> NDArray[np.bool_]:
    """(B, T, N) where nothing that a neuron has read, itself included, has differed in an earlier step."""
    read = differs.any(axis=2, keepdims=True) if is_coupled else differs
    found: NDArray[np.bool_] = np.cumsum(read, axis=1) - read == 0
    return found


def _distance(semantics: NeuronSemantics, potential: RealArray) -> RealArray:
    """From a potential (B, T, N) to the threshold of a level that is nearest."""
    rounds = semantics.fires == "round"
    ratio = potential / semantics.all_thresholds - (0.5 if rounds else 0.0)
    lowest, highest = (0, semantics.levels - 1) if rounds else (1, semantics.levels)
    level = np.clip(np.rint(ratio), lowest, highest)
    found: RealArray = np.abs(ratio - level) * semantics.all_thresholds
    return found


def _distance_after_reset(semantics: NeuronSemantics, potential: RealArray, spikes: RealArray) -> RealArray:
    """From V of the step before to the threshold, which decides whether it is doubled; (B, T, N)."""
    found = np.full(potential.shape, np.inf)
    above = np.zeros(potential[:, 0].shape)
    for step in range(potential.shape[1] - 1):
        kept = potential[:, step] - (spikes[:, step] - above) * semantics.all_thresholds
        found[:, step + 1] = np.abs(kept - semantics.all_thresholds)
        above = (kept > semantics.all_thresholds).astype(np.float64)
    return found


def _bound(semantics: NeuronSemantics, largest: float, grid: float, steps: int) -> RealArray:
    """(T,) the most that rounding has moved a potential by each step: leak, reset, bias and threshold to the
    grid, and the leak's own multiplier; the synaptic current likewise.
    """
    beta = float(semantics.all_betas.max())
    of_leak = 2.0**-FINE_LEAK_SHIFT_MAX * largest
    membrane, current, found = 0.0, 0.0, np.empty(steps)
    for step in range(steps):
        if semantics.synaptic_beta is not None:
            current = semantics.synaptic_beta * current + grid + of_leak
        potential = membrane + current + (grid if semantics.doubles_threshold else grid / 2)
        found[step] = potential + grid
        membrane = beta * (potential + semantics.levels * grid / 2) + grid / 2 + of_leak
    return found
