"""Making and removing the leading time axis."""

from __future__ import annotations

from torch import Tensor, nn

from asn2fpga.graph.limits import MAX_TIME_STEPS
from asn2fpga.nn.check import check_integer


class RepeatTime(nn.Module):
    """Present a static input at every time step: (batch, ...) -> (time_steps, batch, ...)."""

    def __init__(self, time_steps: int) -> None:
        super().__init__()
        self.time_steps = check_integer("RepeatTime", "time_steps (T)", time_steps, 1, MAX_TIME_STEPS)

    def forward(self, x: Tensor) -> Tensor:
        return x.unsqueeze(0).expand(self.time_steps, *x.shape)

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        return f"time_steps={self.time_steps}"


class TimeMean(nn.Module):
    """Average over time, at the end of a network: (time, batch, class) -> (batch, class)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.mean(0)


class TimeSum(nn.Module):
    """Sum over time, at the end of a network: (time, batch, class) -> (batch, class)."""

    def forward(self, x: Tensor) -> Tensor:
        return x.sum(0)
