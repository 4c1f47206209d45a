"""The adaptive spiking neuron of AdSNN: a transfer function to train with, spikes over time for inference."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.graph.limits import MAX_PRECISIONS, MAX_TAU, MIN_TAU
from asn2fpga.kinds.neurons.adaptation import (
    TAU_CURRENT,
    TAU_ESTIMATE,
    TAU_FILTER,
    TAU_THRESHOLD,
    Precision,
    Transfer,
    spike_height,
)
from asn2fpga.nn.check import check_integer, check_number
from asn2fpga.nn.neuron import SpikingNeuron, State

GAINS = (0.001, 1.0)  # of m_f
RESTS = (1e-6, 1e6)  # of theta0

Several = float | Sequence[float]
"""A number, or one for each precision."""


class AdaptiveNeuron(SpikingNeuron):
    """AdSNN's adaptive spiking neuron (arXiv 1710.04838), one time step a millisecond.

        I = dB * I + X                          (not with direct=True)
        S_dyn = (1 - dP) * I + dP * S_dyn       (not with direct=True)
        S = bias + S_dyn                        direct=True: bias + X
        S_hat = dE * S_hat
        spike = (S - S_hat > theta / 2)
        S_hat = S_hat + theta                   where it spikes
        theta_dyn = theta_dyn + m_f * theta     where it spikes
        theta_dyn = dG * theta_dyn
        theta = theta0 + theta_dyn              for the next time step
        output = spike * h                      h = 1 / f(1)

    time_steps = 1 is the transfer function f(bias + x) instead, for training: docs/spec/neurons.md. The same
    network with time_steps = T takes over its parameters (load_state_dict) and spikes.
    channels: N; `bias` (N,) is learned. spatial_axes: of x, after its channels: 0, so that these are the last
    axis; 1 after Conv1d, 2 after Conv2d, whose pixels share the bias of their channel. direct: x is an
    analogue signal, not a sum of spikes: the first layer. m_f, theta0: a number, or one for each of several
    precisions, of which `precision` (0 at first) is used; theta0=None: the same as m_f. Shapes and errors:
    see `SpikingNeuron`.
    """

    bias: Tensor

    def __init__(
        self,
        channels: int,
        *,
        m_f: Several = 0.1,
        theta0: Several | None = None,
        direct: bool = False,
        spatial_axes: int = 0,
        time_steps: int = 1,
        tau_current: float = TAU_CURRENT,
        tau_filter: float = TAU_FILTER,
        tau_estimate: float = TAU_ESTIMATE,
        tau_threshold: float = TAU_THRESHOLD,
    ) -> None:
        super().__init__(time_steps)
        where = self._label
        self.channels = check_integer(where, "channels (N)", channels, 1, 1 << 20)
        self.spatial_axes = check_integer(where, "spatial_axes", spatial_axes, 0, 2)
        self.tau_current = check_number(where, "tau_current", tau_current, MIN_TAU, MAX_TAU)
        self.tau_filter = check_number(where, "tau_filter", tau_filter, MIN_TAU, MAX_TAU)
        self.tau_estimate = check_number(where, "tau_estimate", tau_estimate, MIN_TAU, MAX_TAU)
        self.tau_threshold = check_number(where, "tau_threshold", tau_threshold, MIN_TAU, MAX_TAU)
        gains = _numbers(where, "m_f", m_f, GAINS)
        rests = gains if theta0 is None else _numbers(where, "theta0", theta0, RESTS)
        if len(gains) != len(rests):
            raise InputError(
                f"{where}: m_f and theta0 must be of equally many precisions, not {len(gains)} and "
                f"{len(rests)}."
            )
        taus = (self.tau_estimate, self.tau_threshold)
        self.precisions = tuple(
            _precision(where, gain, rest, taus) for gain, rest in zip(gains, rests, strict=True)
        )
        self.precision = 0
        self.direct = bool(direct)
        self.bias = nn.Parameter(torch.zeros(channels))

    @property
    def height(self) -> float:
        """h, what a spike is worth."""
        return self.precisions[self.precision].height

    def transfer(self, signal: Tensor) -> Tensor:
        """f(S), the mean of what a constant S is worth to readers; 0 for S below 0."""
        setting = self.precisions[self.precision]
        law = Transfer.of(setting.gain, setting.rest, self.tau_estimate, self.tau_threshold)
        positive = signal.clamp(min=0)
        ratio = (law.c1 * positive + law.c2) / (law.c3 * positive + law.c4)
        return (setting.height * (1 / torch.expm1(ratio) - law.c0 + 0.5)).clamp(min=0)

    def forward(self, x: Tensor) -> Tensor:
        if self.time_steps > 1:
            return super().forward(x)
        self._check_channels(x)
        return self.transfer(self.with_bias(x))

    def with_bias(self, x: Tensor) -> Tensor:
        """bias + x, of x (.., N) or (.., N, pixels)."""
        return self.bias.reshape(-1, *[1] * self.spatial_axes) + x

    def _check_channels(self, x: Tensor) -> None:
        channels = x.shape[-1 - self.spatial_axes] if x.dim() > self.spatial_axes else 1
        if channels == self.channels:
            return
        last = "its last axis" if self.spatial_axes == 0 else f"axis {-1 - self.spatial_axes}"
        raise InputError(
            f"{self._label}: bias must have one number for each of the {channels} channels of the input "
            f"({last}), not {self.channels} numbers; after Conv1d use spatial_axes=1, after Conv2d 2."
        )

    def start(self, x: Tensor) -> State:
        self._check_channels(x)
        zero = torch.zeros_like(x)
        return zero, zero, zero, zero

    def step(self, state: State, x: Tensor) -> tuple[State, Tensor]:
        current, filtered, estimate, threshold = state
        setting, d_filter = self.precisions[self.precision], math.exp(-1 / self.tau_filter)
        if self.direct:
            signal = self.with_bias(x)
        else:
            current = math.exp(-1 / self.tau_current) * current + x
            filtered = (1 - d_filter) * current + d_filter * filtered
            signal = self.with_bias(filtered)
        estimate = math.exp(-1 / self.tau_estimate) * estimate
        theta = setting.rest + threshold
        spikes = (signal - estimate > theta / 2).to(x.dtype)
        estimate = estimate + spikes * theta
        threshold = math.exp(-1 / self.tau_threshold) * (threshold + setting.gain * theta * spikes)
        return (current, filtered, estimate, threshold), spikes * setting.height

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        gains = ", ".join(f"{precision.gain:g}" for precision in self.precisions)
        direct = ", direct=True" if self.direct else ""
        axes = f", spatial_axes={self.spatial_axes}" if self.spatial_axes else ""
        return f"{self.channels}, m_f={gains}, time_steps={self.time_steps}{direct}{axes}"


def set_precision(network: nn.Module, precision: int) -> None:
    """Let all adaptive neurons of a network use this one of their precisions.

    InputError if the network has none, or one of them has not so many precisions.
    """
    neurons = [module for module in network.modules() if isinstance(module, AdaptiveNeuron)]
    if not neurons:
        raise InputError("set_precision: the network must have an AdaptiveNeuron, not none.")
    most = min(len(neuron.precisions) for neuron in neurons)
    check_integer("set_precision", "precision", precision, 0, most - 1)
    for neuron in neurons:
        neuron.precision = precision


def _precision(where: str, gain: float, rest: float, taus: tuple[float, float]) -> Precision:
    height = spike_height(gain, rest, *taus)
    if height == math.inf:
        raise InputError(
            f"{where}: theta0 must let a signal of 1 be worth something, f(1) above 0, not {rest:g} with m_f "
            f"{gain:g}; use a theta0 of at most 2."
        )
    return Precision(gain, rest, height)


def _numbers(where: str, name: str, value: Several, limits: tuple[float, float]) -> tuple[float, ...]:
    values = value if isinstance(value, list | tuple) else (value,)
    if not 1 <= len(values) <= MAX_PRECISIONS:
        raise InputError(
            f"{where}: {name} must be a number or 1..{MAX_PRECISIONS} numbers, one for each precision, not "
            f"{len(values)}."
        )
    return tuple(check_number(where, name, number, *limits) for number in values)
