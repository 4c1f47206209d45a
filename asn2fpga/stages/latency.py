"""The mean latency, from a sample that was simulated, and of all samples from their events."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

import numpy as np

from asn2fpga.figures.latency import LatencyFigures
from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Array

MIN_SIMULATED = 20
MAX_RESIDUAL = 0.02  # of the mean: where single inferences stray further, events do not tell their cycles
# fmt: off
STUDENT_95 = (
    12.706, 4.303, 3.182, 2.776, 2.571, 2.447, 2.365, 2.306, 2.262, 2.228,
    2.201, 2.179, 2.160, 2.145, 2.131, 2.120, 2.110, 2.101, 2.093, 2.086,
    2.080, 2.074, 2.069, 2.064, 2.060, 2.056, 2.052, 2.048, 2.045, 2.042,
)
# fmt: on
"""97.5 % quantile of Student's distribution with 1, 2, .. 30 degrees of freedom; 1.96 for more."""


@dataclass(frozen=True)
class Latency:
    """Cycles of the inferences that were simulated one at a time.

    mean_interval_95: where the mean of all such inputs lies with 95 % confidence, None for fewer than two.
    mean_all: of all samples, from their events; None where cycles do not follow events closely enough.
    """

    min: int
    mean: float
    max: int
    simulated: int
    mean_interval_95: tuple[float, float] | None
    mean_all: float | None

    def plain(self) -> LatencyFigures:
        """As JSON values."""
        interval = self.mean_interval_95
        return {
            "min": self.min,
            "mean": self.mean,
            "max": self.max,
            "simulated": self.simulated,
            "mean_interval_95": None if interval is None else list(interval),
            "mean_all": self.mean_all,
        }


def latency_of(measured: Array, predicted: Array, predicted_all: Array | None) -> Latency:
    """measured (n,): cycles of the simulated inferences; predicted (n,): passes.predict_cycles of them.

    predicted_all (N,): the prediction for all samples, None if there are no others.
    """
    cycles = as_real(measured)
    return Latency(
        min=int(cycles.min()),
        mean=float(cycles.mean()),
        max=int(cycles.max()),
        simulated=len(cycles),
        mean_interval_95=confidence_interval(cycles),
        mean_all=_mean_all(
            cycles, as_real(predicted), None if predicted_all is None else as_real(predicted_all)
        ),
    )


def confidence_interval(values: RealArray) -> tuple[float, float] | None:
    """The 95 % interval of the mean that independent values have."""
    count = len(values)
    if count < 2:
        return None
    quantile = STUDENT_95[count - 2] if count - 2 < len(STUDENT_95) else 1.96
    half = quantile * float(np.std(values, ddof=1)) / sqrt(count)
    mean = float(np.mean(values))
    return mean - half, mean + half


def _mean_all(cycles: RealArray, predicted: RealArray, predicted_all: RealArray | None) -> float | None:
    """Mean of a straight line through the simulated inferences, taken at all samples."""
    mean = float(np.mean(cycles))
    if predicted_all is None:
        return mean
    if len(cycles) < MIN_SIMULATED:
        return None
    spread = predicted - predicted.mean()
    power = float(spread @ spread)
    slope = float(spread @ (cycles - mean)) / power if power else 0.0
    residual = cycles - mean - slope * spread
    if float(np.std(residual, ddof=2)) > MAX_RESIDUAL * mean:
        return None
    return mean + slope * (float(np.mean(predicted_all)) - float(predicted.mean()))
