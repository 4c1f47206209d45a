"""Rounding that makes up for itself: what one weight loses, the weights that are rounded after it add.

Inputs of a layer are correlated, and most are never negative: the errors of its weights add up in its sums
where other weights could take them. Weights are rounded one by one, those of the strongest inputs first, and
each error is spread over the weights to come so that the mean squared error of the sums on calibration data
is least (Frantar et al., GPTQ, arXiv 2210.17323). They stay integers of the same bits: hardware is the same.
"""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.arrays import IntArray, RealArray

MOST_INPUTS = 2048  # of a layer whose weights are rounded so: time grows with their cube
DAMPING = 0.01  # of the mean square of an input: what calibration data say is not all that there is


def moments_of(samples: RealArray | None) -> RealArray | None:
    """(M, M) mean products of a layer's inputs, from `samples` (S, M); None without, or if M is too large."""
    if samples is None or not samples.size or samples.shape[1] > MOST_INPUTS:
        return None
    found: RealArray = samples.T @ samples / len(samples)
    return found if np.trace(found) > 0 else None


def compensated(weight: RealArray, scale: RealArray, limit: int, moments: RealArray) -> IntArray:
    """Integers within +-limit for weights (N, M) at scales (N,); weights of 0 stay 0.

    Of a channel whose sums that does not bring nearer to those of the weights, integers are the nearest ones.
    """
    nearest = _nearest(weight, scale, limit)
    damped = moments + DAMPING * np.diag(moments).mean() * np.eye(len(moments))
    order = np.argsort(-np.diag(damped), kind="stable")
    spread = np.linalg.cholesky(np.linalg.inv(damped[np.ix_(order, order)])).T
    wanted, used = weight[:, order].copy(), weight[:, order] != 0
    found = np.zeros_like(nearest)
    for place, column in enumerate(order):
        found[:, column] = _nearest(wanted[:, place, None], scale, limit)[:, 0] * used[:, place]
        error = (wanted[:, place] - scale * found[:, column]) / spread[place, place]
        wanted[:, place + 1 :] -= error[:, None] * spread[place, place + 1 :]
    better = squared_error(weight, scale, found, moments) < squared_error(weight, scale, nearest, moments)
    return np.where(better[:, None], found, nearest)


def _nearest(weight: RealArray, scale: RealArray, limit: int) -> IntArray:
    return np.clip(np.rint(weight / scale[:, None]), -limit, limit).astype(np.int64)


def squared_error(weight: RealArray, scale: RealArray, integer: IntArray, moments: RealArray) -> RealArray:
    """(N,) mean squared error of the sums of integers (N, M) that stand for weights (N, M)."""
    error = weight - scale[:, None] * integer
    found: RealArray = ((error @ moments) * error).sum(axis=1)
    return found
