"""A Linear layer whose synapses have a delay each."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.graph.limits import MAX_TIME_STEPS
from asn2fpga.nn.check import check_integer


class DelayedLinear(nn.Module):
    """Fully connected synapses, each with a delay in time steps that is learned beside its weight.

        y[t, i] = bias[i] + sum over j of weight[i, j] * x[t - delay[i, j], j]        0 before the first step

    While it trains, a delay between two time steps is shared between both, in proportion (as learned spacings
    of dilated convolutions, arXiv 2112.03740 and 2306.17670); in eval mode it is rounded, as the hardware has
    it. positions: (out, in), the delays as they are learned, kept in 0..max_delay. x: (time, batch, in); the
    result is (time, batch, out). Raises InputError for an input of another shape and a max_delay that is no
    integer.
    """

    def __init__(self, in_features: int, out_features: int, max_delay: int, bias: bool = True) -> None:
        super().__init__()
        self.max_delay = check_integer("DelayedLinear", "max_delay", max_delay, 1, MAX_TIME_STEPS - 1)
        linear = nn.Linear(in_features, out_features, bias)
        self.in_features, self.out_features = in_features, out_features
        self.weight, self.bias = linear.weight, linear.bias
        self.positions = nn.Parameter(torch.rand(out_features, in_features) * max_delay)

    @property
    def delays(self) -> Tensor:
        """(out, in) int64, the delays of the hardware."""
        return self.positions.detach().clamp(0, self.max_delay).round().long()

    def forward(self, x: Tensor) -> Tensor:
        if x.dim() != 3 or x.shape[-1] != self.in_features:
            raise InputError(
                f"DelayedLinear: the input must be (time, batch, {self.in_features}), not {tuple(x.shape)}."
            )
        late = self.positions.clamp(0, self.max_delay) if self.training else self.delays.to(self.weight)
        total = x.new_zeros(*x.shape[:-1], self.out_features)
        if self.bias is not None:
            total = total + self.bias
        for delay in range(min(self.max_delay + 1, len(x))):
            share = (1 - (late - delay).abs()).clamp(min=0)
            sums = x[: len(x) - delay] @ (self.weight * share).T
            total = total + nn.functional.pad(sums, (0, 0, 0, 0, delay, 0))
        return total

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        return f"{self.in_features}, {self.out_features}, max_delay={self.max_delay}"
