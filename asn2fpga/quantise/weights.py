"""Symmetric integer weights: W ~ d * Wq with Wq in +-(2^(bits-1) - 1), one d per channel or one per layer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from asn2fpga.graph.arrays import IntArray, RealArray
from asn2fpga.quantise.compensate import compensated, squared_error
from asn2fpga.quantise.scheme import ScaleMethod

MANTISSA_BITS = 16  # of a scale: then d * Wq is exact in float32, and so is the reference network
CANDIDATES = 32  # scales tried by `mse` and `calibrated`
SMALLEST_RATIO = 0.25  # smallest scale tried, relative to maxabs
COARSEST_RATIO, COARSER = (
    1.3,
    97,
)  # largest scale tried by `compensated`, in that of `mse`, and how many to it
FEW_INPUTS, MOST_TRIES = 256, 8  # scales that weights of so few inputs are rounded at
MAX_ROWS = 256  # inputs of a layer that `calibrated` scales are fitted to
OUTLIER = 4  # `clipped`: a weight that many times as large as the next smaller one is clipped to it,
MOST_OUTLIERS = 1 / 16  # and with it all larger ones, if they are not more of the channel than this


@dataclass(frozen=True)
class QuantisedWeights:
    """weight: (N, M) int64 within the bits; scale: (N,) float64 > 0, for a read-out powers of two apart.

    moments: (M, M) mean products of the inputs, where rounding makes up for itself (compensate.py).
    """

    weight: IntArray
    scale: RealArray
    bits: int
    method: ScaleMethod | Literal["as trained"]
    moments: RealArray | None = None

    @property
    def real(self) -> RealArray:
        """(N, M) the real weights these integers stand for, exact in float64 (and float32)."""
        real: RealArray = self.scale[:, None] * self.weight
        return real


@dataclass(frozen=True)
class ScaleRule:
    """How scales are chosen. smallest: lower bound of a scale; used as well for a channel of zero weights.

    moments: as of QuantisedWeights.
    """

    method: ScaleMethod
    bits: int
    smallest: float
    per_channel: bool = True
    moments: RealArray | None = None


def largest_integer(bits: int) -> int:
    """Largest magnitude of a symmetric integer of `bits` bits."""
    return (1 << (bits - 1)) - 1


def round_scale(scale: RealArray) -> RealArray:
    """Positive scales rounded to MANTISSA_BITS significant bits."""
    mantissa, exponent = np.frexp(scale)
    rounded: RealArray = np.ldexp(np.rint(np.ldexp(mantissa, MANTISSA_BITS)), exponent - MANTISSA_BITS)
    return rounded


def round_weights(weight: RealArray, scale: RealArray, bits: int) -> IntArray:
    """clip(rne(W / d)); ties of the float64 quotient go to the even integer."""
    limit = largest_integer(bits)
    return np.clip(np.rint(weight / scale[:, None]), -limit, limit).astype(np.int64)


def quantise_weights(
    weight: RealArray, rule: ScaleRule, samples: RealArray | None = None
) -> QuantisedWeights:
    """Integers for `weight` (N, M). `samples`: (S, M) inputs of the layer on calibration data.

    Without samples `calibrated` is `mse`, and so is `compensated` without moments.
    """
    groups = weight if rule.per_channel else weight.reshape(1, -1)
    scale = _scales_of(_largest_inliers(groups) if rule.method == "clipped" else _largest(groups), rule)
    if rule.method in ("mse", "calibrated", "compensated"):
        candidates = [round_scale(np.maximum(scale * ratio, rule.smallest)) for ratio in _ratios()]
        inputs = _some_of(samples) if rule.method == "calibrated" else None
        scale = _best(candidates, weight, rule.bits, inputs)
    if rule.moments is not None and rule.per_channel:
        scale = _fitted(weight, scale, rule, rule.moments)
    return with_scale(weight, np.broadcast_to(scale, (len(weight),)).copy(), rule)


def _some_of(samples: RealArray | None) -> RealArray | None:
    """At most MAX_ROWS, spread over all."""
    if samples is None or len(samples) <= MAX_ROWS:
        return samples
    return samples[np.linspace(0, len(samples) - 1, MAX_ROWS).astype(np.int64)]


def with_scale(weight: RealArray, scale: RealArray, rule: ScaleRule | QuantisedWeights) -> QuantisedWeights:
    """Integers for `weight` (N, M) at the given scales (N,)."""
    if rule.moments is None:
        integer = round_weights(weight, scale, rule.bits)
    else:
        integer = compensated(weight, scale, largest_integer(rule.bits), rule.moments)
    return QuantisedWeights(integer, scale, rule.bits, rule.method, rule.moments)


def _fitted(weight: RealArray, finest: RealArray, rule: ScaleRule, moments: RealArray) -> RealArray:
    """(N,) scales at which compensated weights give sums of least error, from `finest` (N,) on.

    Few weights lie nearer to some grids than to others. Those of the least error of weights are compared; it
    counts more where inputs are strong, but counts also where calibration data have none.
    """
    strength = np.diag(moments) + np.diag(moments).mean()
    ratios = np.linspace(1.0, COARSEST_RATIO, COARSER)
    candidates = np.stack([round_scale(np.maximum(finest * ratio, rule.smallest)) for ratio in ratios])
    errors = [
        (np.square(weight - scale[:, None] * round_weights(weight, scale, rule.bits)) * strength).sum(axis=1)
        for scale in candidates
    ]
    tries = MOST_TRIES if weight.shape[1] <= FEW_INPUTS else 1
    short = np.take_along_axis(candidates, np.argsort(errors, axis=0, kind="stable")[:tries], axis=0)
    limit, wide = largest_integer(rule.bits), np.tile(weight, (tries, 1))
    integer = compensated(wide, short.reshape(-1), limit, moments)
    error = squared_error(wide, short.reshape(-1), integer, moments).reshape(tries, -1)
    found: RealArray = short[error.argmin(axis=0), np.arange(len(weight))]
    return found


def _ratios() -> RealArray:
    return np.linspace(1.0, SMALLEST_RATIO, CANDIDATES)


def _largest(groups: RealArray) -> RealArray:
    largest: RealArray = np.abs(groups).max(axis=1, initial=0.0)
    return largest


def _largest_inliers(groups: RealArray) -> RealArray:
    """Per group the largest magnitude below the last wide gap among its largest ones."""
    most = max(1, int(groups.shape[1] * MOST_OUTLIERS))
    magnitudes = np.sort(np.abs(groups), axis=1)[:, ::-1][:, : most + 1]
    gaps = (magnitudes[:, :-1] >= OUTLIER * magnitudes[:, 1:]) & (magnitudes[:, 1:] > 0)
    outliers = (gaps * np.arange(1, gaps.shape[1] + 1)).max(axis=1, initial=0)
    inliers: RealArray = np.take_along_axis(magnitudes, outliers[:, None], axis=1)[:, 0]
    return inliers


def _scales_of(largest: RealArray, rule: ScaleRule) -> RealArray:
    """Scales at which the largest integer stands for these magnitudes."""
    return round_scale(np.maximum(largest / largest_integer(rule.bits), rule.smallest))


def _best(candidates: list[RealArray], weight: RealArray, bits: int, samples: RealArray | None) -> RealArray:
    """Per group the scale of least squared error, the first (largest) on ties."""
    per_layer = len(candidates[0]) == 1
    errors = []
    for scale in candidates:
        error = _squared_error(weight, np.broadcast_to(scale, (len(weight),)), bits, samples)
        errors.append(error.sum(keepdims=True) if per_layer else error)
    choice = np.argmin(np.stack(errors), axis=0)
    best: RealArray = np.stack(candidates)[choice, np.arange(len(choice))]
    return best


def _squared_error(weight: RealArray, scale: RealArray, bits: int, samples: RealArray | None) -> RealArray:
    """(N,) squared error of the weights, or with `samples` of the layer's sums."""
    error = weight - scale[:, None] * round_weights(weight, scale, bits)
    squared: RealArray = np.square(error if samples is None else error @ samples.T).sum(axis=1)
    return squared
