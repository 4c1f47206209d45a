"""The current-based leaky integrate-and-fire neuron."""

from __future__ import annotations

from typing import Unpack

import torch
from torch import Tensor

from asn2fpga.nn.check import check_channels, check_fraction, check_length
from asn2fpga.nn.lif import LIF, LeakOptions, Numbers, shown_numbers
from asn2fpga.nn.neuron import State


class CubaLIF(LIF):
    """Current-based LIF: a synaptic current I charges the membrane of a `LIF` in place of X.

        I[t] = alpha * I[t-1] + X[t]            I[0] = 0
        U[t] = H[t-1] + I[t]                    and on as in `LIF`

    alpha: a number in 0..1, or a tensor (N,) for N channels, a constant. Everything else is as in `LIF`.
    """

    alpha: Tensor

    def __init__(self, alpha: Numbers, beta: Numbers, **options: Unpack[LeakOptions]) -> None:
        super().__init__(beta, **options)
        self._keep("alpha", check_channels(self._label, "alpha", alpha, check_fraction), learned=False)

    def start(self, x: Tensor) -> State:
        check_length(self._label, "alpha", self.alpha, x)
        return (*super().start(x), torch.zeros_like(x))

    def step(self, state: State, x: Tensor) -> tuple[State, Tensor]:
        *others, current = state
        current = self.alpha.to(x.dtype) * current + x
        after, output = super().step(tuple(others), current)
        return (*after, current), output

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        return f"alpha={shown_numbers(self.alpha)}, {super().extra_repr()}"
