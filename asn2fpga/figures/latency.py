"""Cycles of single inferences in the RTL simulation."""

from __future__ import annotations

from typing import TypedDict


class LatencyFigures(TypedDict):
    """All in clock cycles but `simulated`, the number of inferences."""

    min: int
    mean: float
    max: int
    simulated: int
    mean_interval_95: list[float] | None  # low and high end; None for fewer than two inferences
    mean_all: float | None  # of all samples, from their events; None where events do not tell it
