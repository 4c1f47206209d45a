"""The leaky integrate-and-fire neuron."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, Self, TypedDict, get_args

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.graph.limits import MAX_LEVELS, MAX_REFRACTORY
from asn2fpga.nn.check import (
    check_channels,
    check_choice,
    check_finite,
    check_fraction,
    check_integer,
    check_length,
    check_positive,
)
from asn2fpga.nn.fired_level import Fires, LevelRule, fired_level
from asn2fpga.nn.limited import limited
from asn2fpga.nn.neuron import SpikingNeuron, State
from asn2fpga.nn.surrogate import Surrogate

Reset = Literal["soft", "hard", "none"]
LeakOrder = Literal["after_reset", "before_reset"]
Numbers = float | Tensor
"""A number, or one per channel (N,), of a map (C, 1, 1), or one per neuron of a map (C, H, W)."""

THRESHOLD_RANGE = (1e-9, 1e9)  # that a learned threshold is kept in


class NeuronOptions(TypedDict, total=False):
    """The keywords of `LIF` that all of its family take."""

    threshold: Numbers
    reset: Reset
    v_reset: float
    fires: Fires
    decay_input: bool
    leak: LeakOrder
    time_steps: int
    levels: int
    v_min: float | None
    amplitude: float
    signed: bool
    refractory: int
    learn_threshold: bool
    surrogate: Surrogate


class LeakOptions(NeuronOptions, total=False):
    """The keywords of `LIF`."""

    learn_beta: bool


class LIF(SpikingNeuron):
    """Leaky integrate-and-fire neuron; beta and threshold are numbers, or tensors (N,) for N channels, of a
    map (C, 1, 1) for its channels or (C, H, W) for its neurons.

        U[t] = H[t-1] + X[t]                    X * (1 - beta) if decay_input; H[0] = v, see below
        S[t] = floor(U[t] / threshold)          at least 0, at most `levels`
        V[t] = U[t] - S[t] * threshold          reset="hard": v_reset where S is not 0; "none": U
        H[t] = v + beta * (max(V[t], v_min) - v)
        output[t] = S[t] * amplitude

    v = v_reset with a hard reset, else 0 (v_reset then has no meaning). v_min=None: no lower bound.
    fires=">": U[t] equal to a multiple of the threshold does not reach it.
    signed: spikes below zero as well, S(-U) = -S(U).
    refractory: K; for K time steps after a spike a neuron sends nothing, and its membrane stays as it is.
    leak="before_reset": V is the reset of v + beta * (U - v), and H = max(V, v_min).
    learn_beta, learn_threshold: these are learned (used within 0..1 and 1e-9..1e9), else constants.
    surrogate: the derivative of a spike in training, "atan" or "triangle", docs/spec/neurons.md.
    The last axis of x is that of N channels; other tensors are broadcast to x by torch. Shapes and errors:
    see `SpikingNeuron`.
    """

    beta: Tensor
    threshold: Tensor

    def __init__(
        self,
        beta: Numbers = 0.5,
        *,
        threshold: Numbers = 1.0,
        reset: Reset = "soft",
        v_reset: float = 0.0,
        fires: Fires = ">=",
        decay_input: bool = False,
        leak: LeakOrder = "after_reset",
        time_steps: int = 1,
        levels: int = 1,
        v_min: float | None = None,
        amplitude: float = 1.0,
        signed: bool = False,
        refractory: int = 0,
        learn_beta: bool = False,
        learn_threshold: bool = False,
        surrogate: Surrogate = "atan",
    ) -> None:
        super().__init__(time_steps)
        where = self._label
        for name, value, choices in (
            ("reset", reset, Reset),
            ("fires", fires, Fires),
            ("leak", leak, LeakOrder),
            ("surrogate", surrogate, Surrogate),
        ):
            check_choice(where, name, value, get_args(choices))
        self.levels = check_integer(where, "levels (D)", levels, 1, MAX_LEVELS)
        self.reset, self.leak, self.decay_input = reset, leak, bool(decay_input)
        self.fires, self.signed, self.surrogate = fires, bool(signed), surrogate
        self.refractory = check_integer(where, "refractory (K)", refractory, 0, MAX_REFRACTORY)
        self.v_reset = check_finite(where, "v_reset", v_reset)
        self.v_min = None if v_min is None else check_finite(where, "v_min", v_min)
        self.amplitude = check_positive(where, "amplitude", amplitude)
        thresholds = check_channels(where, "threshold", threshold, check_positive)
        betas = check_channels(where, "beta", beta, check_fraction)
        self._check_together(betas, thresholds)
        self.learn_beta, self.learn_threshold = bool(learn_beta), bool(learn_threshold)
        self._keep_beta(betas)
        self._keep("threshold", thresholds, self.learn_threshold)

    def _check_together(self, betas: Tensor, thresholds: Tensor) -> None:
        lowest = thresholds.min().item()
        if self.reset == "hard" and self.v_reset >= lowest:
            raise InputError(
                f"{self._label}: v_reset must be below the threshold {lowest:g}, not {self.v_reset:g}."
            )
        if self.v_min is not None and self.v_min > 0:
            raise InputError(f"{self._label}: v_min must be 0 or below, not {self.v_min:g}.")
        if self.decay_input and betas.max() >= 1:
            raise InputError(
                f"{self._label}: beta must be below 1 with decay_input, not 1; "
                "nothing of the input would be left."
            )

    def _keep_beta(self, betas: Tensor) -> None:
        self._keep("beta", betas, self.learn_beta)

    def _keep(self, name: str, value: Tensor, learned: bool) -> None:
        """Constants in float64, as they were written; what is learned in the usual type."""
        if learned:
            self.register_parameter(name, nn.Parameter(value.to(torch.get_default_dtype())))
        else:
            self.register_buffer(name, value)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """As torch does; devices that refuse float64 (Apple's) get the constants in float32."""

        def apply(tensor: Tensor) -> Tensor:
            try:
                return fn(tensor)
            except TypeError:
                if tensor.dtype != torch.float64:
                    raise
                return fn(tensor.float())

        applied: Self = super()._apply(apply, recurse)  # type: ignore[no-untyped-call]  # torch declares none
        return applied

    def effective_beta(self) -> Tensor:
        """Beta as forward uses it: a number or a tensor."""
        return limited(self.beta, 0.0, 1.0) if self.learn_beta else self.beta

    def effective_threshold(self) -> Tensor:
        """The threshold as forward uses it: a number or a tensor."""
        return limited(self.threshold, *THRESHOLD_RANGE) if self.learn_threshold else self.threshold

    @property
    def rest(self) -> float:
        """Where membranes start, and what they leak to."""
        return self.v_reset if self.reset == "hard" else 0.0

    def start(self, x: Tensor) -> State:
        check_length(self._label, "beta", self.effective_beta(), x)
        check_length(self._label, "threshold", self.effective_threshold(), x)
        membrane = torch.full_like(x, self.rest)
        return (membrane, torch.zeros_like(x)) if self.refractory else (membrane,)

    def step(self, state: State, x: Tensor) -> tuple[State, Tensor]:
        after, spikes = self._fired(state, x)
        return after, spikes if self.amplitude == 1.0 else spikes * self.amplitude

    def _fired(self, state: State, x: Tensor) -> tuple[State, Tensor]:
        """The state after the time step, and S."""
        beta, threshold = self.effective_beta().to(x.dtype), self.effective_threshold().to(x.dtype)
        potential = state[0] + (x * (1 - beta) if self.decay_input else x)
        rule = LevelRule(self.levels, self.fires, self.signed, self.surrogate)
        spikes = fired_level(potential / threshold, rule)
        if self.leak == "before_reset":
            membrane = self._floored(self._reset(self._leaked(potential, beta), spikes, threshold))
        else:
            membrane = self._leaked(self._floored(self._reset(potential, spikes, threshold)), beta)
        after: State = (membrane,)
        if self.refractory:
            after, spikes = self._held(state, membrane, spikes)
        return after, spikes

    def _held(self, state: State, membrane: Tensor, spikes: Tensor) -> tuple[State, Tensor]:
        """The state after the time step, and the spikes, where neurons that have just fired wait."""
        before, waiting = state
        waits = waiting > 0
        spikes = spikes.masked_fill(waits, 0.0)
        fired = (spikes != 0).to(waiting.dtype) * self.refractory
        return (torch.where(waits, before, membrane), torch.where(waits, waiting - 1, fired)), spikes

    def _reset(self, value: Tensor, spikes: Tensor, threshold: Tensor) -> Tensor:
        if self.reset == "none":
            return value
        if self.reset == "hard":
            return value.masked_fill(spikes != 0, self.v_reset)
        return value - spikes * threshold

    def _leaked(self, value: Tensor, beta: Tensor) -> Tensor:
        return beta * value if self.rest == 0 else self.rest + beta * (value - self.rest)

    def _floored(self, value: Tensor) -> Tensor:
        return value if self.v_min is None else value.clamp(min=self.v_min)

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them; of the rarer ones those that are not as usual."""
        shown = {
            "beta": shown_numbers(self.effective_beta(), self.learn_beta),
            "threshold": shown_numbers(self.effective_threshold(), self.learn_threshold),
            "time_steps": self.time_steps,
            "reset": repr(self.reset),
        }
        usual = {"v_reset": 0.0, "fires": ">=", "decay_input": False, "leak": "after_reset", "levels": 1}
        usual |= {"v_min": None, "amplitude": 1.0, "signed": False, "refractory": 0, "surrogate": "atan"}
        shown |= {
            name: repr(getattr(self, name)) for name, value in usual.items() if getattr(self, name) != value
        }
        return ", ".join(f"{name}={value}" for name, value in shown.items())


def shown_numbers(value: Tensor, learned: bool = False) -> str:
    """A number, or how many there are, as `print(module)` shows them."""
    text = f"{value.item():g}" if value.dim() == 0 else f"({len(value)} channels)"
    if value.dim() > 1:
        text = f"({' x '.join(map(str, value.shape))} numbers)"
    return f"{text} (learned)" if learned else text
