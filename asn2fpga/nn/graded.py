"""What ASN, NASN and I-LIF share: graded spikes, a leaky membrane with soft reset, a time loop."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.graph.limits import MAX_LEVELS, MAX_TIME_STEPS
from asn2fpga.nn.check import check_integer, check_number
from asn2fpga.nn.clip_round import clip_round


class GradedNeuron(nn.Module):
    """A population of neurons, one per element of the input behind the time axis.

        U[t] = H[t-1] + X[t],  H[0] = 0
        S[t] = clip(round(U[t]), alpha, alpha + levels)
        H[t] = beta * (U[t] - S[t])
        output[t] = S[t] / norm

    time_steps = 1: x of any shape, no time axis (a neuron without state).
    time_steps = T > 1: x: (T, batch, ...); the membranes start at 0 in every call.
    Raises InputError for a parameter out of range, and for a time axis that is not `time_steps` long.
    """

    alpha: Tensor

    def __init__(self, levels: int, beta: float, time_steps: int) -> None:
        super().__init__()
        self.levels = check_integer(self._label, "levels (D)", levels, 1, MAX_LEVELS)
        self.beta = check_number(self._label, "beta", beta, 0.0, 1.0)
        self.time_steps = check_integer(self._label, "time_steps (T)", time_steps, 1, MAX_TIME_STEPS)
        self.integer_alpha = True
        self.alpha_grad_scale = 1.0
        self.norm = 1.0

    @property
    def _label(self) -> str:
        return type(self).__name__

    def fire(self, potential: Tensor) -> Tensor:
        """Graded spikes S of one time step, before the division by `norm`."""
        return clip_round(potential, self.alpha, self.levels, self.integer_alpha, self.alpha_grad_scale)

    def forward(self, x: Tensor) -> Tensor:
        spikes = self.fire(x) if self.time_steps == 1 else self._run(x)
        return spikes if self.norm == 1.0 else spikes / self.norm

    def _run(self, x: Tensor) -> Tensor:
        if x.dim() < 2 or x.shape[0] != self.time_steps:
            raise InputError(
                f"{self._label}: the input must have time as its first axis, {self.time_steps} steps long, "
                f"not shape {tuple(x.shape)}; repeat a static input with RepeatTime({self.time_steps})."
            )
        steps = []
        membrane = torch.zeros_like(x[0])
        for current in x:
            potential = membrane + current
            spikes = self.fire(potential)
            membrane = self.beta * (potential - spikes)
            steps.append(spikes)
        return torch.stack(steps)

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        return f"levels={self.levels}, beta={self.beta:g}, time_steps={self.time_steps}"
