"""What a neuron computes: semantics of the trained (real-valued) one, parameters of the integer one.

Equations and sources: docs/spec/neurons.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from asn2fpga.graph.types import Array, FixedType


@dataclass(frozen=True)
class NeuronSemantics:
    """One population of real-valued graded neurons, as trained.

        U[t] = H[t-1] + X[t]
        S[t] = clip(round(U[t] / threshold), alpha, alpha + levels)
        H[t] = beta * (U[t] - S[t] * threshold * reset_gain)              (leak after soft reset)
        output = S[t] * output_scale

    ASN and NASN: arXiv 2604.12365, eq. (7) and (12); I-LIF: arXiv 2407.20708. `alpha` is one scalar a layer,
    `levels` is D, `output_scale` is 1/N for NASN. With `integer_alpha` the forward pass of training already
    used the nearest integer of alpha.
    """

    model: Literal["asn", "nasn", "ilif"]
    levels: int
    alpha: float
    beta: float
    threshold: float = 1.0
    output_scale: float = 1.0
    integer_alpha: bool = True
    round_mode: Literal["half_even", "half_up"] = "half_even"
    leak_order: Literal["after_reset"] = "after_reset"
    reset: Literal["soft"] = "soft"
    reset_gain: float = 1.0


@dataclass(frozen=True, eq=False, kw_only=True)
class IntegerNeuron:
    """One population of N integer neurons with K levels: all that golden, C++ and RTL know of it.

        U = H + (acc << state_frac_bits) + bias[i]              (stateless: U = acc; bias is in thresholds)
        k = #{k in 1..K : U >= thresholds[i, k-1]}
        count = level_values[k]                                 (what the event carries; never sent if 0)
        H = leak(U - (base + count) * reset_step[i])            (H = 0 after the last time step)
        leak(v) = (v * leak_multiplier + 2^(leak_shift-1)) >> leak_shift          (identity if leak_shift = 0)

    Ties, rounding mode, threshold, scale and (stateless) bias all live in `thresholds`.
    """

    thresholds: Array  # (N, K) int64, non-decreasing along K
    level_values: tuple[int, ...]  # K + 1 values, level_values[0] = 0, increasing
    count_type: FixedType  # of level_values
    stateful: bool
    state_frac_bits: int = 0
    bias: Array | None = None  # (N,) int64, stateful only
    reset_step: Array | None = None  # (N,) int64, stateful only
    base: int = 0  # value of the lowest level in event units (lo, or lo * 2^alpha_frac_bits)
    leak_multiplier: int = 1
    leak_shift: int = 0
    threshold_type: FixedType  # of thresholds
    state_type: FixedType | None = None  # of H, stateful only
    potential_type: FixedType  # of U (with bias) and of U - (base + count) * reset_step
