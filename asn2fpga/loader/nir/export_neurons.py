"""Our neurons and read-outs as the nearest NIR primitive, and what it cannot say of them.

A time step of ours is NIR's forward Euler step: tau = dt / (1 - beta), r = gain / (1 - beta), so that what
is added per step is the same. A leak of none is a time constant of 2^40 time steps, or IF and I with
r = gain / dt.
"""

from __future__ import annotations

from collections.abc import Iterator

import nir
import numpy as np

from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.neurons.semantics import NeuronSemantics
from asn2fpga.loader.nir.discretise import DEFAULT_DT

LONGEST = 2.0**40  # time steps of a leak of nothing
SECOND = 1.0 / DEFAULT_DT  # time steps of a second


def neuron_node(semantics: NeuronSemantics, shape: Shape) -> nir.NIRNode:
    """LIF, CubaLIF, or IF where nothing leaks."""
    v_reset = np.full(shape, semantics.rest)
    firing = {"v_threshold": _full(_first_threshold(semantics), shape), "v_reset": v_reset}
    betas, gain = _full(semantics.all_betas, shape), _full(semantics.input_gain, shape)
    steps = _steps(betas)
    if semantics.synaptic_beta is not None:
        synaptic = _steps(np.full(shape, semantics.synaptic_beta))
        return nir.CubaLIF(
            tau_syn=synaptic * DEFAULT_DT,
            w_in=synaptic,
            tau_mem=steps * DEFAULT_DT,
            r=gain * steps,
            v_leak=v_reset,
            **firing,
        )
    if (betas == 1).all():
        return nir.IF(r=gain * SECOND, **firing)
    return nir.LIF(tau=steps * DEFAULT_DT, r=gain * steps, v_leak=v_reset, **firing)


def membrane_node(beta: float, shape: Shape) -> nir.NIRNode:
    """LI, or I where nothing leaks."""
    if beta == 1:
        return nir.I(r=np.full(shape, SECOND))
    steps = _steps(np.full(shape, beta))
    return nir.LI(tau=steps * DEFAULT_DT, r=steps, v_leak=np.zeros(shape))


def _steps(betas: RealArray) -> RealArray:
    """1 / (1 - beta): the time constants in time steps."""
    return as_real(1.0 / np.maximum(1.0 - betas, 1.0 / LONGEST))


def _first_threshold(semantics: NeuronSemantics) -> RealArray:
    """Where neurons begin to send more than nothing; of those that round, half a level up."""
    thresholds = semantics.all_thresholds
    return as_real(thresholds * 0.5) if semantics.fires == "round" else thresholds


def _full(values: RealArray, shape: Shape) -> RealArray:
    """Of one number, or of one for each neuron or channel."""
    return as_real(np.array(np.broadcast_to(values, shape)))


def lost_of(semantics: NeuronSemantics) -> Iterator[str]:
    """What readers of the file other than asn2fpga do not see."""
    if semantics.fires == "round":
        yield "its rounding to levels"
    elif semantics.fires == ">=":
        yield "that it fires at its threshold itself (>=)"
    if semantics.levels > 1 or semantics.signed:
        yield "that it sends counts"
    if semantics.reset != "hard":
        yield f"its {semantics.reset} reset" if semantics.reset == "soft" else "that it is never reset"
    if semantics.leak_order == "before_reset":
        yield "that it leaks before the reset"
    if semantics.floor is not None:
        yield "its lower bound"
    if semantics.refractory:
        yield "that it is refractory"
    if semantics.doubles_threshold:
        yield "that its threshold is doubled while its membrane, reset, is above it"
    if semantics.output_scale != 1.0:
        yield "the value of its spikes"
