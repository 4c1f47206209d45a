"""Exact integer matrix products, in floating point where its range proves them exact."""

from __future__ import annotations

import numpy as np

from asn2fpga.graph.arrays import IntArray
from asn2fpga.graph.types import Array

FLOAT32_EXACT = 2**24  # every integer of at most this magnitude is a float32
FLOAT64_EXACT = 2**53


def exact_float(bound: int) -> type[np.float32] | type[np.float64] | type[np.int64]:
    """The fastest type in which sums are exact whose terms are integers and add up to `bound` at most."""
    if bound <= FLOAT32_EXACT:
        return np.float32
    return np.float64 if bound <= FLOAT64_EXACT else np.int64


def weighted_sums(counts: Array, weight: IntArray, max_count: int) -> IntArray:
    """counts (R, M) @ weight.T (M, N) -> (R, N) int64, exactly. counts: integers 0..max_count.

    If the sum of |weight| * max_count is exact in a float type, so is every partial sum in any order, and the
    float product is the integer product; otherwise integers are multiplied.
    """
    bound = int(np.abs(weight).sum(axis=1).max(initial=0)) * max_count
    kind = exact_float(bound)
    sums: IntArray = (counts.astype(kind) @ weight.T.astype(kind)).astype(np.int64)
    return sums
