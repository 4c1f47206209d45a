"""Figures of a network that may answer before the last time step, on all samples."""

from __future__ import annotations

from typing import TypedDict


class ExitPointFigures(TypedDict):
    """With the thresholds times `factor`; accuracy: None without labels."""

    factor: float
    mean_steps: float
    accuracy: float | None


class EarlyExitFigures(TypedDict):
    """thresholds: of each time step but the last; used: samples that answered after 1, 2, .. T of them."""

    thresholds: list[int]
    mean_steps: float
    used: list[int]
    accuracy_of_all_steps: float | None
    points: list[ExitPointFigures]
