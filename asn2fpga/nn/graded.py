"""What ASN, NASN and I-LIF share: graded spikes, a leaky membrane with soft reset."""

from __future__ import annotations

import torch
from torch import Tensor

from asn2fpga.graph.limits import MAX_LEVELS
from asn2fpga.nn.check import check_integer, check_number, check_time_axis
from asn2fpga.nn.clip_round import clip_round
from asn2fpga.nn.neuron import SpikingNeuron, State


class GradedNeuron(SpikingNeuron):
    """Neurons that round.

        U[t] = H[t-1] + X[t],  H[0] = 0
        S[t] = clip(round(U[t]), alpha, alpha + levels)
        H[t] = beta * (U[t] - S[t])
        output[t] = S[t] / norm

    Shapes and errors: see `SpikingNeuron`.
    """

    alpha: Tensor

    def __init__(self, levels: int, beta: float, time_steps: int) -> None:
        super().__init__(time_steps)
        self.levels = check_integer(self._label, "levels (D)", levels, 1, MAX_LEVELS)
        self.beta = check_number(self._label, "beta", beta, 0.0, 1.0)
        self.integer_alpha = True
        self.alpha_grad_scale = 1.0
        self.norm = 1.0

    def fire(self, potential: Tensor) -> Tensor:
        """Graded spikes S of one time step, before the division by `norm`."""
        return clip_round(potential, self.alpha, self.levels, self.integer_alpha, self.alpha_grad_scale)

    def start(self, x: Tensor) -> State:
        return (torch.zeros_like(x),)

    def step(self, state: State, x: Tensor) -> tuple[State, Tensor]:
        potential = state[0] + x
        spikes = self.fire(potential)
        membrane = self.beta * (potential - spikes)
        return (membrane,), spikes if self.norm == 1.0 else spikes / self.norm

    def forward(self, x: Tensor) -> Tensor:
        if self.beta != 0.0 or self.time_steps == 1:
            return super().forward(x)
        check_time_axis(self._label, x, self.time_steps)  # without memory all steps are one
        spikes = self.fire(x)
        return spikes if self.norm == 1.0 else spikes / self.norm

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        return f"levels={self.levels}, beta={self.beta:g}, time_steps={self.time_steps}"
