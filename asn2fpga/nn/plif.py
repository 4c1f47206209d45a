"""The parametric leaky integrate-and-fire neuron."""

from __future__ import annotations

from typing import Unpack

import torch
from torch import Tensor

from asn2fpga.errors import InputError
from asn2fpga.nn.lif import LIF, NeuronOptions, Numbers


class PLIF(LIF):
    """Parametric LIF (arXiv 2007.05785): `LIF` whose beta = sigmoid(raw_beta) is learned.

    beta: what it starts with, above 0 and below 1; a number, or a tensor (N,) for N channels.
    Everything else is as in `LIF`.
    """

    raw_beta: Tensor

    def __init__(self, beta: Numbers = 0.5, **options: Unpack[NeuronOptions]) -> None:
        super().__init__(beta, learn_beta=True, **options)

    def _keep_beta(self, betas: Tensor) -> None:
        for value in betas.reshape(-1).tolist():
            if not 0 < value < 1:
                raise InputError(
                    f"{self._label}: beta must be above 0 and below 1, as a sigmoid is, not {value:g}."
                )
        self._keep("raw_beta", torch.logit(betas), self.learn_beta)

    @property
    def beta(self) -> Tensor:  # type: ignore[override]  # it follows from raw_beta
        """Beta as it is now."""
        return torch.sigmoid(self.raw_beta)

    def effective_beta(self) -> Tensor:
        return self.beta
