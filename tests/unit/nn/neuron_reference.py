"""Adaptive spiking neurons by hand in numpy: forward, back-propagation through time."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Real = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Reference:
    """One population; x: (T, ...) float64. `low` is alpha as the forward pass uses it."""

    levels: int
    low: float
    beta: float
    norm: float

    def forward(self, x: Real) -> tuple[Real, Real]:
        """Output (T, ...) and potentials U (T, ...)."""
        output, potential = np.zeros_like(x), np.zeros_like(x)
        for index in np.ndindex(x.shape[1:]):
            membrane = 0.0
            for step in range(len(x)):
                u = membrane + x[(step, *index)]
                spikes = min(max(float(round(u)), self.low), self.low + self.levels)
                membrane = self.beta * (u - spikes)
                output[(step, *index)], potential[(step, *index)] = spikes / self.norm, u
        return output, potential

    def backward(self, potential: Real, gradient: Real) -> tuple[Real, float]:
        """Gradients of sum(gradient * output) by x and by alpha (before its factor)."""
        by_x, by_alpha = np.zeros_like(potential), 0.0
        for index in np.ndindex(potential.shape[1:]):
            by_next_membrane = 0.0
            for step in reversed(range(len(potential))):
                place = (step, *index)
                by_spikes = gradient[place] / self.norm - self.beta * by_next_membrane
                inside = self.low <= potential[place] <= self.low + self.levels
                by_alpha += 0.0 if inside else by_spikes
                by_x[place] = self.beta * by_next_membrane + (by_spikes if inside else 0.0)
                by_next_membrane = by_x[place]
        return by_x, by_alpha
