"""Neurons of NIR to ours: membranes in units of what they read, counted from their reset value.

    NIR    v[t+1] = beta v[t] + gain X[t] + (1 - beta) v_leak;   fires at v > v_threshold;  then v = v_reset
    ours   u[t+1] = beta u[t] + X[t] + c;   fires at u > (v_threshold - v_reset) / gain;  then u = 0

u = (v - v_reset) / gain, and c = (1 - beta) (v_leak - v_reset) / gain is part of the bias before the neurons.
With a synaptic current i[t+1] = beta_syn i[t] + gain_syn X[t], which charges the membrane in the same time
step, gain is the product of both. All of this is exact but for the rounding of float64. Membranes start at
v_reset: NIR does not say where.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from asn2fpga.errors import shown
from asn2fpga.graph.arrays import RealArray, as_real
from asn2fpga.graph.types import Shape
from asn2fpga.kinds.neurons.each import of_each
from asn2fpga.kinds.neurons.neuron import Neuron
from asn2fpga.kinds.neurons.semantics import NeuronSemantics, Reset
from asn2fpga.loader.nir.content import NirNode
from asn2fpga.loader.nir.discretise import LowPass, counts_per_step, integrating, leaky, passing
from asn2fpga.loader.nir.fields import broadcast
from asn2fpga.loader.nir.network import Network
from asn2fpga.loader.nir.signals import Signal, add, as_currents, by_channel, scaled


def lower_if(network: Network, node: NirNode, signal: Signal) -> Signal:
    """dv/dt = r I."""
    note_steps(network, node, signal.shape)
    return _with_reset(network, node, signal, integrating(node, signal.shape, network.time), signal.membranes)


def lower_lif(network: Network, node: NirNode, signal: Signal) -> Signal:
    """tau dv/dt = (v_leak - v) + r I."""
    return _with_reset(
        network, node, signal, leaky(node, "tau", "r", signal.shape, network.time), signal.membranes
    )


def lower_cuba_lif(network: Network, node: NirNode, signal: Signal) -> Signal:
    """tau_syn di/dt = -i + w_in S, and tau_mem dv/dt = (v_leak - v) + r i of the new i."""
    current = leaky(node, "tau_syn", "w_in", signal.shape, network.time)
    return _with_reset(
        network, node, signal, leaky(node, "tau_mem", "r", signal.shape, network.time), current
    )


def lower_threshold(network: Network, node: NirNode, signal: Signal) -> Signal:
    """Fires wherever its input, or the membrane of an LI or I before it, is above the threshold."""
    thresholds = broadcast(node, "threshold", signal.shape)
    membrane = signal.membranes
    if membrane is not None and thresholds.min() <= 0:
        raise node.refuse(
            f"threshold after {signal.owner.kind} must be above 0, not {thresholds.min():g}; membranes start "
            "at 0"
        )
    raised = 1.0 - float(thresholds.min()) if thresholds.min() <= 0 else 0.0
    if membrane is None:
        membrane = passing(signal.shape)
    shift = membrane.held_at(np.zeros(signal.shape)) + raised
    thresholds = thresholds + raised  # x > h is x + c > h + c
    firing = _Firing(membrane.beta, None, as_real(thresholds / membrane.gain), as_real(shift), "none")
    return _fired(network, node, signal, firing)


@dataclass(frozen=True, eq=False)
class _Firing:
    """Of each neuron: the leak, the threshold and a constant input, in units of what is read."""

    beta: RealArray
    synaptic_beta: RealArray | None
    threshold: RealArray
    shift: RealArray
    reset: Reset


def _with_reset(
    network: Network, node: NirNode, signal: Signal, membrane: LowPass, current: LowPass | None
) -> Signal:
    """current: of synapses, of the node itself or of an LI or I before it."""
    v_reset = broadcast(node, "v_reset", signal.shape, 0.0)
    height = broadcast(node, "v_threshold", signal.shape) - v_reset
    if height.min() <= 0:
        raise node.wrong(
            f"v_threshold must be above v_reset, not {height.min():g} above it; such neurons fire at every "
            "time step"
        )
    shift = membrane.held_at(v_reset)
    if current is not None and (shift.any() or current.rest.any()):
        raise node.refuse(
            f"v_leak of {node.kind} with a synaptic current must be its v_reset, not another value; "
            "give it the same, or add the difference to the bias before it"
        )
    gain = membrane.gain if current is None else membrane.gain * current.gain
    beta = None if current is None else current.beta
    return _fired(network, node, signal, _Firing(membrane.beta, beta, as_real(height / gain), shift, "hard"))


def _fired(network: Network, node: NirNode, signal: Signal, firing: _Firing) -> Signal:
    drive = _offset(network, node, as_currents(network.builder, node, signal), firing.shift)
    return add(network.builder, Neuron, node, [drive], semantics=_semantics(node, firing, signal.shape))


def _offset(network: Network, node: NirNode, drive: Signal, shift: RealArray) -> Signal:
    """x + shift, which becomes part of the biases before the neurons: nothing else may read these sums."""
    shifts = by_channel(shift)
    if shifts is None:
        raise node.refuse(
            f"(v_leak - v_reset) / r of neurons of a map of shape {drive.shape} must be one number for each "
            "channel, as it becomes the bias of a convolution, not one for each pixel; give v_leak the value "
            "of v_reset, or flatten the map before them"
        )
    changed = scaled(network.builder, node, drive, np.ones(len(shifts)), shifts, "offset")
    shared = [name for name in network.sources(node, late=False) if network.is_shared_current(name)]
    if changed is not drive and shared:
        raise node.refuse(
            f"neurons whose v_leak is not v_reset must be all that reads {shown(shared[0])}; give each of "
            "its readers synapses of its own"
        )
    return changed


def _semantics(node: NirNode, firing: _Firing, shape: Shape) -> NeuronSemantics:
    synaptic = firing.synaptic_beta
    if synaptic is not None and not is_one(synaptic):
        raise node.refuse(
            "the synaptic time constant must be one for all neurons of a node, not one for each; average "
            "them, or split the node"
        )
    return NeuronSemantics(
        model="lif",
        levels=1,
        alpha=0.0,
        beta=float(firing.beta.max()),
        threshold=float(firing.threshold.min()),
        reset=firing.reset,
        fires=">",
        synaptic_beta=None if synaptic is None else float(synaptic.flat[0]),
        betas=of_each(firing.beta, shape),
        thresholds=of_each(firing.threshold, shape),
    )


def lower_li(network: Network, node: NirNode, signal: Signal) -> Signal:
    """tau dv/dt = (v_leak - v) + r I: membranes for the Output, or the synaptic current of neurons."""
    low_pass = leaky(node, "tau", "r", signal.shape, network.time)
    return Signal(signal.layer, signal.edge, node, low_pass)


def lower_i(network: Network, node: NirNode, signal: Signal) -> Signal:
    """dv/dt = r I, likewise."""
    note_steps(network, node, signal.shape)
    return Signal(signal.layer, signal.edge, node, integrating(node, signal.shape, network.time))


def lower_cuba_li(network: Network, node: NirNode, signal: Signal) -> Signal:
    """Two states and no spikes: refused."""
    raise node.refuse(
        "CubaLI must not be used: read-outs with a synaptic current are not built; use LI, or CubaLIF and "
        "count its spikes"
    )


def note_steps(network: Network, node: NirNode, shape: Shape) -> None:
    """Say it where r is taken as that of a time step."""
    if counts_per_step(broadcast(node, "r", shape)):
        network.note(
            f"r = 1 of {node.kind} counts once per time step, not times dt, as in the published NIR graphs"
        )


def is_one(values: RealArray) -> bool:
    """Whether all numbers are the same."""
    return bool((values == values.flat[0]).all())
