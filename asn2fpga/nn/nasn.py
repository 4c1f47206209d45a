"""The normalised Adaptive Spiking Neuron."""

from __future__ import annotations

from asn2fpga.nn.asn import ASN
from asn2fpga.nn.check import check_positive


class NASN(ASN):
    """Normalised Adaptive Spiking Neuron (arXiv 2604.12365, eq. (12)).

        U[t] = H[t-1] + X[t]
        S[t] = clip(round(U[t]), alpha, alpha + D) / N
        H[t] = beta * (U[t] - S[t] * N)

    N = `norm`, D if not given; everything else is as in `ASN`. The gradient inside the window is 1/N.
    "1x4" is T = 1, D = 4.
    """

    def __init__(
        self,
        levels: int = 4,
        norm: float | None = None,
        *,
        alpha: float = 0.0,
        beta: float = 0.5,
        time_steps: int = 1,
        integer_alpha: bool = True,
        learn_alpha: bool = True,
        alpha_grad_scale: float = 1.0,
    ) -> None:
        super().__init__(
            levels,
            alpha=alpha,
            beta=beta,
            time_steps=time_steps,
            integer_alpha=integer_alpha,
            learn_alpha=learn_alpha,
            alpha_grad_scale=alpha_grad_scale,
        )
        self.norm = float(levels) if norm is None else check_positive(self._label, "norm (N)", norm)

    def extra_repr(self) -> str:
        """Parameters as `print(module)` shows them."""
        return f"{super().extra_repr()}, norm={self.norm:g}"
