"""The leaky integrator, a read-out over time."""

from __future__ import annotations

from typing import Literal, get_args

import torch
from torch import Tensor, nn

from asn2fpga.graph.limits import MAX_TIME_STEPS
from asn2fpga.nn.check import check_choice, check_fraction, check_integer, check_time_axis

Output = Literal["last", "max", "mean", "sum", "all"]


class Integrator(nn.Module):
    """Membranes that never fire, at the end of a network: (time, batch, class) -> (batch, class).

        U[t] = beta * U[t-1] + X[t]             U[0] = 0

    output: the "last" U, its "max", "mean" or "sum" over time, or "all" of them, (time, batch, class).
    time_steps = 1: x of any shape, no time axis; the result is x.
    Raises InputError for a parameter out of range, and for a time axis that is not `time_steps` long.
    """

    def __init__(self, beta: float, output: Output = "last", time_steps: int = 1) -> None:
        super().__init__()
        self.beta = check_fraction("Integrator", "beta", beta)
        check_choice("Integrator", "output", output, get_args(Output))
        self.output: Output = output
        self.time_steps = check_integer("Integrator", "time_steps (T)", time_steps, 1, MAX_TIME_STEPS)

    def forward(self, x: Tensor) -> Tensor:
        if self.time_steps == 1:
            return x
        check_time_axis("Integrator", x, self.time_steps)
        potential, seen = torch.zeros_like(x[0]), []
        for now in x:
            potential = self.beta * potential + now
            seen.append(potential)
        return potential if self.output == "last" else self._reduced(torch.stack(seen))

    def _reduced(self, potentials: Tensor) -> Tensor:
        if self.output == "max":
            return potentials.amax(0)
        if self.output == "mean":
            return potentials.mean(0)
        return potentials.sum(0) if self.output == "sum" else potentials

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        return f"beta={self.beta:g}, output={self.output!r}, time_steps={self.time_steps}"
