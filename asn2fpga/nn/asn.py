"""The Adaptive Spiking Neuron."""

from __future__ import annotations

import torch
from torch import nn

from asn2fpga.graph.limits import MAX_ALPHA
from asn2fpga.nn.check import check_number, check_positive
from asn2fpga.nn.graded import GradedNeuron


class ASN(GradedNeuron):
    """Adaptive Spiking Neuron (arXiv 2604.12365, eq. (7)).

        U[t] = H[t-1] + X[t]
        S[t] = clip(round(U[t]), alpha, alpha + D)
        H[t] = beta * (U[t] - S[t])

    alpha is one scalar a layer, learned (`learn_alpha`); D = `levels`; the threshold is 1.
    integer_alpha=True: forward uses the nearest integer of alpha, so that what is trained is what hardware
    computes (straight-through gradient). integer_alpha=False: the paper's formula with a real alpha.
    alpha_grad_scale: the factor of the gradient of alpha.
    Shapes and errors: see `GradedNeuron`.
    """

    def __init__(
        self,
        levels: int = 4,
        *,
        alpha: float = 0.0,
        beta: float = 0.5,
        time_steps: int = 1,
        integer_alpha: bool = True,
        learn_alpha: bool = True,
        alpha_grad_scale: float = 1.0,
    ) -> None:
        super().__init__(levels, beta, time_steps)
        start = check_number(self._label, "alpha", alpha, -MAX_ALPHA, MAX_ALPHA)
        self.alpha = nn.Parameter(torch.tensor(start), requires_grad=learn_alpha)
        self.integer_alpha = bool(integer_alpha)
        self.alpha_grad_scale = check_positive(self._label, "alpha_grad_scale", alpha_grad_scale)

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        return f"{super().extra_repr()}, alpha={self.alpha.item():g}, integer_alpha={self.integer_alpha}"
