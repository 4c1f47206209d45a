"""Neurons of NIR step by step, in float64: forward Euler, written from the equations in nir/ir/neuron.py.

The package nir describes neurons and runs none. States start at v_reset, currents at 0; a current is updated
before its membrane; neurons fire above their threshold and are reset in the same step. r = 1 of an IF means
that its input counts once in a time step, as published graphs mean it (docs/import-nir.md).
"""

from __future__ import annotations

from typing import Any

import numpy as np

from asn2fpga.graph.arrays import RealArray

DT = 1e-4


def run(node: Any, drive: RealArray) -> RealArray:
    """What the nir node sends for inputs (T, N), (T, N)."""
    return np.array(NODES[type(node).__name__](node, drive), np.float64)


def _fired(node: Any, potential: RealArray) -> tuple[RealArray, RealArray]:
    """Spikes, and the membranes after them."""
    spikes = potential > node.v_threshold
    return spikes.astype(np.float64), np.where(spikes, node.v_reset, potential)


def _if(node: Any, drive: RealArray) -> list[RealArray]:
    """v' = r i."""
    v, sent = np.array(node.v_reset, np.float64), []
    step = 1.0 if np.all(node.r == 1) else DT
    for now in drive:
        spikes, v = _fired(node, v + step * node.r * now)
        sent.append(spikes)
    return sent


def _lif(node: Any, drive: RealArray) -> list[RealArray]:
    """tau v' = (v_leak - v) + r i."""
    v, sent = np.array(node.v_reset, np.float64), []
    for now in drive:
        spikes, v = _fired(node, v + DT / node.tau * ((node.v_leak - v) + node.r * now))
        sent.append(spikes)
    return sent


def _cubalif(node: Any, drive: RealArray) -> list[RealArray]:
    """tau_syn i' = -i + w_in s; tau_mem v' = (v_leak - v) + r i."""
    v, current, sent = np.array(node.v_reset, np.float64), np.zeros(drive.shape[1]), []
    for now in drive:
        current = current + DT / node.tau_syn * (-current + node.w_in * now)
        spikes, v = _fired(node, v + DT / node.tau_mem * ((node.v_leak - v) + node.r * current))
        sent.append(spikes)
    return sent


def _li(node: Any, drive: RealArray) -> list[RealArray]:
    """tau v' = (v_leak - v) + r i; it sends v."""
    v, sent = np.zeros(drive.shape[1]), []
    for now in drive:
        v = v + DT / node.tau * ((node.v_leak - v) + node.r * now)
        sent.append(v)
    return sent


def _threshold(node: Any, drive: RealArray) -> list[RealArray]:
    """1 where the input is above the threshold."""
    return [(now > node.threshold).astype(np.float64) for now in drive]


NODES = {"IF": _if, "LIF": _lif, "CubaLIF": _cubalif, "LI": _li, "Threshold": _threshold}
