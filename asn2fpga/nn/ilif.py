"""The integer leaky integrate-and-fire neuron."""

from __future__ import annotations

import torch

from asn2fpga.nn.graded import GradedNeuron


class ILIF(GradedNeuron):
    """I-LIF (SpikeYOLO, arXiv 2407.20708): ASN with alpha = 0 and nothing to learn.

        U[t] = H[t-1] + X[t]
        S[t] = round(clip(U[t], 0, D))
        H[t] = beta * (U[t] - S[t])

    beta is 0.25 unless given. Shapes and errors: see `GradedNeuron`.
    """

    def __init__(self, levels: int = 4, *, beta: float = 0.25, time_steps: int = 1) -> None:
        super().__init__(levels, beta, time_steps)
        self.register_buffer("alpha", torch.tensor(0.0), persistent=False)
