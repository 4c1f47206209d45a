"""The event-based gated recurrent unit in real numbers, as its public code computes it.

Source: Subramoney, Nazeer, Schöne, Mayr, Kappel, arXiv 2206.06178; EvNN, frameworks/pytorch/egru.py
(EGRUScript). docs/spec/kinds/event_gru.md.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Array
from asn2fpga.kinds.neurons.table import sigmoid

SUMS = 4  # that each unit reads: of z, of r, of g from the input, of g from what was sent before


@dataclass(frozen=True, eq=False)
class Gated:
    """N units, of which each reads four sums X[4 i], .. X[4 i + 3] and sends from element 4 i.

    z = sigmoid(X0)      r = sigmoid(X1)      g = tanh(X2 + r * X3)
    c = z * h + (1 - z) * g
    event = (c > threshold)
    h = c - event * threshold           0 at the start
    S[4 i] = event * c                  the other elements are 0
    """

    thresholds: Array  # (N,)


def sums_complaint(sums: int) -> str:
    """The complaint that so many sums are not four for each of one unit or more, if so."""
    is_whole = sums > 0 and sums % SUMS == 0
    return "" if is_whole else f"gated recurrent units must read {SUMS} sums each, not {sums} together"


@dataclass(frozen=True, eq=False)
class GatedState:
    """(B, N) h of real-valued units."""

    hidden: RealArray


def step_gated(gated: Gated, state: GatedState, sums: RealArray) -> tuple[GatedState, RealArray]:
    """The state after one time step with sums (B, 4 N), and S (B, 4 N)."""
    of_z, of_r, of_g, of_past = (sums[:, number::SUMS] for number in range(SUMS))
    z, r = sigmoid(of_z), sigmoid(of_r)
    candidate = z * state.hidden + (1 - z) * np.tanh(of_g + r * of_past)
    thresholds = as_real(gated.thresholds)
    event = (candidate > thresholds).astype(np.float64)
    sent = np.zeros(sums.shape)
    sent[:, ::SUMS] = event * candidate
    return GatedState(candidate - event * thresholds), sent
