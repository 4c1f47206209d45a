"""The adaptive spiking neuron in real numbers: its parameters, one time step of it, and how it answers a
constant input.

Source: Zambrano, Nusselder, Scholte, Bohte, arXiv 1710.04838; docs/spec/kinds/adaptive.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Array

TAU_CURRENT, TAU_FILTER, TAU_ESTIMATE, TAU_THRESHOLD = 50.0, 2.5, 50.0, 15.0  # time steps of 1 ms


@dataclass(frozen=True)
class Precision:
    """How finely neurons code: m_f, by which a spike raises the threshold, and theta0, where that rests.

    height: h, what a spike is worth; that of `spike_height`, so that f(1) = 1.
    """

    gain: float
    rest: float
    height: float


@dataclass(frozen=True, eq=False)
class Adaptation:
    """What a population of adaptive spiking neurons has besides its spikes.

        I = dB * I + X                          of neurons that read spikes
        S_dyn = (1 - dP) * I + dP * S_dyn
        S = bias + S_dyn                        direct: bias + X, of neurons that read an analogue input
        S_hat = dE * S_hat
        spike = (S - S_hat > theta / 2)
        S_hat = S_hat + theta                   where it spikes
        theta_dyn = theta_dyn + m_f * theta     where it spikes
        theta_dyn = dG * theta_dyn
        theta = theta0 + theta_dyn              for the next time step; at the start of an inference theta0

    d = exp(-1 / tau). precisions: of which an inference has one; the first one is the usual one. bias:
    (N,), of a map one for each channel.
    """

    bias: Array
    direct: bool
    precisions: tuple[Precision, ...]
    tau_current: float = TAU_CURRENT
    tau_filter: float = TAU_FILTER
    tau_estimate: float = TAU_ESTIMATE
    tau_threshold: float = TAU_THRESHOLD

    @property
    def decays(self) -> tuple[float, float, float, float]:
        """dB, dP, dE, dG."""
        taus = (self.tau_current, self.tau_filter, self.tau_estimate, self.tau_threshold)
        current, filtered, estimate, threshold = (math.exp(-1 / tau) for tau in taus)
        return current, filtered, estimate, threshold


@dataclass(frozen=True, eq=False)
class AdaptiveState:
    """Of real-valued neurons, (B, ..) each: I, S_dyn, S_hat, theta_dyn."""

    current: RealArray
    filtered: RealArray
    estimate: RealArray
    threshold: RealArray


def start_adaptive(shape: tuple[int, ...]) -> AdaptiveState:
    """The state before the first time step; shape: (B, ..)."""
    return AdaptiveState(np.zeros(shape), np.zeros(shape), np.zeros(shape), np.zeros(shape))


def step_adaptive(
    adaptation: Adaptation, state: AdaptiveState, drive: RealArray, precision: int = 0
) -> tuple[AdaptiveState, RealArray]:
    """The state after one time step with input X (B, N, ..), and the spikes (B, N, ..), 0 or 1."""
    d_current, d_filter, d_estimate, d_threshold = adaptation.decays
    setting = adaptation.precisions[precision]
    bias = as_real(adaptation.bias).reshape(-1, *[1] * (drive.ndim - 2))
    current, filtered = state.current, state.filtered
    if adaptation.direct:
        signal = bias + drive
    else:
        current = d_current * current + drive
        filtered = (1 - d_filter) * current + d_filter * filtered
        signal = bias + filtered
    estimate = d_estimate * state.estimate
    theta = setting.rest + state.threshold
    spikes = (signal - estimate > theta / 2).astype(np.float64)
    estimate = estimate + spikes * theta
    threshold = d_threshold * (state.threshold + setting.gain * theta * spikes)
    return AdaptiveState(current, filtered, estimate, threshold), spikes


@dataclass(frozen=True)
class Transfer:
    """f(S) = max(0, h * (1 / (exp((c1 S + c2) / (c3 S + c4)) - 1) - c0 + 1/2)), for S of at least 0.

    What a neuron that is driven with a constant S is worth to its readers, in the mean over time.
    """

    c0: float
    c1: float
    c2: float
    c3: float
    c4: float

    @staticmethod
    def of(gain: float, rest: float, tau_estimate: float, tau_threshold: float) -> Transfer:
        """Of neurons with these m_f, theta0 and time constants."""
        c1 = 2 * gain * tau_threshold**2
        c2 = 2 * rest * tau_estimate * tau_threshold
        c3 = tau_threshold * (gain * tau_threshold + 2 * (gain + 1) * tau_estimate)
        c4 = rest * tau_estimate * (tau_estimate + tau_threshold)
        half = rest / 2
        return Transfer(1 / math.expm1((c1 * half + c2) / (c3 * half + c4)), c1, c2, c3, c4)

    def unit(self, signal: float) -> float:
        """f(S) for a spike of height 1."""
        value = 1 / math.expm1((self.c1 * signal + self.c2) / (self.c3 * signal + self.c4))
        return max(0.0, value - self.c0 + 0.5)


def spike_height(
    gain: float, rest: float, tau_estimate: float = TAU_ESTIMATE, tau_threshold: float = TAU_THRESHOLD
) -> float:
    """h = 1 / f(1): what a spike is worth, so that a signal of 1 comes out as 1. inf where f(1) is 0."""
    worth = Transfer.of(gain, rest, tau_estimate, tau_threshold).unit(1.0)
    return 1 / worth if worth else math.inf
