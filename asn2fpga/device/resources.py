"""Amounts of the resources of a device."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields


@dataclass(frozen=True)
class Resources:
    """Look-up tables, flip-flops, 36-Kb block RAMs (18-Kb ones are halves), DSP slices, UltraRAMs."""

    lut: float = 0
    ff: float = 0
    bram36: float = 0
    dsp: float = 0
    uram: float = 0

    def plus(self, other: Resources) -> Resources:
        """Sum of both."""
        return Resources(
            self.lut + other.lut,
            self.ff + other.ff,
            self.bram36 + other.bram36,
            self.dsp + other.dsp,
            self.uram + other.uram,
        )

    def times(self, factor: float) -> Resources:
        """`factor` times as much of everything."""
        return Resources(*(factor * getattr(self, f.name) for f in fields(self)))


def total(parts: Iterable[Resources]) -> Resources:
    """Sum of all parts."""
    lut = ff = bram36 = dsp = uram = 0.0
    for part in parts:  # the search for lanes adds up millions of them
        lut, ff, bram36 = lut + part.lut, ff + part.ff, bram36 + part.bram36
        dsp, uram = dsp + part.dsp, uram + part.uram
    return Resources(lut, ff, bram36, dsp, uram)


def fabric(figures: tuple[float, float]) -> Resources:
    """Look-up tables and flip-flops alone."""
    return Resources(lut=figures[0], ff=figures[1])
