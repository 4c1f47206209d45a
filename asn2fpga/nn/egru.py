"""The event-based gated recurrent unit."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from asn2fpga.errors import InputError
from asn2fpga.graph.limits import MAX_TIME_STEPS
from asn2fpga.nn.check import check_integer, check_number, check_time_axis


class EventStep(torch.autograd.Function):
    """1 where x is above 0; backward dampening * max(0, 1 - support * |x|)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, dampening: float, support: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.constants = (dampening, support)
        return (x > 0).to(x.dtype)

    @staticmethod
    def backward(ctx: Any, *gradients: Tensor) -> tuple[Tensor, None, None]:
        (x,), (dampening, support) = ctx.saved_tensors, ctx.constants
        return gradients[0] * dampening * (1 - support * x.abs()).clamp(min=0), None, None


class EGRU(nn.Module):
    """EGRU (Subramoney et al., arXiv 2206.06178), as EvNN's EGRUScript has it; t = 1..T, y[0] = h[0] = 0.

        vx = x[t] @ kernel + bias                        each in three parts of `hidden_size`
        vh = y[t-1] @ recurrent_kernel + recurrent_bias
        z = sigmoid(vx0 + vh0)      r = sigmoid(vx1 + vh1)      g = tanh(vx2 + r * vh2)
        c = z * h[t-1] + (1 - z) * g
        event = (c > thr)
        h[t] = c - event * thr
        y[t] = event * c

    x: (T, batch, input_size), result y: (T, batch, hidden_size); T = time_steps. The parameters have the
    names and shapes of EvNN's EGRU; `thr` is used at 0 or above. Zoneout and DropConnect are not part of it.
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        *,
        time_steps: int,
        thr_mean: float = 0.3,
        dampening_factor: float = 0.7,
        pseudo_derivative_support: float = 1.0,
    ) -> None:
        super().__init__()
        self.input_size = check_integer("EGRU", "input_size", input_size, 1, 1 << 20)
        self.hidden_size = check_integer("EGRU", "hidden_size", hidden_size, 1, 1 << 16)
        self.time_steps = check_integer("EGRU", "time_steps (T)", time_steps, 2, MAX_TIME_STEPS)
        self.dampening_factor = check_number("EGRU", "dampening_factor", dampening_factor, 0, 1)
        self.pseudo_derivative_support = check_number(
            "EGRU", "pseudo_derivative_support", pseudo_derivative_support, 0, 1e3
        )
        mean = check_number("EGRU", "thr_mean", thr_mean, 0.01, 0.99)
        self.kernel = nn.Parameter(torch.empty(input_size, 3 * hidden_size))
        self.recurrent_kernel = nn.Parameter(torch.empty(hidden_size, 3 * hidden_size))
        self.bias = nn.Parameter(torch.zeros(3 * hidden_size))
        self.recurrent_bias = nn.Parameter(torch.zeros(3 * hidden_size))
        self.thr = nn.Parameter(torch.full((hidden_size,), mean))
        for part in self.kernel.data.chunk(3, 1):
            nn.init.xavier_uniform_(part)
        for part in self.recurrent_kernel.data.chunk(3, 1):
            nn.init.orthogonal_(part)

    def effective_thr(self) -> Tensor:
        """The thresholds as forward uses them, (hidden_size,)."""
        return self.thr.clamp(0, 1)

    def forward(self, x: Tensor) -> Tensor:
        check_time_axis("EGRU", x, self.time_steps)
        if x.dim() != 3 or x.shape[2] != self.input_size:
            raise InputError(
                f"EGRU: the input must have shape (time, batch, {self.input_size}), not {tuple(x.shape)}."
            )
        h = y = x.new_zeros(x.shape[1], self.hidden_size)
        from_input, thr, sent = x @ self.kernel + self.bias, self.effective_thr(), []
        for now in from_input:
            past = y @ self.recurrent_kernel + self.recurrent_bias
            vx, vh = now.chunk(3, 1), past.chunk(3, 1)
            z, r = torch.sigmoid(vx[0] + vh[0]), torch.sigmoid(vx[1] + vh[1])
            candidate = z * h + (1 - z) * torch.tanh(vx[2] + r * vh[2])
            event = self._event(candidate - thr)
            h, y = candidate - event * thr, event * candidate
            sent.append(y)
        return torch.stack(sent)

    def _event(self, above: Tensor) -> Tensor:
        found: Tensor = EventStep.apply(above, self.dampening_factor, self.pseudo_derivative_support)  # type: ignore[no-untyped-call]
        return found

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        return f"{self.input_size}, {self.hidden_size}, time_steps={self.time_steps}"
