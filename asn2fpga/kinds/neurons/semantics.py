"""What a trained neuron computes, in real numbers: the equations, and one time step of them.

Sources: docs/spec/kinds/graded.md.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.adaptation import (
    Adaptation,
    AdaptiveState,
    start_adaptive,
    step_adaptive,
)
from asn2fpga.kinds.neurons.gated import SUMS, Gated, GatedState, step_gated
from asn2fpga.kinds.neurons.table import Table

Model = Literal["asn", "nasn", "ilif", "lif", "adaptive", "lookup", "gated"]
Fires = Literal["round", ">=", ">"]
Reset = Literal["soft", "hard", "none"]


@dataclass(frozen=True)
class NeuronSemantics:
    """One population of real-valued spiking neurons, as trained.

        I[t] = synaptic_beta * I[t-1] + X[t]                       (with a synaptic current, else I = X)
        U[t] = H[t-1] + I[t] * input_gain                          H[0] = v_reset where reset is hard, else 0
        S[t] = level(U[t])
        V[t] = U - S * threshold * reset_gain (soft) | v_reset where S is not 0 (hard) | U (none)
        H[t] = v + beta * (max(V, floor) - v)                      v = v_reset where reset is hard, else 0
        output = S[t] * output_scale

    level, `fires` = "round": clip(round(U / threshold), alpha, alpha + levels): ASN, NASN, arXiv 2604.12365,
    eq. (7) and (12); I-LIF, arXiv 2407.20708. ">=": floor(U / threshold), at most `levels`, at least 0, or if
    `signed` odd about 0; ">": as ">=", where U = k * threshold does not reach level k. leak_order
    "before_reset": V is the reset of v + beta * (U - v), and H = max(V, floor). input_gain is 1 - beta with
    decay_input, or exactly 1 / tau where there is a tau, else 1.

    refractory: K; in the K time steps after one with S not 0, S = 0 and H stays as it is.
    sends_change: of sigma-delta neurons; output = (S[t] - S[t-1]) * output_scale, and S was 0 at first.
    doubles_threshold: of binary neurons with a soft reset; in the time step after one in which V, already
    reset, is still above the threshold, the threshold is twice as high: snnTorch with reset_delay=False.
    `alpha` is one scalar per layer, `levels` is D, `output_scale` is 1/N for NASN, the amplitude of others.
    With `integer_alpha` the forward pass of training already used the nearest integer of alpha. betas,
    thresholds: where `beta` and `threshold` are not the same for all, one for each neuron (N,), of a map for
    each channel (channels, 1, ..) or each neuron (channels, *pixels).
    adaptation: of adaptive neurons, whose time step is its own; other fields than these have no meaning then:
    threshold, theta0; output_scale, h; levels, 1. table: of what looks its output up; gated: of gated
    recurrent units; other fields have no meaning.
    """

    model: Model
    levels: int
    alpha: float
    beta: float
    threshold: float = 1.0
    output_scale: float = 1.0
    integer_alpha: bool = True
    round_mode: Literal["half_even", "half_up"] = "half_even"
    leak_order: Literal["after_reset", "before_reset"] = "after_reset"
    reset: Reset = "soft"
    reset_gain: float = 1.0
    fires: Fires = "round"
    v_reset: float = 0.0
    decay_input: bool = False
    tau: float | None = None
    signed: bool = False
    refractory: int = 0
    sends_change: bool = False
    doubles_threshold: bool = False
    floor: float | None = None
    synaptic_beta: float | None = None
    betas: Array | None = None
    thresholds: Array | None = None
    adaptation: Adaptation | None = None
    table: Table | None = None
    gated: Gated | None = None

    @property
    def text(self) -> str:
        """What a summary says of it."""
        if self.adaptation is not None:
            gains = " or ".join(f"{precision.gain:g}" for precision in self.adaptation.precisions)
            return f"adaptive, m_f {gains}"
        if self.table is not None:
            return f"{self.table.function}, a table of {1 << self.table.address_bits} entries"
        if self.gated is not None:
            return f"{len(self.gated.thresholds)} event-based gated recurrent units"
        if self.fires == "round":
            return f"{self.model.upper()}, {self.levels} levels above {self.alpha:g}, leak {self.beta:g}"
        levels = "binary" if self.levels == 1 else f"up to {self.levels} spikes per step"
        leak = f"leak {self.beta:g}" if self.betas is None else f"leak per {self._owner_of(self.betas)}"
        return (
            f"{self.model.upper()}, {'signed, ' if self.signed else ''}{levels}, {self.reset} reset, {leak}"
            + (
                f", {self.refractory} time step{'s' * (self.refractory > 1)} refractory"
                if self.refractory
                else ""
            )
            + (", sends changes" if self.sends_change else "")
            + (", the threshold doubled while above it" if self.doubles_threshold else "")
        )

    @property
    def threshold_text(self) -> str:
        """The threshold as a summary shows it."""
        each = self.thresholds
        return f"{self.threshold:g}" if each is None else f"one per {self._owner_of(each)}"

    def _owner_of(self, array: Array) -> str:
        return "neuron" if array.ndim == 1 or math.prod(array.shape[1:]) > 1 else "channel"

    @property
    def all_betas(self) -> RealArray:
        """Beta, or those of all neurons."""
        return as_real(np.array(self.beta) if self.betas is None else self.betas)

    @property
    def all_thresholds(self) -> RealArray:
        """The threshold, or those of all neurons."""
        return as_real(np.array(self.threshold) if self.thresholds is None else self.thresholds)

    @property
    def rest(self) -> float:
        """Where the membrane starts, and what it leaks to."""
        return self.v_reset if self.reset == "hard" else 0.0

    @property
    def input_gain(self) -> RealArray:
        """What the input is multiplied by, as float64 can hold it."""
        if not self.decay_input:
            return np.ones(())
        return 1.0 - self.all_betas if self.tau is None else np.array(1.0 / self.tau)

    def keeps_a_membrane(self, time_steps: int) -> bool:
        """Whether a network of so many time steps remembers anything from one to the next."""
        return time_steps > 1 and not self.forgets

    @property
    def forgets(self) -> bool:
        """Whether every time step starts as the first one did.

        A soft reset after the leak is still there at the next step, even with beta 0.
        """
        if self.adaptation is not None or self.refractory or self.gated is not None or self.doubles_threshold:
            return False
        if self.synaptic_beta is not None or self.all_betas.any():
            return False
        is_raised = self.floor is not None and self.floor > self.rest
        return self.leak_order == "after_reset" or not (self.reset == "soft" or is_raised)


@dataclass(frozen=True, eq=False)
class State:
    """Of real-valued neurons, (B, ..): membranes H, synaptic currents I; where neurons are refractory the
    time steps for which each still waits, where they send changes the last S, and where they double their
    threshold 1 for what was above it, else 0.
    """

    membrane: RealArray
    current: RealArray
    waiting: RealArray | None = None
    last: RealArray | None = None
    above: RealArray | None = None


def effective_alpha(semantics: NeuronSemantics) -> float:
    """The alpha of the trained forward pass: with integer_alpha the nearest integer (ties to even)."""
    return float(round(semantics.alpha)) if semantics.integer_alpha else float(semantics.alpha)


def with_alpha(semantics: NeuronSemantics, alpha: float) -> NeuronSemantics:
    """The neuron with `alpha` used as it is."""
    return replace(semantics, alpha=alpha, integer_alpha=alpha.is_integer())


def start(semantics: NeuronSemantics, shape: tuple[int, ...]) -> State:
    """The state before the first time step; shape: (B, ..)."""
    waiting = np.zeros(shape) if semantics.refractory else None
    last = np.zeros(shape) if semantics.sends_change else None
    above = np.zeros(shape) if semantics.doubles_threshold else None
    return State(np.full(shape, semantics.rest), np.zeros(shape), waiting, last, above)


def step(semantics: NeuronSemantics, state: State, drive: RealArray) -> tuple[State, RealArray]:
    """The state after one time step with input X (B, ..), and the spikes S, or their change (before the
    output scale).
    """
    potential = potential_of(semantics, state, drive)
    spikes = level_of(semantics, potential)
    if state.above is not None:
        kept = _reset(semantics, potential, spikes - state.above)
        above = (kept > semantics.all_thresholds).astype(np.float64)
        return State(_leaked(semantics, kept), _current(semantics, state, drive), above=above), spikes
    membrane, current = _after(semantics, potential, spikes), _current(semantics, state, drive)
    if state.last is not None:
        return State(membrane, current, last=spikes), spikes - state.last
    if state.waiting is None:
        return State(membrane, current), spikes
    waits = state.waiting > 0
    spikes = np.where(waits, 0.0, spikes)
    waiting = np.where(waits, state.waiting - 1, np.where(spikes != 0, semantics.refractory, 0))
    return State(np.where(waits, state.membrane, membrane), current, waiting), spikes


def potential_of(semantics: NeuronSemantics, state: State, drive: RealArray) -> RealArray:
    """The potential U (B, ..) of a time step with input X (B, ..): what is compared with the threshold, so
    that it is less by one where that is doubled.
    """
    current = _current(semantics, state, drive)
    if state.above is not None:
        return state.membrane + current - state.above * semantics.all_thresholds
    if not semantics.decay_input:
        return state.membrane + current
    if semantics.tau is not None:
        return state.membrane + current / semantics.tau
    return state.membrane + current * semantics.input_gain


def _current(semantics: NeuronSemantics, state: State, drive: RealArray) -> RealArray:
    """The synaptic current I of a time step."""
    return drive if semantics.synaptic_beta is None else semantics.synaptic_beta * state.current + drive


def _after(semantics: NeuronSemantics, potential: RealArray, spikes: RealArray) -> RealArray:
    if semantics.leak_order == "before_reset":
        return _floored(semantics, _reset(semantics, _leaked(semantics, potential), spikes))
    return _leaked(semantics, _floored(semantics, _reset(semantics, potential, spikes)))


def _reset(semantics: NeuronSemantics, potential: RealArray, spikes: RealArray) -> RealArray:
    if semantics.reset == "none":
        return potential
    if semantics.reset == "hard":
        return np.where(spikes != 0, semantics.v_reset, potential)
    return potential - spikes * (semantics.all_thresholds * semantics.reset_gain)


def _leaked(semantics: NeuronSemantics, value: RealArray) -> RealArray:
    rest, betas = semantics.rest, semantics.all_betas
    return betas * value if rest == 0 else rest + betas * (value - rest)


def _floored(semantics: NeuronSemantics, value: RealArray) -> RealArray:
    return value if semantics.floor is None else np.maximum(value, semantics.floor)


def level_of(semantics: NeuronSemantics, potential: RealArray) -> RealArray:
    """The level S that the potential U (B, ..) fires with."""
    ratio = potential / semantics.all_thresholds
    if semantics.fires != "round":
        return _reached(semantics, ratio)
    rounded = np.rint(ratio) if semantics.round_mode == "half_even" else np.floor(ratio + 0.5)
    alpha = effective_alpha(semantics)
    return np.clip(rounded, alpha, alpha + semantics.levels)


def _reached(semantics: NeuronSemantics, ratio: RealArray) -> RealArray:
    """The largest k whose threshold is reached, of either sign if `signed`."""

    def up(value: RealArray) -> RealArray:
        whole = np.floor(value) if semantics.fires == ">=" else np.ceil(value) - 1
        return np.clip(whole, 0, semantics.levels)

    return up(ratio) - up(-ratio) if semantics.signed else up(ratio)


def fire_from(semantics: NeuronSemantics, state: object, drive: RealArray) -> tuple[object, RealArray]:
    """The state after the time steps of X (B, T, ..), and S (B, T, ..). state: None before the first one."""
    if semantics.table is not None:
        return None, semantics.table.evaluate(drive)
    if semantics.gated is not None:
        return _fire_gated(semantics.gated, state, drive)
    spikes = np.empty(drive.shape)
    shape = (drive.shape[0], *drive.shape[2:])
    if semantics.adaptation is not None:
        adapting = state if isinstance(state, AdaptiveState) else start_adaptive(shape)
        for index in range(drive.shape[1]):
            adapting, spikes[:, index] = step_adaptive(semantics.adaptation, adapting, drive[:, index])
        return adapting, spikes
    found = state if isinstance(state, State) else start(semantics, shape)
    for index in range(drive.shape[1]):
        found, spikes[:, index] = step(semantics, found, drive[:, index])
    return found, spikes


def _fire_gated(gated: Gated, state: object, drive: RealArray) -> tuple[object, RealArray]:
    spikes = np.empty(drive.shape)
    hidden = np.zeros((len(drive), drive.shape[2] // SUMS))
    found = state if isinstance(state, GatedState) else GatedState(hidden)
    for index in range(drive.shape[1]):
        found, spikes[:, index] = step_gated(gated, found, drive[:, index])
    return found, spikes


def fire(semantics: NeuronSemantics, drive: RealArray) -> RealArray:
    """Spikes S (B, T, ..) of neurons driven by X (B, T, ..)."""
    return fire_from(semantics, None, drive)[1]
