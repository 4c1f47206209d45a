"""The sigma-delta neuron."""

from __future__ import annotations

from typing import TypedDict, Unpack

import torch
from torch import Tensor

from asn2fpga.nn.fired_level import Fires
from asn2fpga.nn.lif import LIF, Numbers
from asn2fpga.nn.neuron import State
from asn2fpga.nn.surrogate import Surrogate


class SigmaDeltaOptions(TypedDict, total=False):
    """The keywords of `LIF` that `SigmaDelta` takes."""

    threshold: Numbers
    fires: Fires
    time_steps: int
    amplitude: float
    signed: bool
    learn_threshold: bool
    surrogate: Surrogate


class SigmaDelta(LIF):
    """Sigma-delta neuron: it adds up the changes that arrive, and sends that of its quantised activation.
    t = 1..T.

        U[t] = U[t-1] + X[t]                    U[0] = 0
        S[t] = floor(U[t] / threshold)          at least 0 (or odd about 0 if signed), at most `levels`
        output[t] = (S[t] - S[t-1]) * amplitude S[0] = 0

    The sum of its outputs up to t is the activation S[t] * amplitude of a network that is shown the sum of
    the inputs up to t: layers in a row compute that, and send only what has changed. Layers before it have
    no bias, which would be added up again in every time step; with one time step it is that activation.
    Keywords, shapes and errors are those of `LIF`.
    """

    def __init__(self, levels: int = 15, **options: Unpack[SigmaDeltaOptions]) -> None:
        super().__init__(1.0, levels=levels, reset="none", **options)

    def start(self, x: Tensor) -> State:
        return (*super().start(x), torch.zeros_like(x))

    def _fired(self, state: State, x: Tensor) -> tuple[State, Tensor]:
        *others, last = state
        after, spikes = super()._fired(tuple(others), x)
        return (*after, spikes), spikes - last
